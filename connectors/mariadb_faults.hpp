#pragma once
// What speaks against disposing of anything on a MariaDB server: that it takes no writes, may forget them, or does not
// show this user what a disposal would set off.

#include "connectors/catalogue.hpp"
#include "connectors/mariadb_rights.hpp"

#include <map>
#include <string>
#include <vector>

namespace retention {

// Names in lower case, values as SHOW VARIABLES and SHOW GLOBAL STATUS print them; what the server does not know is
// not in it.
using MariadbSettings = std::map<std::string, std::string>;
// SHOW VARIABLES and SHOW GLOBAL STATUS of these are read.
inline constexpr char mariadb_settings_read[] =
    "'read_only', 'super_read_only', 'innodb_read_only', 'innodb_force_recovery', 'wsrep_on', 'wsrep_ready', "
    "'innodb_flush_log_at_trx_commit', 'innodb_doublewrite', 'innodb_flush_method', 'log_bin', 'binlog_format'";

std::vector<ServerFault> mariadb_server_faults(const MariadbSettings&);
// `user`: "retentiond@%", as CURRENT_USER() says it.
std::vector<ServerFault> mariadb_rights_faults(const Catalogue&, const MariadbRights&, const std::string& user);

} // namespace retention
