#include "connectors/sqlite_row_sets.hpp"

#include "connectors/sqlite_query.hpp"

#include <algorithm>

namespace retention {

namespace {

std::string identity_column(std::size_t i) {
    return "retentiond_i" + std::to_string(i);
}
std::string key_column(std::size_t i) {
    return "retentiond_k" + std::to_string(i);
}

std::vector<Sql> numbered(std::string (*name)(std::size_t), std::size_t many) {
    std::vector<Sql> names;
    for (std::size_t i = 0; i < many; ++i) names.emplace_back(name(i));
    return names;
}

} // namespace

SqliteRowSets::SqliteRowSets(const SqliteConnection& connection, const Plan& plan, const Conditions& conditions,
                             const Dialect& dialect)
    : connection_(connection)
    , plan_(plan)
    , conditions_(conditions)
    , dialect_(dialect)
    , records_{"retentiond_records", plan.table, dialect.identity(*plan.table)} {
    create(records_, plan.key.size());
    for (std::size_t i = 0; i < plan.related.size(); ++i) {
        const Table& table = plan.related[i].link.table();
        entries_.push_back({"retentiond_entry" + std::to_string(i), &table, dialect.identity(table)});
        create(entries_.back(), 0);
    }
}

void SqliteRowSets::create(const Set& set, std::size_t keys) const {
    const auto identity = listed(numbered(identity_column, set.identity.size()));
    Sql columns = identity;
    if (keys) columns += ", " + listed(numbered(key_column, keys));
    columns += ", retentiond_taken DEFAULT 1";
    execute(connection_, "DROP TABLE IF EXISTS temp." + Sql(set.name), "make room for a batch");
    execute(connection_,
            "CREATE TEMP TABLE " + Sql(set.name) + " (" + columns + ", PRIMARY KEY (" + identity + ")) WITHOUT ROWID",
            "make room for a batch");
}

// The set's rows: what a row's identity is compared with.
Sql SqliteRowSets::select_identity(const Set& set) const {
    return "(SELECT " + listed(numbered(identity_column, set.identity.size())) + " FROM temp." + set.name + ")";
}

// `retentiond_taken` of a record: 1, or how far below one that was selected it was found. Of a related row: whether
// there is something to do. A row that is masked already is reached, so that what belongs to it is found, but nothing
// is done to it.
Sql SqliteRowSets::select_taken(const Set& set) const {
    return "(SELECT " + listed(numbered(identity_column, set.identity.size())) + " FROM temp." + set.name +
           " WHERE retentiond_taken)";
}

namespace {

std::vector<std::string> names_of(const std::vector<const Column*>& columns) {
    std::vector<std::string> names;
    for (const Column* column : columns) names.push_back(column->name);
    return names;
}

std::vector<Sql> columns_of(const Dialect& dialect, const std::string& alias, const std::vector<std::string>& names) {
    std::vector<Sql> columns;
    for (const std::string& name : names) columns.emplace_back(dialect.column(alias, name));
    return columns;
}

} // namespace

Sql SqliteRowSets::in_entry(std::size_t entry) const {
    const Set& set = entries_[entry];
    return row_value(dialect_, set.table->name, set.identity) + " IN " + select_taken(set);
}

std::int64_t SqliteRowSets::select_records(const Sql& condition, std::optional<std::size_t> most) {
    execute(connection_, "DELETE FROM temp." + Sql(records_.name), "select records");
    const std::string& name = plan_.table->name;
    const auto key = listed(columns_of(dialect_, name, names_of(plan_.key)));
    Sql sql = "INSERT INTO temp." + Sql(records_.name) + " SELECT " +
              listed(columns_of(dialect_, name, records_.identity)) + ", " + key + ", 1 FROM " +
              dialect_.table(*plan_.table) + " WHERE " + condition;
    if (most) sql += " ORDER BY " + key + " LIMIT " + Sql::value(static_cast<std::int64_t>(*most));
    return execute(connection_, sql, "select records");
}

// Records that go with a record of the set, by a delete entry on their own table, and are due: they go as records.
void SqliteRowSets::join_due_records() {
    if (!plan_.deletes()) return;
    const std::string& name = plan_.table->name;
    for (std::size_t i = 0; i < plan_.related.size(); ++i) {
        const PlannedRelated& entry = plan_.related[i];
        if (&entry.link.table() != plan_.table || entry.action != Action::erase) continue;
        std::int64_t joined = 1;
        for (int depth = 2; joined > 0; ++depth) {
            collect_entry(i);
            joined = execute(connection_,
                             "INSERT OR IGNORE INTO temp." + Sql(records_.name) + " SELECT " +
                                 listed(columns_of(dialect_, name, records_.identity)) + ", " +
                                 listed(columns_of(dialect_, name, names_of(plan_.key))) + ", " +
                                 std::to_string(depth) + " FROM " + dialect_.table(*plan_.table) + " WHERE " +
                                 in_entry(i) + " AND " + conditions_.due() + " AND " + only_,
                             "select records that go together");
        }
    }
}

// Rows that are kept are gathered only where another entry may reach them too.
bool SqliteRowSets::needed(std::size_t entry) const {
    if (plan_.related[entry].action != Action::keep) return true;
    return std::count_if(entries_.begin(), entries_.end(),
                         [&](const Set& set) { return set.table == entries_[entry].table; }) > 1;
}

void SqliteRowSets::collect_entry(std::size_t i) {
    const PlannedRelated& entry = plan_.related[i];
    const Set& into = entries_[i];
    execute(connection_, "DELETE FROM temp." + Sql(into.name), "select related rows");
    if (!needed(i)) return;
    std::vector<const Set*> parents;
    for (const std::size_t parent : entry.parents) parents.push_back(&entries_[parent]);
    if (parents.empty()) parents.push_back(&records_);
    for (const Set* parent : parents) {
        const std::string& before = parent->table->name;
        const JoinedLink link =
            join(dialect_, conditions_.rule_text(), entry.link, before, conditions_.earlier_columns(i), true);
        std::vector<Sql> rows, where;
        for (std::size_t k = 0; k < into.identity.size(); ++k)
            rows.emplace_back(dialect_.quote(link.alias) + "." + row_alias(k));
        for (std::size_t k = 0; k < parent->identity.size(); ++k)
            where.emplace_back(dialect_.column(before, parent->identity[k]) + " = retentiond_set." +
                               identity_column(k));
        where.push_back(link.where);
        where.push_back(conditions_.first_match(i, link.alias));
        const bool goes_as_record = into.table == plan_.table && plan_.deletes() && entry.action != Action::detach;
        if (goes_as_record)
            where.push_back((rows.size() == 1 ? rows[0] : "(" + listed(rows) + ")") + " NOT IN " +
                            select_identity(records_));
        // CROSS JOIN keeps SQLite to the order: from the few rows of the set to what they lead to.
        execute(connection_,
                "INSERT OR IGNORE INTO temp." + Sql(into.name) + " SELECT " + listed(rows) + ", " +
                    conditions_.untouched(entry, link.alias) + " FROM temp." + parent->name +
                    " AS retentiond_set CROSS JOIN " + dialect_.table(*parent->table) + " AS " +
                    dialect_.quote(before) + " CROSS JOIN " + link.from + " WHERE " + all_of(where, "1 = 1"),
                "select related rows of " + entry.table);
    }
}

// Each row stays in one set: that of the entry that keeps more, of equals the first (of deletes the last). Returns the
// sets that lost rows.
std::vector<std::size_t> SqliteRowSets::reconcile() {
    std::vector<std::size_t> losers;
    for (std::size_t weak = 0; weak < entries_.size(); ++weak)
        for (std::size_t strong = 0; strong < entries_.size(); ++strong) {
            if (weak == strong || entries_[weak].table != entries_[strong].table) continue;
            const int difference = keeps(plan_.related[strong].action) - keeps(plan_.related[weak].action);
            // Of two that delete the later one: it may stand below rows that go, and is disposed of before them.
            const bool both_delete = plan_.related[weak].action == Action::erase && difference == 0;
            if (difference < 0 || (difference == 0 && (both_delete ? strong < weak : strong > weak))) continue;
            const auto columns = numbered(identity_column, entries_[weak].identity.size());
            const Sql row = columns.size() == 1 ? columns.front() : "(" + listed(columns) + ")";
            const auto lost = execute(connection_,
                                      "DELETE FROM temp." + Sql(entries_[weak].name) + " WHERE " + row + " IN " +
                                          select_identity(entries_[strong]),
                                      "settle rows reached twice");
            if (lost > 0) losers.push_back(weak);
        }
    return losers;
}

void SqliteRowSets::collect() {
    join_due_records();
    for (std::size_t i = 0; i < entries_.size(); ++i) collect_entry(i);
    // What hangs on a row that stays after all is gathered again; as deep as entries can stand below each other.
    std::vector<std::size_t> losers = reconcile();
    for (std::size_t depth = 0; depth < entries_.size() && !losers.empty(); ++depth) {
        bool again = false;
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            const auto& parents = plan_.related[i].parents;
            if (std::none_of(parents.begin(), parents.end(), [&](std::size_t parent) {
                    return std::find(losers.begin(), losers.end(), parent) != losers.end();
                }))
                continue;
            collect_entry(i);
            losers.push_back(i);
            again = true;
        }
        if (!again) return;
        losers = reconcile();
    }
}

