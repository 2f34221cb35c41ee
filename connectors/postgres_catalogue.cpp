#include "connectors/postgres_catalogue.hpp"

#include "connectors/postgres_catalogue_parts.hpp"
#include "connectors/postgres_type.hpp"

#include <optional>
#include <utility>

namespace retention {

const char* const postgres_user_tables = "c.relkind IN ('r', 'p', 'f', 'v', 'm') "
                                         "AND pg_catalog.left(n.nspname::pg_catalog.text, 3) <> 'pg_' "
                                         "AND n.nspname <> 'information_schema' ";

std::unique_ptr<Rows> PostgresCatalogue::ask(const std::string& question) const {
    return database.query(question, "read the catalogue");
}

Table* PostgresCatalogue::table(std::int64_t oid) {
    const auto found = by_oid.find(oid);
    return found == by_oid.end() ? nullptr : &catalogue.tables[found->second];
}

namespace {

TableKind kind_of(std::string_view relkind) {
    if (relkind == "v" || relkind == "m") return TableKind::view;
    return relkind == "f" ? TableKind::virtual_table : TableKind::table;
}

void read_tables(PostgresCatalogue& reader) {
    // row_security_active() does not look at the session's row_security setting. 0 rows on 0 pages: never counted, as
    // servers before 14 say it; later ones say -1.
    const auto rows = reader.ask(
        std::string(
            "SELECT c.oid::pg_catalog.int8, n.nspname, c.relname, c.relkind, "
            "c.relrowsecurity AND pg_catalog.row_security_active(c.oid), "
            "CASE WHEN c.reltuples = 0 AND c.relpages = 0 THEN -1 ELSE c.reltuples END::pg_catalog.int8 "
            "FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE ") +
        postgres_user_tables +
        "ORDER BY pg_catalog.array_position(pg_catalog.current_schemas(false), n.nspname) NULLS LAST, "
        "n.nspname, c.relname");
    while (rows->next()) {
        reader.by_oid[rows->integer(0)] = reader.catalogue.tables.size();
        Table& table = reader.catalogue.tables.emplace_back();
        table.schema = rows->text(1);
        table.name = rows->text(2);
        table.kind = kind_of(rows->text(3));
        table.hides_rows = rows->integer(4) != 0;
        table.estimated_rows = static_cast<double>(rows->integer(5));
    }
}

// citext compares in a way of its own, which no collation of the same name expresses.
std::string collation_of(std::string_view type, std::string_view collation) {
    if (type != "citext") return std::string(collation);
    return collation == "default" ? "citext" : "citext " + std::string(collation);
}

// Each domain with the type at its end, the innermost modifier that is given, and whether any domain on the way forbids
// NULL. Types outside pg_catalog have no name here, but for citext.
constexpr char columns[] =
    "WITH RECURSIVE domains (oid, base, modifier, filled) AS ("
    "SELECT t.oid, t.typbasetype, t.typtypmod, t.typnotnull FROM pg_catalog.pg_type AS t WHERE t.typtype = 'd' "
    "UNION ALL SELECT d.oid, t.typbasetype, CASE WHEN d.modifier < 0 THEN t.typtypmod ELSE d.modifier END, "
    "d.filled OR t.typnotnull FROM domains AS d JOIN pg_catalog.pg_type AS t ON t.oid = d.base WHERE t.typtype = 'd'), "
    "resolved AS (SELECT d.* FROM domains AS d JOIN pg_catalog.pg_type AS t ON t.oid = d.base WHERE t.typtype <> 'd'), "
    "labels AS (SELECT e.enumtypid, pg_catalog.string_agg('''' || pg_catalog.replace(e.enumlabel::pg_catalog.text, "
    "'''', '''''') || '''', ',' ORDER BY e.enumsortorder) AS list FROM pg_catalog.pg_enum AS e GROUP BY e.enumtypid) "
    "SELECT a.attrelid::pg_catalog.int8, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), "
    "CASE WHEN t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace OR t.typname = 'citext' THEN t.typname END, "
    "CASE WHEN d.oid IS NULL THEN a.atttypmod ELSE d.modifier END, "
    "a.attnotnull OR coalesce(d.filled, false), "
    // An UPDATE may set neither; the key of a table may be either.
    "a.attgenerated <> '' OR a.attidentity = 'a', "
    "CASE WHEN l.collnamespace <> 'pg_catalog'::pg_catalog.regnamespace THEN ln.nspname || '.' || l.collname "
    "ELSE l.collname END, labels.list "
    "FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid "
    "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace LEFT JOIN resolved AS d ON d.oid = a.atttypid "
    "JOIN pg_catalog.pg_type AS t ON t.oid = coalesce(d.base, a.atttypid) "
    "LEFT JOIN pg_catalog.pg_collation AS l ON l.oid = a.attcollation "
    "LEFT JOIN pg_catalog.pg_namespace AS ln ON ln.oid = l.collnamespace "
    "LEFT JOIN labels ON labels.enumtypid = t.oid "
    "WHERE a.attnum > 0 AND NOT a.attisdropped AND ";

void read_columns(PostgresCatalogue& reader) {
    const auto rows = reader.ask(std::string(columns) + postgres_user_tables + "ORDER BY a.attrelid, a.attnum");
    while (rows->next()) {
        Table* table = reader.table(rows->integer(0));
        if (!table) continue;
        Column& column = table->columns.emplace_back();
        column.name = rows->text(1);
        column.type = rows->text(2);
        const std::string type(rows->text(3));
        column.family = postgres_family(type);
        column.length = postgres_length(type, rows->integer(4));
        column.nullable = rows->integer(5) == 0;
        column.generated = rows->integer(6) != 0;
        column.collation = collation_of(type, rows->text(7));
        column.values = rows->text(8);
    }
}

// A foreign key may point at a partition alone. What is deleted is deleted there: it bears on the table that the rule
// names, which is the one at the root.
void point_at_roots(Catalogue& catalogue) {
    const auto root_of = [&](const Table* table) {
        while (table && !table->partition_of.empty()) {
            const Table* parent = catalogue.find(table->schema, table->partition_of);
            if (!parent) parent = catalogue.find(table->partition_of);
            if (!parent || parent == table) break;
            table = parent;
        }
        return table;
    };
    for (Table& table : catalogue.tables)
        for (ForeignKey& key : table.foreign_keys)
            if (const Table* root = root_of(catalogue.find(key.schema, key.references))) {
                key.schema = root->schema;
                key.references = root->name;
            }
}

} // namespace

void read_postgres_tables(PostgresCatalogue& reader) {
    read_tables(reader);
    read_columns(reader);
}

Catalogue read_postgres_catalogue(Database& database) {
    std::optional<Snapshot> own;
    if (!database.in_transaction()) own.emplace(database);
    PostgresCatalogue reader{database};
    reader.catalogue.names_ignore_case = false;
    reader.catalogue.native_dates = true;
    for (const auto part : {read_postgres_server, read_postgres_tables, read_postgres_partitions, read_postgres_indexes,
                            read_postgres_foreign_keys, read_postgres_triggers, read_postgres_views})
        part(reader);
    point_at_roots(reader.catalogue);
    return std::move(reader.catalogue);
}

} // namespace retention
