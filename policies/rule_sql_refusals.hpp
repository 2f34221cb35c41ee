#pragma once
// What rule SQL must not do: ask for the present moment or for chance, write, lock, wait, or reach outside the
// database. A list of known names, so not a wall: it catches slips, and the sessions' own rights are the wall.

#include "policies/rule_sql_tokens.hpp"

namespace retention {

// The first such thing, said as `why`; nothing where there is none.
//   Functions are names before `(`, quoted or not, whatever stands before them; a column named "random" is none.
//   current_date and its like need no `(`; after a `.` they are columns.
//   PostgreSQL reads 'today' as a day wherever a date is wanted, so there it must be said to be a text: 'today'::text.
std::optional<std::string> forbidden_in_rule(const std::vector<SqlToken>&, Engine);

} // namespace retention
