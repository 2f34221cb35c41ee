#include "connectors/postgres_catalogue_parts.hpp"

namespace retention {
namespace {

// One row a column of each index. `apart`: the index holds for different whatever the column's own `=` does. A
// deterministic collation compares bytes, so every index is at least as coarse as such a column; the operator classes
// of pg_catalog that are no defaults (text_pattern_ops) test for equality as the defaults do, but for record_image_ops.
constexpr char indexes[] =
    "SELECT i.indexrelid::pg_catalog.int8, i.indrelid::pg_catalog.int8, x.relname, i.indisprimary, "
    "i.indisunique AND i.indimmediate, i.indpred IS NOT NULL, a.attname, "
    "(o.opcdefault OR (o.opcnamespace = 'pg_catalog'::pg_catalog.regnamespace AND o.opcname <> 'record_image_ops')) "
    "AND (a.attcollation IS NULL OR a.attcollation = 0 OR k.collated = a.attcollation OR l.collisdeterministic), "
    "t.typname "
    "FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid "
    "JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
    "CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(i.indkey), pg_catalog.unnest(i.indcollation), "
    "pg_catalog.unnest(i.indclass)) WITH ORDINALITY AS k (attnum, collated, opclass, place) "
    "LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum > 0 "
    "LEFT JOIN pg_catalog.pg_collation AS l ON l.oid = a.attcollation "
    "JOIN pg_catalog.pg_opclass AS o ON o.oid = k.opclass JOIN pg_catalog.pg_type AS t ON t.oid = o.opcintype "
    "WHERE i.indisvalid AND k.place <= i.indnkeyatts AND ";

constexpr char foreign_keys[] =
    "SELECT f.oid::pg_catalog.int8, f.conrelid::pg_catalog.int8, f.conname, f.confdeltype, fn.nspname, fc.relname, "
    "a.attname, b.attname "
    "FROM pg_catalog.pg_constraint AS f JOIN pg_catalog.pg_class AS fc ON fc.oid = f.confrelid "
    "JOIN pg_catalog.pg_namespace AS fn ON fn.oid = fc.relnamespace "
    "CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(f.conkey), pg_catalog.unnest(f.confkey)) "
    "WITH ORDINALITY AS k (own, other, place) "
    "JOIN pg_catalog.pg_attribute AS a ON a.attrelid = f.conrelid AND a.attnum = k.own "
    "JOIN pg_catalog.pg_attribute AS b ON b.attrelid = f.confrelid AND b.attnum = k.other "
    // A partition's share of its parent's key, and a key's share in each partition that it points at, have a parent.
    "WHERE f.contype = 'f' AND f.conparentid = 0 ORDER BY f.conrelid, f.conname, f.oid, k.place";

bool compares_as_citext(const Table& table, const std::string& column) {
    const Column* own = table.find(column);
    return own && own->collation.starts_with("citext");
}

OnDelete on_delete_of(std::string_view action) {
    if (action == "c") return OnDelete::cascade;
    if (action == "n") return OnDelete::set_null;
    if (action == "d") return OnDelete::set_default;
    return action == "r" ? OnDelete::restrict : OnDelete::no_action;
}

} // namespace

void read_postgres_indexes(PostgresCatalogue& reader) {
    const auto rows =
        reader.ask(std::string(indexes) + postgres_user_tables + "ORDER BY i.indrelid, x.relname, x.oid, k.place");
    std::int64_t last = 0;
    while (rows->next()) {
        Table* table = reader.table(rows->integer(1));
        if (!table) continue;
        if (rows->integer(0) != last) {
            last = rows->integer(0);
            Index& index = table->indexes.emplace_back();
            index.name = rows->text(2);
            index.unique = rows->integer(4) != 0;
            index.partial = rows->integer(5) != 0;
        }
        Index& index = table->indexes.back();
        index.columns.emplace_back(rows->text(6));
        if (rows->integer(3) != 0) table->primary_key.push_back(index.columns.back());
        const bool other_type = compares_as_citext(*table, index.columns.back()) && rows->text(8) != "citext";
        if (rows->integer(7) == 0 || other_type) index.unique = false;
    }
}

void read_postgres_foreign_keys(PostgresCatalogue& reader) {
    const auto rows = reader.ask(foreign_keys);
    std::int64_t last = 0;
    while (rows->next()) {
        Table* table = reader.table(rows->integer(1));
        if (!table) continue;
        if (rows->integer(0) != last) {
            last = rows->integer(0);
            ForeignKey& key = table->foreign_keys.emplace_back();
            key.name = rows->text(2);
            key.on_delete = on_delete_of(rows->text(3));
            key.schema = rows->text(4);
            key.references = rows->text(5);
        }
        table->foreign_keys.back().columns.emplace_back(rows->text(6));
        table->foreign_keys.back().referenced.emplace_back(rows->text(7));
    }
}

} // namespace retention
