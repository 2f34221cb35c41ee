#pragma once
// The url of a store that is a server, as an address: postgresql://user@host:port,host2:port2/database?host=…&port=…
// and mariadb://user@host:port/database?socket=…. Percent-decoded; nothing is looked up. Pure.

#include "policies/configuration.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retention {

struct UrlFault {
    std::string what, hint; // neither ever repeats a part of the url that may be a secret
};

// `rest`: what stands after "postgresql:" or "mariadb:". Nothing where there are faults; all of them are found.
//   What the url leaves open is filled in: ports 5432 and 3306; without a host the socket of the engine's packages,
//   /var/run/postgresql and /run/mysqld/mysqld.sock. MariaDB's localhost keeps port 0: its clients use the socket then.
std::optional<ServerAddress> read_server_url(Engine, std::string_view rest, std::vector<UrlFault>& faults);

// True where both name one database on one server (of one engine), as far as their words tell.
bool same_database(const ServerAddress&, const ServerAddress&);

} // namespace retention
