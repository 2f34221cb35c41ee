// SqliteRowSets: the disposal of what was gathered.

#include "connectors/assignments.hpp"
#include "connectors/sqlite_query.hpp"
#include "connectors/sqlite_row_sets.hpp"

namespace retention {

Sql row_value(const Dialect& dialect, const std::string& alias, const std::vector<std::string>& columns) {
    std::vector<Sql> all;
    for (const std::string& column : columns) all.emplace_back(dialect.column(alias, column));
    return columns.size() == 1 ? all.front() : "(" + listed(all) + ")";
}

void SqliteRowSets::change(const Sql& statement, const Set& set, const std::string& what) const {
    const std::int64_t wanted = size(set);
    const std::int64_t changed = wanted == 0 ? 0 : execute(connection_, statement, what);
    require_all(changed, wanted, what);
}

// A row that another entry kept may still point at a row that goes. RESTRICT and NO ACTION refuse that by themselves;
// the other actions would change or take it along, and nobody would have counted it.
void SqliteRowSets::require_unreferenced(const Set& set, const std::string& what) const {
    const std::string& name = set.table->name;
    for (const auto& [child, key] : plan_.catalogue->references_to(*set.table)) {
        if (key->on_delete == OnDelete::restrict || key->on_delete == OnDelete::no_action) continue;
        std::vector<Sql> where{row_value(dialect_, name, set.identity) + " IN " + select_taken(set)};
        for (std::size_t i = 0; i < key->columns.size(); ++i)
            where.emplace_back(dialect_.column("retentiond_child", key->columns[i]) + " = " +
                               dialect_.column(name, key->referenced[i]));
        if (child == set.table)
            where.push_back(row_value(dialect_, "retentiond_child", set.identity) + " NOT IN " + select_taken(set));
        const auto left = count_of(connection_,
                                   "SELECT count(*) FROM " + Sql(dialect_.table(*set.table)) + " CROSS JOIN " +
                                       dialect_.table(*child) + " AS retentiond_child WHERE " + all_of(where, "1 = 1"),
                                   "look for rows that would go along");
        if (left == 0) continue;
        throw StoreError(StoreError::Kind::refused,
                         connection_.store() + ": " + what + ": " + std::to_string(left) + " rows of " + child->name +
                             " that the rule keeps still point at what would go, and the database would change or "
                             "delete them");
    }
}

void SqliteRowSets::erase(const Set& set, const std::string& what) const {
    require_unreferenced(set, what);
    const Sql statement = "DELETE FROM " + Sql(dialect_.table(*set.table)) + " WHERE " +
                          row_value(dialect_, set.table->name, set.identity) + " IN " + select_taken(set) +
                          no_row_points_at(set);
    const std::int64_t wanted = size(set);
    std::int64_t changed = 0, more = 1;
    while (changed < wanted && more > 0) changed += more = execute(connection_, statement, what);
    require_all(changed, wanted, what);
}

// RESTRICT refuses to lose a row at which another one of its table points, even where both go in one statement.
Sql SqliteRowSets::no_row_points_at(const Set& set) const {
    Sql none;
    for (const ForeignKey& key : set.table->foreign_keys) {
        if (key.on_delete != OnDelete::restrict || key.references != set.table->name) continue;
        std::vector<Sql> points;
        for (std::size_t i = 0; i < key.columns.size(); ++i)
            points.emplace_back(dialect_.column("retentiond_child", key.columns[i]) + " = " +
                                dialect_.column(set.table->name, key.referenced[i]));
        const Sql other = row_value(dialect_, "retentiond_child", set.identity) + " <> " +
                          row_value(dialect_, set.table->name, set.identity);
        none += " AND NOT EXISTS (SELECT 1 FROM " + Sql(dialect_.table(*set.table)) + " AS retentiond_child WHERE " +
                all_of(points, "1 = 1") + " AND " + other + ")";
    }
    return none;
}

void SqliteRowSets::require_all(std::int64_t changed, std::int64_t wanted, const std::string& what) const {
    if (changed == wanted) return;
    throw StoreError(StoreError::Kind::refused, connection_.store() + ": " + what + ": the store changed " +
                                                    std::to_string(changed) + " of " + std::to_string(wanted) +
                                                    " rows");
}

void SqliteRowSets::dispose() const {
    const auto update = [&](const Set& set, const Sql& set_clause, const std::string& what) {
        change("UPDATE " + Sql(dialect_.table(*set.table)) + " SET " + set_clause + " WHERE " +
                   row_value(dialect_, set.table->name, set.identity) + " IN " + select_taken(set),
               set, what);
    };
    for (std::size_t i = entries_.size(); i-- > 0;) {
        const PlannedRelated& entry = plan_.related[i];
        const std::string what = to_string(entry.action) + " " + entry.table;
        switch (entry.action) {
        case Action::erase:
            erase(entries_[i], what);
            break;
        case Action::anonymise:
            update(entries_[i], assignments(dialect_, entry.masks, entries_[i].table->name, plan_.pseudonym_key), what);
            break;
        case Action::detach:
            update(entries_[i], detachment(dialect_, entry.link), what);
            break;
        case Action::keep:
            break;
        }
    }
    const std::string what = to_string(plan_.rule.action) + " " + plan_.rule.table;
    if (plan_.deletes()) return erase(records_, what);
    update(records_, record_assignments(dialect_, plan_, plan_.pseudonym_key), what);
}

} // namespace retention
