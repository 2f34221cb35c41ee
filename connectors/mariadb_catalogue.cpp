#include "connectors/mariadb_catalogue.hpp"

#include "connectors/connector.hpp"
#include "connectors/mariadb_faults.hpp"
#include "connectors/mariadb_rights.hpp"
#include "connectors/mariadb_schema.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace retention {

namespace {

std::string text(const Rows& row, std::size_t column) {
    return std::string(row.text(column));
}

struct Server {
    std::string database, user, version;
    bool mysql() const { return version.find("MariaDB") == version.npos; }
    // "MariaDB 10.11.19" of "10.11.19-MariaDB-0+deb12u1"
    std::string shown() const { return (mysql() ? "MySQL " : "MariaDB ") + version.substr(0, version.find('-')); }
};

Server read_server(Database& database) {
    Server server;
    read_rows(database, "SELECT DATABASE(), CURRENT_USER(), VERSION()", [&](const Rows& row) {
        server = {text(row, 0), text(row, 1), text(row, 2)};
    });
    if (server.database.empty())
        throw StoreError(StoreError::Kind::failed, "store '" + database.store() +
                                                       "': read the catalogue: no database is chosen\n" +
                                                       "hint: name it in the store's url, behind the host");
    return server;
}

OnDelete on_delete_of(std::string_view rule) {
    if (rule == "NO ACTION") return OnDelete::no_action;
    if (rule == "RESTRICT") return OnDelete::restrict;
    if (rule == "SET NULL") return OnDelete::set_null;
    return rule == "SET DEFAULT" ? OnDelete::set_default : OnDelete::cascade;
}

struct DeclaredKey {
    std::string schema, table;
    ForeignKey key;
};
using DeclaredKeys = std::vector<DeclaredKey>;

// Of the whole server. KEY_COLUMN_USAGE shows a key to whoever has any right on its table, its action only
// REFERENTIAL_CONSTRAINTS, which asks for more.
DeclaredKeys read_keys(Database& database) {
    std::map<std::tuple<std::string, std::string, std::string>, OnDelete> actions;
    read_rows(database,
              "SELECT CONSTRAINT_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, DELETE_RULE "
              "FROM information_schema.REFERENTIAL_CONSTRAINTS",
              [&](const Rows& row) {
                  actions[{text(row, 0), text(row, 1), text(row, 2)}] = on_delete_of(row.text(3));
              });
    DeclaredKeys keys;
    read_rows(database,
              "SELECT TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME, "
              "COLUMN_NAME, REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE "
              "WHERE REFERENCED_TABLE_NAME IS NOT NULL "
              "ORDER BY TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION",
              [&](const Rows& row) {
                  const std::string schema = text(row, 0), table = text(row, 1), name = text(row, 2);
                  const bool goes_on = !keys.empty() && keys.back().schema == schema && keys.back().table == table &&
                                       keys.back().key.name == name;
                  if (!goes_on) {
                      const auto action = actions.find({schema, table, name});
                      keys.push_back({schema,
                                      table,
                                      {name,
                                       {},
                                       text(row, 3),
                                       text(row, 4),
                                       {},
                                       action == actions.end() ? OnDelete::cascade : action->second}});
                  }
                  keys.back().key.columns.push_back(text(row, 5));
                  keys.back().key.referenced.push_back(text(row, 6));
              });
    return keys;
}

// By database, the tables of others whose foreign keys lead to a table of `own`.
std::map<std::string, std::set<std::string>> tables_beyond(const DeclaredKeys& keys, const std::string& own) {
    std::map<std::string, std::set<std::string>> beyond;
    const auto in = [&](const std::string& schema, const std::string& table) {
        const auto found = beyond.find(schema);
        return schema == own || (found != beyond.end() && found->second.contains(table));
    };
    for (bool grew = true; grew;) {
        grew = false;
        for (const auto& [schema, table, key] : keys)
            if (!in(schema, table) && in(key.schema, key.references))
                grew = beyond[schema].insert(table).second || grew;
    }
    return beyond;
}

// Spells what a key points at as the catalogue does: lower_case_table_names = 2 keeps two spellings.
void add_keys(const DeclaredKeys& keys, Catalogue& catalogue) {
    std::map<std::pair<std::string, std::string>, Table*> tables;
    for (Table& table : catalogue.tables) tables[{table.schema, table.name}] = &table;
    for (const auto& [schema, name, key] : keys) {
        const auto from = tables.find({schema, name});
        if (from == tables.end()) continue;
        ForeignKey& added = from->second->foreign_keys.emplace_back(key);
        const Table* parent = catalogue.find(key.schema, key.references);
        if (!parent) continue;
        added.schema = parent->schema;
        added.references = parent->name;
        for (std::string& column : added.referenced)
            if (const Column* known = parent->find(column)) column = known->name;
    }
}

MariadbSettings read_settings(Database& database) {
    MariadbSettings settings;
    for (const char* show : {"SHOW VARIABLES", "SHOW GLOBAL STATUS"})
        read_rows(database, Sql(show) + " WHERE Variable_name IN (" + mariadb_settings_read + ")",
                  [&](const Rows& row) { settings[text(row, 0)] = text(row, 1); });
    return settings;
}

void add_faults(Database& database, const Server& server, Catalogue& catalogue) {
    MariadbRights rights;
    read_rows(database, "SHOW GRANTS", [&](const Rows& row) { rights.add(row.text(0)); });
    catalogue.user = server.user;
    catalogue.faults = mariadb_server_faults(read_settings(database));
    for (auto& fault : mariadb_rights_faults(catalogue, rights, server.user))
        catalogue.faults.push_back(std::move(fault));
}

} // namespace

Catalogue read_mariadb_catalogue(Database& database) {
    const Server server = read_server(database);
    const MariadbFlavour flavour = read_mariadb_flavour(database, server.mysql());
    const DeclaredKeys keys = read_keys(database);
    Catalogue catalogue;
    catalogue.server = server.shown();
    catalogue.names_ignore_case = true;
    catalogue.native_dates = true;
    read_mariadb_schema(database, flavour, server.database, {}, catalogue);
    for (const auto& [schema, tables] : tables_beyond(keys, server.database))
        read_mariadb_schema(database, flavour, schema, tables, catalogue);
    add_keys(keys, catalogue);
    add_faults(database, server, catalogue);
    return catalogue;
}

} // namespace retention
