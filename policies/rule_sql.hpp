#pragma once
// The administrator's own SQL in a rule, cut into the parts that matter to us: text, and dates of our calendar.
// Not a parser of SQL: it knows literals, quoted names, comments, brackets and words, which is what is needed to put
// the text in parentheses safely, to bind dates as values, and to refuse what would make two runs of a day disagree.

#include "policies/calendar.hpp"
#include "policies/engine.hpp"
#include "policies/problem.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace retention {

// {as_of}, {cutoff}, {as_of - 13 years}, {as_of start}, {cutoff start}
struct DatePlaceholder {
    enum class Base { as_of, cutoff } base = Base::as_of;
    std::optional<Period> minus;
    bool start = false; // the first instant of that local day
    bool operator==(const DatePlaceholder&) const = default;
};

struct RuleSql {
    // Text is copied into a statement as it stands. Comments have become single blanks.
    using Parts = std::vector<std::variant<std::string, DatePlaceholder>>;
    Parts parts;
    std::string source; // as written
    Place place;
    bool names_cutoff() const;
};

enum class RuleSqlKind { condition, query }; // a boolean expression; a SELECT that yields one value

// Read as the store's engine reads it, so that what we take for a literal, a name or a comment is one there. Without an
// engine: what all of them read alike.
// Refused, each with `why`, which says what to write instead: nothing but blanks and comments; unbalanced brackets,
// literals, quoted names or comments that do not end; what the engine itself reads in two ways, by a setting of the
// server (a backslash before a quote; in MariaDB "…" and ||); `;`; parameters of the engines' own (?, :x, @x, $1); an
// unknown {name}; the present moment or chance (now(), CURRENT_DATE, date('now'), datetime(), random(), …), because a
// report and a purge of one day must agree; a query that does not begin with SELECT or WITH; a condition that does.
std::optional<RuleSql> read_rule_sql(std::string_view text, RuleSqlKind, const Place&, std::string& why,
                                     std::optional<Engine> = {});

} // namespace retention
