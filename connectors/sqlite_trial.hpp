#pragma once
// Tries masks on an empty copy of a table, in memory, before anything runs: whether the table's own CHECK, NOT NULL,
// UNIQUE and STRICT types take what the masks make. The store is not touched and not even known here.

#include "connectors/value.hpp"

#include <optional>
#include <string>
#include <vector>

namespace retention {

// Builds the table from `ddl` (its CREATE TABLE first, then its unique indexes), inserts each sample row into `columns`
// and runs UPDATE table SET set_clause with the parameters. retentiond_mask may be called in the clause; foreign keys
// are not enforced, triggers are not there. Returns what SQLite says against it; nothing where it takes the update.
//
// Nothing as well where the table cannot be copied, because its DDL calls a function or a collation of the
// application's own. A sample that the table refuses as it stands is left out: it says nothing about the masks.
std::optional<std::string> try_update(const std::vector<std::string>& ddl, const std::string& table,
                                      const std::vector<std::string>& columns,
                                      const std::vector<std::vector<Value>>& samples, const std::string& set_clause,
                                      const std::vector<Value>& parameters);

} // namespace retention
