#pragma once
// Rule SQL as tokens, cut where the store's engine would cut it:
//              `--x`              `#`       [x]         `x`   "x"        ::  ? @
//   SQLite     comment            -         name        name  name       -   -
//   PostgreSQL comment            operator  subscript   -     name       yes operators
//   MariaDB    refused (- - x)    comment   -           name  refused    -   -
// "-" is refused as meaningless or as the engine's own parameter. Where an engine's reading depends on a setting of the
// server, or is rare enough to be a slip (a backslash before a quote, nested comments, E'…', U&'…', $$…$$), the text is
// refused instead of guessed at.

#include "policies/rule_sql.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace retention {

struct SqlToken {
    enum class Kind {
        blank, // white space as it stands; a comment as one blank
        word,  // a keyword or a bare name
        number,
        literal,     // '…'
        quoted_name, // "…", `…`, [x]
        sign,        // one character, or `::`
        placeholder
    } kind = Kind::blank;
    std::string text;            // as it goes into a statement
    DatePlaceholder placeholder; // of a placeholder
};

// Nothing, and `why`, where the text has no such reading. Brackets are balanced in what comes back.
std::optional<std::vector<SqlToken>> read_sql_tokens(std::string_view text, Engine, std::string& why);

// The word in lower case; what stands between the quotes of a literal or a quoted name.
std::string lower_case(std::string_view word);
std::string_view inner_text(const SqlToken&);

} // namespace retention
