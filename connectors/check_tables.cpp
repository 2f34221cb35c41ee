#include "connectors/check.hpp"
#include "connectors/check_findings.hpp"

#include <algorithm>

namespace retention {

namespace {

// Foreign tables of PostgreSQL, and engines of MariaDB that keep no rows themselves, are no virtual tables by name.
const char* kind_of_virtual(const Plan& plan, const Table& table) {
    if (table.partitioning) return " has a partition that is a foreign table";
    return plan.catalogue->native_dates ? " is a foreign table" : " is a virtual table";
}

// True where the table's rows can be named, counted and changed one by one. What a trigger on a view reports as deleted
// is still there (notes: 3 reported, 3 still there), and a virtual table's rows live somewhere else.
bool judge_kind(CheckFindings& findings, const Plan& plan, const Table& table, const Place& place) {
    if (table.kind == TableKind::view)
        findings.error(place, shown(table) + " is a view: what it reports as deleted or changed may still be there",
                       "name the table behind it");
    if (table.kind == TableKind::virtual_table)
        findings.error(place, shown(table) + kind_of_virtual(plan, table) + ": its rows are kept somewhere else",
                       "name the table that holds the rows");
    const bool ours = plan.catalogue->same_name(table.name, "retentiond_batches") ||
                      plan.catalogue->same_name(table.name, "retentiond_last");
    if (ours)
        findings.error(place, shown(table) + " is retentiond's own table: its rows prove what was disposed of",
                       "take the rule out; the table stays small");
    return table.kind == TableKind::table && !ours;
}

// Of unique indexes over columns that are never NULL: `key = ["a", "b"]` lines to choose from.
std::string key_candidates(const Table& table) {
    std::vector<std::string> lines;
    for (const Index& index : table.indexes) {
        const bool usable = index.unique && !index.partial && !index.columns.empty() &&
                            std::all_of(index.columns.begin(), index.columns.end(), [&](const std::string& name) {
                                const Column* column = table.find(name);
                                return column && !column->nullable;
                            });
        if (usable) lines.push_back("key = " + toml_names(index.columns));
    }
    if (lines.empty()) return "give the table a primary key, or a unique index over NOT NULL columns to name in `key`";
    return "name columns of a unique index in the rule:\n" + listing(lines, "\n");
}

// SQLite: INTEGER PRIMARY KEY is the rowid itself, and WITHOUT ROWID keys are NOT NULL whatever the catalogue says
// (sqlite.org/lang_createtable.html, "The PRIMARY KEY"); any other primary key of SQLite may hold NULL.
bool may_be_null(const Table& table, const Column& column) {
    std::string type = column.type;
    std::transform(type.begin(), type.end(), type.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    const bool rowid =
        table.primary_key.size() == 1 && type == "INTEGER" && table.find(table.primary_key.front()) == &column;
    return column.nullable && !table.without_rowid && !rowid;
}

void judge_nulls(CheckFindings& findings, const Plan& plan, const std::vector<std::string>& key) {
    std::vector<std::string> nullable;
    for (const Column* column : plan.key)
        if (may_be_null(*plan.table, *column)) nullable.push_back(column->name);
    if (nullable.empty()) return;
    const std::string columns = shown(*plan.table, nullable);
    if (same_columns(*plan.catalogue, key, plan.table->primary_key))
        findings.warning(plan.rule.place,
                         "the primary key column " + columns + " may be NULL, and such a row cannot be named",
                         "declare it NOT NULL; a run checks that there is no such row");
    else
        findings.error(plan.rule.place,
                       "the key column " + columns + " may be NULL, and a unique index lets many rows be so",
                       "declare it NOT NULL, or choose another key: " + key_candidates(*plan.table));
}

// A SET sorts by a number and compares by its letters: no range of such a key can be told.
void judge_order(CheckFindings& findings, const Plan& plan) {
    for (const Column* column : plan.key)
        if (plan.catalogue->native_dates && column->type.rfind("set(", 0) == 0)
            findings.error(plan.rule.place,
                           "the key column " + shown(*plan.table, *column) +
                               " is a SET, which has no "
                               "order of its own",
                           "name another key: " + key_candidates(*plan.table));
}

void judge_key(CheckFindings& findings, const Plan& plan) {
    judge_order(findings, plan);
    std::vector<std::string> key;
    for (const Column* column : plan.key) key.push_back(column->name);
    if (key.empty()) {
        findings.error(plan.rule.place, "the table " + shown(*plan.table) + " has no primary key",
                       key_candidates(*plan.table));
    } else if (!plan.table->is_unique(key)) {
        findings.error(plan.rule.place,
                       "the key " + shown(*plan.table, key) + " is not unique: two records could bear one name",
                       key_candidates(*plan.table));
    } else {
        judge_nulls(findings, plan, key);
    }
}

} // namespace

namespace {

// A record masked as a row of another record would be done before its turn came, and never stand in the audit log.
void judge_own_rows(CheckFindings& findings, const Plan& plan) {
    if (plan.deletes()) return;
    for (const PlannedRelated& entry : plan.related)
        if (entry.action == Action::anonymise && &entry.link.table() == plan.table)
            findings.error(entry.place,
                           "the entry would anonymise records of the category itself as another one's rows",
                           "leave the entry out: each record is anonymised when it is due; or detach the link");
}

} // namespace

Problems check_tables(const Plan& plan) {
    CheckFindings findings(plan);
    if (judge_kind(findings, plan, *plan.table, plan.rule.place)) judge_key(findings, plan);
    for (const PlannedRelated& entry : plan.related) judge_kind(findings, plan, entry.link.table(), entry.place);
    judge_own_rows(findings, plan);
    return findings.take();
}

} // namespace retention
