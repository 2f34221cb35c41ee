#pragma once
// What libpq is told about a store's server, as one connection URI. Every option that the environment or a file in the
// home directory could set otherwise is named in it, so that a stray PGOPTIONS, ~/.pgpass or ~/.postgresql/root.crt
// changes nothing. Pure.

#include "connectors/patience.hpp"
#include "policies/configuration.hpp"

#include <string>

namespace retention {

// Percent-encoded throughout and free of blanks: SOCI takes connect strings apart at blanks, whatever the quotes say.
std::string postgres_uri(const StoreSettings&, const std::string& password, const Patience&);
// "db1:5432, db2:5433", "/run/postgresql/.s.PGSQL.5432": for messages.
std::string postgres_hosts(const ServerAddress&);
// Where the certificates of the authorities are that the server's is verified with; empty where it is not verified.
std::filesystem::path postgres_authorities(const StoreSettings&);

} // namespace retention
