#pragma once
// The least rights that the rules of one store need: what `check --grants` prints. Pure.

#include "connectors/plan.hpp"
#include "policies/configuration.hpp"

#include <memory>
#include <string>
#include <vector>

namespace retention {

// One statement a string, with its semicolon, for an administrator to run in the store's database: first what makes the
// witness table, then one GRANT for each thing. Empty for SQLite, where the file's mode is all.
//   - SELECT on whole tables and views: a rule's own SQL may name any column. UPDATE on the columns that are written.
//     A view that runs with the rights of whoever asks needs SELECT on what is behind it too; that is not printed.
//   - PostgreSQL lets nobody lock a row (FOR UPDATE) who may not UPDATE at least one column of it: tables that only
//     lose rows get UPDATE on the first column of their key.
//   - MariaDB: TRIGGER on tables that change, and SHOW VIEW on the database, because without them information_schema
//     leaves out triggers and foreign keys that a disposal would set off (connectors/mariadb_catalogue.hpp).
//   - Emptying whole partitions takes more and is not among the least: TRUNCATE on each partition in PostgreSQL; in
//     MariaDB partition_grants_for.
// `user`: as in the store's url. MariaDB: "name@host" where the host is known, otherwise any host is meant.
std::vector<std::string> grants_for(Engine, const std::vector<std::shared_ptr<Plan>>&, const std::string& user,
                                    const std::string& database);

// What MariaDB asks for beyond that, so that whole partitions can be emptied; empty where no rule may do so.
std::vector<std::string> partition_grants_for(Engine, const std::vector<std::shared_ptr<Plan>>&,
                                              const std::string& user, const std::string& database);

} // namespace retention
