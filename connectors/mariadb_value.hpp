#pragma once
// Text as a value of a column's type, on its way into a MariaDB statement: typed as the column is, so that a comparison
// is exact and its index serves. (A number compared with text is compared as two reals: 9007199254740993 equals
// '9007199254740992'.) Inside the MariaDB dialect alone.

#include "connectors/catalogue.hpp"
#include "connectors/sql.hpp"
#include "policies/zone.hpp"

#include <string>
#include <string_view>

namespace retention {

// By the first word of its type as declared: "bigint(20) unsigned" is a bigint.
bool is_mariadb_type(const Column&, std::string_view name);

// "2022-02-05 19:55:59.401950", the fraction where there is one.
std::string mariadb_clock_text(LocalTime);

// Whether the text, as key_text or a person writes it, can be a value of the column.
bool is_mariadb_value(const Column&, const std::string& text);
// The value. It need not be one of the column: 1.005 for a DECIMAL(5,2) is rounded as the column rounds it. Text that
// is no value at all is bound as it is. Dates also as policies/stored_date.hpp reads them; an offset is converted to
// UTC for a TIMESTAMP and dropped for a DATETIME, which has no zone.
Sql mariadb_value(const Column&, const std::string& text);

// A SET as the column gives it back: its members in the order of the declaration ("'a','b'"), each once.
std::string mariadb_set(const std::string& declared, const std::string& text);

// The column is equal to the text, which is_mariadb_value.
Sql mariadb_equals(const Sql& column, const Column&, const std::string& text);

} // namespace retention
