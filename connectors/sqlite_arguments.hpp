#pragma once
// How the SQL functions of connectors/sqlite_functions.hpp take their arguments and give their results. Inside
// connectors/sqlite_functions.cpp, sqlite_days.cpp and sqlite_masks.cpp alone.

#include "connectors/sqlite_functions.hpp"
#include "connectors/value.hpp"

#include <sqlite3.h>

#include <optional>
#include <string_view>

namespace retention {

// Text or bytes; valid as long as the argument is.
std::string_view text_of(sqlite3_value*);
std::string_view bytes_of(sqlite3_value*);
Value value_of(sqlite3_value*);
void set_result(sqlite3_context*, const Value&);

constexpr std::int64_t per_second(SqliteDateForm form) {
    return form == SqliteDateForm::unix_milliseconds || form == SqliteDateForm::unix_milliseconds_text ? 1000 : 1;
}
constexpr bool is_unix(SqliteDateForm form) {
    return form != SqliteDateForm::iso && form != SqliteDateForm::iso_offset;
}
// NULL and numbers that are no form are iso.
SqliteDateForm form_of(sqlite3_value*);
// The number that stands in a value of a unix form. REAL is rounded down.
std::optional<std::int64_t> unix_number(sqlite3_value*, SqliteDateForm);

void register_days(sqlite3*, const Zone& here, const Zone& store); // retentiond_day (sqlite_days.cpp)
void register_masks(sqlite3*); // retentiond_mask and retentiond_masked (sqlite_masks.cpp)
// Registers one function; throws StoreError. `data` is deleted by `destroy`, also on failure.
using SqliteFunction = void (*)(sqlite3_context*, int, sqlite3_value**);
void register_function(sqlite3*, const char* name, int arguments, int flags, SqliteFunction, void* data = nullptr,
                       void (*destroy)(void*) = nullptr);

} // namespace retention
