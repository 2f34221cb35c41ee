#pragma once
// A connection to PostgreSQL: opened by SOCI, which owns it; statements go to libpq's handle in it with bound values,
// because SOCI's parser rewrites text with colons in it. Its session is brought into one known state, whatever the
// server, the database or the role has set otherwise: UTC, ISO dates, READ COMMITTED, synchronous commit, triggers and
// foreign keys in force, row security an error instead of a silent filter.
//
// StoreError by SQLSTATE: busy 40001 40P01 55P03 (and a statement timeout), refused classes 23 22 42 25006 …, cancelled
// 57014 after cancel(), lost 08xxx 57P0x and whatever left the connection dead, failed all others.

#include "connectors/connector.hpp"
#include "connectors/database.hpp"
#include "connectors/others.hpp"
#include "connectors/patience.hpp"

#include <memory>

namespace retention {

// Verifies the server as the store's `tls` says. Throws StoreError (lost where it is out of reach or not who it should
// be). Access::read_only: every transaction is read-only, also by the server's word. `others` is told of each
// transaction.
std::unique_ptr<Database> connect_postgres(const StoreSettings&, Access, const Patience& = {},
                                           std::shared_ptr<Others> others = nullptr);
// Of its server, for the connector that `others` belongs to. Needs no right: pg_stat_database is everyone's to read.
std::int64_t others_of_postgres(Database&, Others&);

} // namespace retention
