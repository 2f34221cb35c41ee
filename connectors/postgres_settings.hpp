#pragma once
// The one state that every session on PostgreSQL is brought into, whatever the server, the database or the role has
// set otherwise.

#include "connectors/connector.hpp"
#include "connectors/patience.hpp"
#include "connectors/postgres_link.hpp"

namespace retention {

// One round trip. Throws StoreError: refused for a server older than 13; failed where triggers and foreign keys are not
// in force for this role.
void settle_postgres(PostgresLink&, Access, const Patience&);

} // namespace retention
