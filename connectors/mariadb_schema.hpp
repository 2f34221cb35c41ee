#pragma once
// One database of a MariaDB server, out of information_schema: its tables with all that belongs to them, in one query
// for each kind of thing. For connectors/mariadb_catalogue.cpp.

#include "connectors/catalogue.hpp"
#include "connectors/database.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>

namespace retention {

// What has to be known of the server to read its information_schema.
struct MariadbFlavour {
    bool mysql = false;
    std::map<std::string, bool> engines;               // whether they know transactions
    std::map<std::string, std::size_t> longest_letter; // bytes, by character set
};
MariadbFlavour read_mariadb_flavour(Database&, bool mysql);

// Calls back for each row.
void read_rows(Database&, const Sql&, const std::function<void(const Rows&)>&);

// Appends the tables and views of `schema`, without their foreign keys; of these names only, where there are any.
void read_mariadb_schema(Database&, const MariadbFlavour&, const std::string& schema, const std::set<std::string>& only,
                         Catalogue&);

} // namespace retention
