#pragma once
// What the names of functions and keywords mean in rule SQL: which of them ask for the present moment or for chance, or
// do more than to read. Of all engines together: no engine has an innocent function of another's name. Names in lower
// case. Pure.

#include <string_view>

namespace retention {

enum class NameMeaning {
    plain,
    moment, // the present one
    clock,  // the present moment by its arguments: date(), date('now')
    chance, // or the state of the session or server
    deed    // writes, waits, locks, reaches outside the database, runs SQL that is hidden in a text
};
NameMeaning meaning_of_function(std::string_view name);

bool is_bare_moment(std::string_view word); // needs no brackets: current_date
bool is_day_word(std::string_view word);    // 'today', which PostgreSQL reads in a literal
bool is_date_type(std::string_view word);   // DATE '…', … WITH TIME ZONE '…'
bool is_text_type(std::string_view word);
// `word next`, or `word next after`, begin a statement that writes or locks.
bool is_write(std::string_view word, std::string_view next, std::string_view after);

} // namespace retention
