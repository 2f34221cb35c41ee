#pragma once
// What a type of PostgreSQL is, by its name in pg_type ("int4", "timestamptz"); of a domain, by its base type's. Pure.

#include "connectors/catalogue.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace retention {

TypeFamily postgres_family(std::string_view type);
// In characters, where the declaration limits it. `modifier`: as pg_attribute.atttypmod has it, -1 for none.
std::optional<std::size_t> postgres_length(std::string_view type, std::int64_t modifier);

} // namespace retention
