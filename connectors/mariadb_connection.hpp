#pragma once
// A connection to MariaDB (MySQL 8 where it behaves alike): opened by SOCI, which owns it; statements go to the native
// handle in it, prepared on the server with bound values, because SOCI's parser cuts text at a colon. Its session is
// brought into one known state, whatever the server has set otherwise: UTC, utf8mb4, strict mode, READ COMMITTED,
// foreign keys checked, matched rows counted.
//
// While rows of a query are being read, no other statement is taken. After a busy error within a transaction nothing
// but rollback() is taken: the server may have undone it, and what follows would commit by itself.
//
// StoreError by number: busy 1205 1213 1020 1969 and Galera's, refused constraint, right, type, read-only and syntax
// errors, cancelled 1317, lost 2006 2013 and whatever left the connection dead, failed all others.

#include "connectors/connector.hpp"
#include "connectors/database.hpp"
#include "connectors/others.hpp"
#include "connectors/patience.hpp"

#include <memory>

namespace retention {

// Verifies the server as the store's `tls` says. Throws StoreError (lost where it is out of reach or not who it should
// be). Access::read_only: every transaction is read-only, also by the server's word; temporary tables can be made and
// dropped outside of one ("CREATE TEMPORARY TABLE …", "CREATE OR REPLACE TEMPORARY TABLE …", "DROP TEMPORARY TABLE …"
// through execute) and filled within. `others` is told of each statement.
std::unique_ptr<Database> connect_mariadb(const StoreSettings&, Access, const Patience& = {},
                                          std::shared_ptr<Others> others = nullptr);
// Of its server, for the connector that `others` belongs to. Needs no right.
std::int64_t others_of_mariadb(Database&, Others&);

} // namespace retention
