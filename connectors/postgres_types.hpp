#pragma once
// Types of result columns, by their numbers in pg_type.

#include "connectors/catalogue.hpp"
#include "connectors/postgres_link.hpp"

#include <vector>

namespace retention {

// Of the columns that a statement's description names. Types that extensions bring (citext) are looked up.
std::vector<TypeFamily> postgres_families(PostgresLink&, const pg_result* description, const std::string& operation);

} // namespace retention
