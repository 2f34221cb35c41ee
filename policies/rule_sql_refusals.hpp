#pragma once
// What rule SQL must not do: ask for the present moment or for chance, write, lock, wait, or reach outside the
// database. A list of known names, so not a wall: it catches slips, and the sessions' own rights are the wall.

#include "policies/rule_sql_tokens.hpp"

namespace retention {

// The first such thing, said as `why`; nothing where there is none.
//   Functions are bare words before `(`, whatever stands before them; a column named "random" is none, nor is "now" in
//   quotes. current_date and its like need no `(`; after a `.` they are columns.
std::optional<std::string> forbidden_in_rule(const std::vector<SqlToken>&);

} // namespace retention