std::size_t SqliteRowSets::records() const {
    return static_cast<std::size_t>(size(records_));
}

bool SqliteRowSets::keep_deepest(std::size_t most) {
    const auto columns = listed(numbered(identity_column, records_.identity.size()));
    const Sql deepest = "(SELECT " + columns + " FROM temp." + records_.name +
                        " ORDER BY retentiond_taken DESC LIMIT " + Sql::value(static_cast<std::int64_t>(most)) + ")";
    const Sql others = "DELETE FROM temp." + Sql(records_.name) + " WHERE (" + columns + ") NOT IN " + deepest;
    if (execute(connection_, others, "make a batch smaller") == 0) return false;
    collect();
    return true;
}

std::int64_t SqliteRowSets::size(const Set& set) const {
    return count_of(connection_, "SELECT count(*) FROM temp." + Sql(set.name) + " WHERE retentiond_taken",
                    "count rows");
}

std::vector<RelatedCount> SqliteRowSets::counts() const {
    std::vector<RelatedCount> counts;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const PlannedRelated& entry = plan_.related[i];
        if (entry.action == Action::keep) continue;
        // A row that is due itself is counted there, in whichever batch it goes.
        const bool own = entries_[i].table == plan_.table && plan_.deletes();
        const auto rows = !own ? size(entries_[i])
                               : count_of(connection_,
                                          "SELECT count(*) FROM " + Sql(dialect_.table(*plan_.table)) + " WHERE " +
                                              in_entry(i) + " AND NOT " + conditions_.due(),
                                          "count rows");
        const auto same = std::find_if(counts.begin(), counts.end(), [&](const RelatedCount& other) {
            return other.table == entry.table && other.action == entry.action;
        });
        if (same == counts.end())
            counts.push_back({entry.table, entry.action, rows});
        else
            same->records += rows;
    }
    return counts;
}

