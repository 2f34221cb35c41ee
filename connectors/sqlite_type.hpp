#pragma once
// What a declared type means in SQLite, where any name will do: https://sqlite.org/datatype3.html, section 3.1.

#include "connectors/catalogue.hpp"

#include <optional>
#include <string_view>

namespace retention {

// By affinity: INTEGER, TEXT and REAL are integer, text and real; BLOB is binary, no type at all and ANY are loose.
// NUMERIC goes by the declared name: DATE is date; DATETIME and TIMESTAMP time_stamp; BOOL and BOOLEAN boolean; UUID
// uuid; DECIMAL, NUMERIC, NUMBER and MONEY real; anything else other.
TypeFamily sqlite_family(std::string_view declared);
// VARCHAR(20) of a text family: 20. Nothing for other families, and where no number above zero is there.
std::optional<std::size_t> sqlite_length(std::string_view declared);

} // namespace retention
