#include "connectors/postgres_catalogue_parts.hpp"

#include <algorithm>
#include <functional>

namespace retention {
namespace {

std::string method_of(std::string_view strategy) {
    if (strategy == "r") return "range";
    return strategy == "l" ? "list" : "hash";
}

// What stands in the parentheses of "RANGE (to_days(at), id)".
std::string inside(std::string_view definition) {
    const auto open = definition.find('(');
    if (open == definition.npos || !definition.ends_with(')')) return std::string(definition);
    return std::string(definition.substr(open + 1, definition.size() - open - 2));
}

void read_partition_keys(PostgresCatalogue& reader) {
    const auto rows = reader.ask(
        "SELECT p.partrelid::pg_catalog.int8, p.partstrat, "
        "CASE WHEN p.partexprs IS NOT NULL THEN pg_catalog.pg_get_partkeydef(p.partrelid) END, a.attname FROM "
        "pg_catalog.pg_partitioned_table AS p "
        "CROSS JOIN LATERAL pg_catalog.unnest(p.partattrs) WITH ORDINALITY AS k (attnum, place) "
        "LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = p.partrelid AND a.attnum = k.attnum AND k.attnum > 0 "
        "ORDER BY p.partrelid, k.place");
    while (rows->next()) {
        Table* table = reader.table(rows->integer(0));
        if (!table) continue;
        if (!table->partitioning) table->partitioning.emplace();
        Partitioning& partitioning = *table->partitioning;
        partitioning.method = method_of(rows->text(1));
        if (!rows->is_null(2))
            partitioning.expression = inside(rows->text(2));
        else
            partitioning.columns.emplace_back(rows->text(3));
    }
}

std::string name_beside(const Table& table, std::string_view schema, std::string_view name) {
    return (table.schema == schema ? "" : std::string(schema) + ".") + std::string(name);
}

// pg_inherits has indexes too. A partition that is being detached concurrently (PostgreSQL 14, a column that 13 does
// not have) holds rows that its parent no longer shows. Bounds have no columns in them, and pg_get_expr locks none for
// 0.
constexpr char heirs[] =
    "SELECT i.inhparent::pg_catalog.int8, i.inhrelid::pg_catalog.int8, n.nspname, c.relname, c.relispartition, "
    "pg_catalog.pg_get_expr(c.relpartbound, 0::pg_catalog.oid) "
    "FROM pg_catalog.pg_inherits AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid "
    "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'f') "
    "AND NOT coalesce((pg_catalog.to_jsonb(i) ->> 'inhdetachpending')::pg_catalog.bool, false) "
    "ORDER BY i.inhparent, n.nspname, c.relname";

struct Heirs {
    std::unordered_map<const Table*, std::vector<Table*>> partitions; // of each partitioned table
};

Heirs read_heirs(PostgresCatalogue& reader) {
    Heirs heirs_of;
    const auto rows = reader.ask(heirs);
    while (rows->next()) {
        Table* parent = reader.table(rows->integer(0));
        Table* heir = reader.table(rows->integer(1));
        if (!parent) continue;
        if (rows->integer(4) == 0 || !parent->partitioning) {
            parent->children.push_back(name_beside(*parent, rows->text(2), rows->text(3)));
            continue;
        }
        parent->partitioning->partitions.push_back(
            {std::string(rows->text(2)), std::string(rows->text(3)), std::string(rows->text(5))});
        if (!heir) continue;
        heir->partition_of = name_beside(*heir, parent->schema, parent->name);
        heirs_of.partitions[parent].push_back(heir);
    }
    return heirs_of;
}

// Sub-partitioned tables first. What is unknown of some partitions (none was counted since it was made) is passed over.
void sum_up(const Heirs& heirs_of, Table& table) {
    double sum = -1;
    const auto found = heirs_of.partitions.find(&table);
    if (found == heirs_of.partitions.end()) return;
    for (Table* partition : found->second) {
        sum_up(heirs_of, *partition);
        if (partition->estimated_rows >= 0) sum = std::max(sum, 0.0) + partition->estimated_rows;
        if (partition->kind == TableKind::virtual_table) table.kind = TableKind::virtual_table;
    }
    table.estimated_rows = sum;
}

} // namespace

void read_postgres_partitions(PostgresCatalogue& reader) {
    read_partition_keys(reader);
    const Heirs heirs_of = read_heirs(reader);
    for (Table& table : reader.catalogue.tables)
        if (table.partitioning && table.partition_of.empty()) sum_up(heirs_of, table);
}

} // namespace retention
