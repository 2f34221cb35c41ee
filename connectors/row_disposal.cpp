// RowSets: the disposal of what was gathered.

#include "connectors/assignments.hpp"
#include "connectors/connector.hpp"
#include "connectors/row_columns.hpp"
#include "connectors/row_sets.hpp"

namespace retention {

void RowSets::change(const Sql& statement, const Set& set, const std::string& what) const {
    const std::int64_t wanted = size(set);
    const std::int64_t changed = wanted == 0 ? 0 : database_.execute(statement, what);
    require_all(changed, wanted, what);
}

// A row that another entry kept may still point at a row that goes. RESTRICT and NO ACTION refuse that by themselves;
// the other actions would change or take it along, and nobody would have counted it.
void RowSets::require_unreferenced(const Set& set, const std::string& what) const {
    const std::string& name = set.table->name;
    for (const auto& [child, key] : plan_.catalogue->references_to(*set.table)) {
        if (key->on_delete == OnDelete::restrict || key->on_delete == OnDelete::no_action) continue;
        std::vector<Sql> where{row_value(dialect_, name, set.identity) + " IN " + select_taken(set)};
        for (std::size_t i = 0; i < key->columns.size(); ++i)
            where.emplace_back(dialect_.column("retentiond_child", key->columns[i]) + " = " +
                               dialect_.column(name, key->referenced[i]));
        if (child == set.table)
            where.push_back(row_value(dialect_, "retentiond_child", set.identity) + " NOT IN " + select_taken(set));
        const auto left = count_of(database_,
                                   "SELECT count(*) FROM " + Sql(dialect_.table(*set.table)) + " CROSS JOIN " +
                                       dialect_.table(*child) + " AS retentiond_child WHERE " + all_of(where, "1 = 1"),
                                   "look for rows that would go along");
        if (left == 0) continue;
        throw StoreError(StoreError::Kind::refused,
                         database_.store() + ": " + what + ": " + std::to_string(left) + " rows of " + child->name +
                             " that the rule keeps still point at what would go, and the database would change or "
                             "delete them");
    }
}

// A row at which another one of its table points may only go after that one: MariaDB looks row by row, and RESTRICT
// forbids it where both go in one statement. So the leaves go first; what then points in a circle goes together.
void RowSets::erase(const Set& set, const std::string& what) const {
    require_unreferenced(set, what);
    const std::int64_t wanted = size(set);
    if (wanted == 0) return;
    const auto identity = columns_named(identity_column, set.identity.size());
    std::int64_t changed = 0;
    if (refers_to_itself(*set.table))
        for (std::int64_t more = 1; more > 0 && changed < wanted;) changed += more = erase_leaves(set, what);
    if (changed < wanted)
        changed += database_.execute(
            dialect_.erase_set(*set.table, set.identity, set.name, identity, "retentiond_taken > 0"), what);
    require_all(changed, wanted, what);
}

std::int64_t RowSets::erase_leaves(const Set& set, const std::string& what) const {
    const std::string& name = set.table->name;
    const auto identity = columns_named(identity_column, set.identity.size());
    std::vector<Sql> where{row_value(dialect_, name, set.identity) + " IN " + select_taken(set)};
    for (const ForeignKey& key : set.table->foreign_keys) {
        if (key.references != name || key.schema != set.table->schema) continue;
        std::vector<Sql> points, other;
        for (std::size_t i = 0; i < key.columns.size(); ++i)
            points.emplace_back(dialect_.column("retentiond_child", key.columns[i]) + " = " +
                                dialect_.column(name, key.referenced[i]));
        for (const std::string& column : set.identity)
            other.emplace_back(dialect_.column("retentiond_child", column) + " <> " + dialect_.column(name, column));
        where.push_back("NOT EXISTS (SELECT 1 FROM " + Sql(dialect_.table(*set.table)) + " AS retentiond_child WHERE " +
                        all_of(points, "1 = 1") + " AND " + any_of(other, "1 = 0") + ")");
    }
    empty(set.round());
    const Sql leaves = "SELECT " + listed(columns_of(dialect_, name, set.identity)) + " FROM " +
                       dialect_.table(*set.table) + " WHERE " + all_of(where, "1 = 1");
    database_.execute(dialect_.add_rows(set.round(), identity, leaves), what);
    return database_.execute(dialect_.erase_set(*set.table, set.identity, set.round(), identity, Sql()), what);
}

void RowSets::require_all(std::int64_t changed, std::int64_t wanted, const std::string& what) const {
    if (changed == wanted) return;
    throw StoreError(StoreError::Kind::refused, database_.store() + ": " + what + ": the store changed " +
                                                    std::to_string(changed) + " of " + std::to_string(wanted) +
                                                    " rows");
}

void RowSets::dispose() const {
    const auto update = [&](const Set& set, const Sql& assignments, const std::string& what) {
        change(dialect_.update_set(*set.table, assignments, set.identity, set.name,
                                   columns_named(identity_column, set.identity.size()), "retentiond_taken > 0"),
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
            update(entries_[i], assignments(dialect_, entry.masks, *entries_[i].table, plan_.pseudonym_key), what);
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
