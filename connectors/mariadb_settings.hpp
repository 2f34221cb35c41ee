#pragma once
// The state that a session on MariaDB is brought into, whatever the server has set otherwise.

#include "connectors/mariadb_state.hpp"

namespace retention {

// Refuses a server that is too old, and one (or a proxy before it) that does not keep what is set.
void settle_mariadb_session(MariadbState&, Access);

} // namespace retention