std::vector<std::vector<std::string>> SqliteRowSets::keys() const {
    const auto columns = numbered(key_column, plan_.key.size());
    SqliteStatement select =
        prepare(connection_, "SELECT " + listed(columns) + " FROM temp." + records_.name, "read the batch's keys");
    std::vector<std::vector<std::string>> keys;
    while (select.step()) {
        auto& key = keys.emplace_back();
        for (int i = 0; i < select.columns(); ++i) key.push_back(key_text(select.value(i)));
    }
    return keys;
}

std::optional<Key> SqliteRowSets::last_key() const {
    const std::string& name = plan_.table->name;
    std::vector<Sql> descending;
    for (const Column* column : plan_.key) descending.emplace_back(dialect_.column(name, column->name) + " DESC");
    SqliteStatement select =
        prepare(connection_,
                "SELECT " + listed(columns_of(dialect_, name, names_of(plan_.key))) + " FROM " +
                    dialect_.table(*plan_.table) + " WHERE " + row_value(dialect_, name, records_.identity) + " IN " +
                    select_identity(records_) + " ORDER BY " + listed(descending) + " LIMIT 1",
                "read the batch's last key");
    if (!select.step()) return std::nullopt;
    Key key;
    for (int i = 0; i < select.columns(); ++i) key.push_back(select.value(i));
    return key;
}

} // namespace retention
