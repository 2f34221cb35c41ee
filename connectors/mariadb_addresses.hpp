#pragma once
// Network addresses in MariaDB, truncated as policies/mask.hpp truncates them: text, 4 or 16 bytes, INET4 and INET6.
// Inside the MariaDB dialect alone.

#include "connectors/catalogue.hpp"
#include "connectors/sql.hpp"

namespace retention {

// What takes the place of a value that is not NULL: the truncated address. Where it is none, NULL, or with `nullable`
// false 0.0.0.0 (four zero bytes).
Sql truncated_address(const Column&, const Sql& value, bool nullable);
// The value is such a result already.
Sql is_truncated_address(const Column&, const Sql& value);

} // namespace retention
