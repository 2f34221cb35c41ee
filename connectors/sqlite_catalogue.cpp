#include "connectors/sqlite_catalogue.hpp"

#include "connectors/sqlite_trigger.hpp"
#include "connectors/sqlite_type.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

namespace retention {
namespace {

constexpr char reading[] = "read the catalogue";

// One snapshot for all the questions, where the caller has not opened one.
class Snapshot {
public:
    explicit Snapshot(SqliteConnection& connection) : connection_(connection), own_(!connection.in_transaction()) {
        if (own_) connection_.exec("BEGIN");
    }
    ~Snapshot() {
        if (own_) sqlite3_exec(connection_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

private:
    SqliteConnection& connection_;
    bool own_;
};

std::string text(const SqliteStatement& row, int column) {
    return std::string(row.text(column));
}

std::string upper(std::string name) {
    for (auto& letter : name)
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - ('a' - 'A'));
    return name;
}

TableKind kind_of(std::string_view type) {
    if (type == "view") return TableKind::view;
    return type == "table" ? TableKind::table : TableKind::virtual_table;
}

std::vector<Table> read_tables(SqliteConnection& connection) {
    SqliteStatement rows(connection,
                         "SELECT l.name, l.type, l.wr, s.sql FROM pragma_table_list AS l "
                         "JOIN main.sqlite_schema AS s ON s.name = l.name AND s.type IN ('table', 'view') "
                         "WHERE l.schema = 'main' AND substr(l.name, 1, 7) <> 'sqlite_' ORDER BY s.rowid",
                         reading);
    std::vector<Table> tables;
    while (rows.step()) {
        Table& table = tables.emplace_back();
        table.schema = "main";
        table.name = text(rows, 0);
        table.kind = kind_of(rows.text(1));
        table.without_rowid = rows.integer(2) != 0;
        table.source = text(rows, 3);
    }
    return tables;
}

std::string collation_of(const SqliteConnection& connection, const Table& table, const std::string& column) {
    const char* collation = nullptr;
    const int code = sqlite3_table_column_metadata(connection.handle(), "main", table.name.c_str(), column.c_str(),
                                                   nullptr, &collation, nullptr, nullptr, nullptr);
    return code == SQLITE_OK && collation ? upper(collation) : "BINARY";
}

void read_columns(SqliteConnection& connection, Table& table) {
    SqliteStatement rows(connection,
                         "SELECT name, type, \"notnull\", pk, hidden FROM pragma_table_xinfo(?1, 'main') ORDER BY cid",
                         reading);
    rows.bind(1, table.name);
    std::vector<std::pair<std::int64_t, std::string>> key;
    while (rows.step()) {
        Column& column = table.columns.emplace_back();
        column.name = text(rows, 0);
        column.type = text(rows, 1);
        column.family = sqlite_family(column.type);
        column.length = sqlite_length(column.type);
        column.collation = collation_of(connection, table, column.name);
        column.nullable = rows.integer(2) == 0;
        column.generated = rows.integer(4) == 2 || rows.integer(4) == 3;
        if (rows.integer(3) > 0) key.emplace_back(rows.integer(3), column.name);
    }
    std::ranges::sort(key);
    for (auto& [position, name] : key) table.primary_key.push_back(std::move(name));
}

// Whether rows that the column holds for different are different for the index too.
bool keeps_apart(const Table& table, const std::string& column, const std::string& collation) {
    const auto* own = table.find(column);
    return !own || own->collation == "BINARY" || own->collation == collation;
}

// The columns of an index; `unique` is taken back where a collation makes it say less than its columns.
void read_index_columns(SqliteConnection& connection, const Table& table, Index& index) {
    SqliteStatement rows(
        connection, "SELECT name, coll FROM pragma_index_xinfo(?1, 'main') WHERE \"key\" = 1 ORDER BY seqno", reading);
    rows.bind(1, index.name);
    while (rows.step()) {
        index.columns.push_back(text(rows, 0));
        if (!keeps_apart(table, index.columns.back(), upper(text(rows, 1)))) index.unique = false;
    }
}

void read_indexes(SqliteConnection& connection, Table& table) {
    SqliteStatement rows(connection,
                         "SELECT name, \"unique\", partial, origin FROM pragma_index_list(?1, 'main') ORDER BY seq",
                         reading);
    rows.bind(1, table.name);
    bool key_has_index = false;
    while (rows.step()) {
        Index& index = table.indexes.emplace_back();
        index.name = text(rows, 0);
        index.unique = rows.integer(1) != 0;
        index.partial = rows.integer(2) != 0;
        key_has_index = key_has_index || rows.text(3) == "pk";
        read_index_columns(connection, table, index);
    }
    // The rowid's own name, INTEGER PRIMARY KEY, needs no index and is never NULL; other keys may be, an old quirk.
    if (key_has_index && !table.without_rowid) return;
    for (auto& column : table.columns)
        if (std::ranges::find(table.primary_key, column.name) != table.primary_key.end()) column.nullable = false;
}

OnDelete on_delete_of(std::string_view action) {
    if (action == "CASCADE") return OnDelete::cascade;
    if (action == "SET NULL") return OnDelete::set_null;
    if (action == "SET DEFAULT") return OnDelete::set_default;
    return action == "RESTRICT" ? OnDelete::restrict : OnDelete::no_action;
}

void read_foreign_keys(SqliteConnection& connection, Table& table) {
    SqliteStatement rows(connection,
                         "SELECT id, \"table\", \"from\", \"to\", on_delete FROM pragma_foreign_key_list(?1, 'main') "
                         "ORDER BY id DESC, seq",
                         reading);
    rows.bind(1, table.name);
    std::int64_t last = -1;
    while (rows.step()) {
        if (std::exchange(last, rows.integer(0)) != rows.integer(0)) {
            auto& key = table.foreign_keys.emplace_back();
            key.schema = "main";
            key.references = text(rows, 1);
            key.on_delete = on_delete_of(rows.text(4));
        }
        auto& key = table.foreign_keys.back();
        key.columns.push_back(text(rows, 2));
        if (!rows.is_null(3)) key.referenced.push_back(text(rows, 3));
    }
}

// Spells parents and their columns as the catalogue does, and fills in the columns that a declaration leaves out.
void resolve(const Catalogue& catalogue, ForeignKey& key) {
    const auto* parent = catalogue.find(key.schema, key.references);
    if (parent) key.references = parent->name;
    if (key.referenced.empty() && parent && parent->primary_key.size() == key.columns.size())
        key.referenced = parent->primary_key;
    if (key.referenced.size() != key.columns.size()) key.referenced = key.columns;
    for (auto& column : key.referenced)
        if (const auto* known = parent ? parent->find(column) : nullptr) column = known->name;
}

void read_triggers(SqliteConnection& connection, Catalogue& catalogue) {
    SqliteStatement rows(connection,
                         "SELECT name, tbl_name, sql FROM main.sqlite_schema WHERE type = 'trigger' ORDER BY rowid",
                         reading);
    while (rows.step()) {
        const auto* found = catalogue.find("main", rows.text(1));
        if (!found) continue;
        auto& table = catalogue.tables[static_cast<std::size_t>(found - catalogue.tables.data())];
        auto& trigger = table.triggers.emplace_back(read_trigger(text(rows, 0), text(rows, 2)));
        for (auto& column : trigger.columns)
            if (const auto* known = table.find(column)) column = known->name;
    }
}

void read_table(SqliteConnection& connection, Table& table) {
    if (table.kind != TableKind::table) {
        try {
            read_columns(connection, table);
        } catch (const StoreError& error) {
            if (error.kind != StoreError::Kind::failed) throw;
            table.columns.clear(); // what it is made of is not there: nothing can be said of it
        }
        return;
    }
    read_columns(connection, table);
    read_indexes(connection, table);
    read_foreign_keys(connection, table);
}

} // namespace

Catalogue read_catalogue(SqliteConnection& connection) {
    const Snapshot snapshot(connection);
    Catalogue catalogue;
    catalogue.tables = read_tables(connection);
    for (auto& table : catalogue.tables) read_table(connection, table);
    for (auto& table : catalogue.tables)
        for (auto& key : table.foreign_keys) resolve(catalogue, key);
    read_triggers(connection, catalogue);
    return catalogue;
}

} // namespace retention
