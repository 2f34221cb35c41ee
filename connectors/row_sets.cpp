#include "connectors/row_sets.hpp"

#include "connectors/check_footprint.hpp"
#include "connectors/connector.hpp"
#include "connectors/rivals.hpp"
#include "connectors/row_columns.hpp"

#include <algorithm>

namespace retention {

RowSets::RowSets(Database& database, const Plan& plan, const Dialect& dialect)
    : database_(database)
    , plan_(plan)
    , dialect_(dialect)
    , records_{"retentiond_records", plan.table, dialect.identity(*plan.table)}
    , shares_(shares_rows(plan)) {
    for (std::size_t i = 0; i < plan.related.size(); ++i) {
        const Table& table = plan.related[i].link.table();
        entries_.push_back({"retentiond_entry" + std::to_string(i), &table, dialect.identity(table)});
    }
    database_.set_up(statements_to_make());
}

std::vector<Sql> RowSets::statements_to_make() const {
    std::vector<Sql> statements;
    const bool locks = !dialect_.lock_set(*records_.table, records_.identity, records_.name, records_.identity).empty();
    const auto make = [&](const std::string& name, const Set& set, const std::vector<const Column*>& key,
                          bool lasting = false) {
        std::vector<Dialect::SetColumn> columns;
        for (std::size_t i = 0; i < set.identity.size(); ++i)
            columns.push_back({identity_column(i), dialect_.column(set.table->name, set.identity[i])});
        for (std::size_t i = 0; i < key.size(); ++i)
            columns.push_back({key_column(i), dialect_.column(set.table->name, key[i]->name)});
        for (Sql& one : dialect_.make_temporary(name, *set.table, columns, set.identity.size(), lasting))
            statements.push_back(std::move(one));
    };
    const auto make_all = [&](const Set& set, const std::vector<const Column*>& key) {
        make(set.name, set, key);
        if (locks) make(set.locked(), set, {});
        if (refers_to_itself(*set.table)) make(set.round(), set, {});
    };
    make_all(records_, plan_.key);
    for (const Set& set : entries_) {
        make_all(set, {});
        if (shares_) make(set.lost(), set, {}, true);
    }
    return statements;
}

void RowSets::empty(const std::string& name) const {
    database_.execute("DELETE FROM " + Sql(dialect_.temporary(name)), "make room for a batch");
}

// The set's rows: what a row's identity is compared with.
Sql RowSets::select_identity(const Set& set) const {
    return "(SELECT " + names(identity_column, set.identity.size()) + " FROM " + temporary(set) + ")";
}

// `retentiond_taken` of a record: 1, or how far below one that was selected it was found. Of a related row: whether
// there is something to do. A row that is masked already is reached, so that what belongs to it is found, but nothing
// is done to it.
Sql RowSets::select_taken(const Set& set) const {
    return "(SELECT " + names(identity_column, set.identity.size()) + " FROM " + temporary(set) +
           " WHERE retentiond_taken > 0)";
}

Sql RowSets::in_entry(std::size_t entry) const {
    const Set& set = entries_[entry];
    return row_value(dialect_, set.table->name, set.identity) + " IN " + select_taken(set);
}

std::int64_t RowSets::select_records(const Sql& condition, std::optional<std::size_t> most) {
    empty(records_.name);
    const std::string& name = plan_.table->name;
    const auto key = listed(columns_of(dialect_, name, names_of(plan_.key)));
    Sql sql = "SELECT " + listed(columns_of(dialect_, name, records_.identity)) + ", " + key + ", 1 FROM " +
              dialect_.table(*plan_.table) + " WHERE " + condition;
    if (most) sql += " ORDER BY " + key + " LIMIT " + Sql::value(static_cast<std::int64_t>(*most));
    return database_.execute(dialect_.add_rows(records_.name, record_columns(), sql), "select records");
}

std::vector<std::string> RowSets::record_columns() const {
    auto columns = columns_named(identity_column, records_.identity.size());
    for (std::size_t i = 0; i < plan_.key.size(); ++i) columns.push_back(key_column(i));
    columns.push_back("retentiond_taken");
    return columns;
}

// Records that go with a record of the set, by a delete entry on their own table, and are due: they go as records.
void RowSets::join_due_records() {
    if (!plan_.deletes()) return;
    const std::string& name = plan_.table->name;
    for (std::size_t i = 0; i < plan_.related.size(); ++i) {
        const PlannedRelated& entry = plan_.related[i];
        if (&entry.link.table() != plan_.table || entry.action != Action::erase) continue;
        std::int64_t joined = 1;
        for (int depth = 2; joined > 0; ++depth) {
            collect_entry(i);
            const Sql select = "SELECT " + listed(columns_of(dialect_, name, records_.identity)) + ", " +
                               listed(columns_of(dialect_, name, names_of(plan_.key))) + ", " + std::to_string(depth) +
                               " FROM " + dialect_.table(*plan_.table) + " WHERE " + in_entry(i) + " AND " +
                               conditions_->due() + " AND " + only_;
            joined = database_.execute(dialect_.add_rows(records_.name, record_columns(), select),
                                       "select records that go together");
        }
    }
}

// Rows that are kept are gathered only where another entry may reach them too.
bool RowSets::needed(std::size_t entry) const {
    if (plan_.related[entry].action != Action::keep) return true;
    return std::count_if(entries_.begin(), entries_.end(),
                         [&](const Set& set) { return set.table == entries_[entry].table; }) > 1;
}

void RowSets::collect_entry(std::size_t i) {
    const PlannedRelated& entry = plan_.related[i];
    const Set& into = entries_[i];
    empty(into.name);
    if (!needed(i)) return;
    std::vector<const Set*> parents;
    for (const std::size_t parent : entry.parents) parents.push_back(&entries_[parent]);
    if (parents.empty()) parents.push_back(&records_);
    for (const Set* parent : parents) {
        const std::string& before = parent->table->name;
        const JoinedLink link =
            join(dialect_, conditions_->rule_text(), entry.link, before, conditions_->earlier_columns(i), true);
        std::vector<Sql> rows, where;
        for (std::size_t k = 0; k < into.identity.size(); ++k)
            rows.emplace_back(dialect_.quote(link.alias) + "." + row_alias(k));
        for (std::size_t k = 0; k < parent->identity.size(); ++k)
            where.emplace_back(dialect_.column(before, parent->identity[k]) + " = retentiond_set." +
                               identity_column(k));
        where.push_back(link.where);
        where.push_back(conditions_->first_match(i, link.alias));
        const bool goes_as_record = into.table == plan_.table && plan_.deletes() && entry.action != Action::detach;
        if (goes_as_record)
            where.push_back((rows.size() == 1 ? rows[0] : "(" + listed(rows) + ")") + " NOT IN " +
                            select_identity(records_));
        if (shares_) where.push_back(not_lost(into, rows));
        auto columns = columns_named(identity_column, into.identity.size());
        columns.push_back("retentiond_taken");
        const Sql select = "SELECT " + listed(rows) + ", CASE WHEN " + conditions_->untouched(entry, link.alias) +
                           " THEN 1 ELSE 0 END FROM " + temporary(*parent) + " AS retentiond_set" +
                           dialect_.then_join() + dialect_.table(*parent->table) + " AS " + dialect_.quote(before) +
                           dialect_.then_join() + link.from + " WHERE " + all_of(where, "1 = 1");
        database_.execute(dialect_.add_rows(into.name, columns, select), "select related rows of " + entry.table);
    }
}

// Locks what is in the set and was not locked before. True where there was such.
bool RowSets::lock_newcomers(const Set& set) const {
    const Sql columns = names(identity_column, set.identity.size());
    const Sql row = set.identity.size() == 1 ? columns : "(" + columns + ")";
    const Sql locked = "(SELECT " + columns + " FROM " + dialect_.temporary(set.locked()) + ")";
    const Sql newcomers = "SELECT " + columns + " FROM " + temporary(set) + " WHERE " + row + " NOT IN " + locked;
    const auto many = count_of(database_, "SELECT count(*) FROM (" + newcomers + ") AS retentiond_new", "lock rows");
    if (many == 0) return false;
    database_.execute(dialect_.add_rows(set.locked(), columns_named(identity_column, set.identity.size()),
                                        "SELECT " + columns + " FROM " + temporary(set)),
                      "lock rows");
    database_
        .query(
            dialect_.lock_set(*set.table, set.identity, set.name, columns_named(identity_column, set.identity.size())),
            "lock rows of " + set.table->name)
        ->next();
    return true;
}

// What a record is judged by, besides its own row: the rows of its links, whatever they say now.
void RowSets::find_evidence() {
    if (evidence_) return;
    evidence_.emplace();
    const auto may_lock = [&](const PlannedHop& hop) {
        const Sql question = dialect_.may_lock(*hop.table);
        return hop.table->kind == TableKind::table &&
               (question.empty() || count_of(database_, question, "look for the right to lock rows") > 0);
    };
    for (const FollowedLink& followed : links_of(plan_)) {
        if (followed.entry || !std::ranges::all_of(followed.link->hops, may_lock)) continue;
        PlannedLink link = *followed.link;
        link.sql.reset();
        for (PlannedHop& hop : link.hops) hop.where.reset();
        evidence_->push_back(std::move(link));
    }
}

void RowSets::lock_evidence() const {
    const std::string& record = plan_.table->name;
    for (const PlannedLink& evidence : *evidence_) {
        const JoinedLink link = join(dialect_, conditions_->rule_text(), evidence, record);
        std::vector<Sql> where{link.where};
        for (std::size_t i = 0; i < records_.identity.size(); ++i)
            where.emplace_back(dialect_.column(record, records_.identity[i]) + " = retentiond_set." +
                               identity_column(i));
        const auto rows = database_.query(
            dialect_.lock_shared("SELECT 1 FROM " + temporary(records_) + " AS retentiond_set" + dialect_.then_join() +
                                 dialect_.table(*plan_.table) + " AS " + dialect_.quote(record) + dialect_.then_join() +
                                 link.from + " WHERE " + all_of(where, "1 = 1")),
            "lock what the records are judged by");
        while (rows->next()) {
        }
    }
}

// Each pass gathers anew, in a statement that sees what was committed while we waited for locks. Once a pass meets
// nothing that is not locked already, nobody can change what was gathered, and the proof made under these locks holds.
void RowSets::collect_and_lock(const Sql& due) {
    constexpr int most_passes = 10;
    find_evidence();
    empty(records_.locked());
    for (const Set& set : entries_) empty(set.locked());
    const Sql row = row_value(dialect_, plan_.table->name, records_.identity);
    const Sql columns = names(identity_column, records_.identity.size());
    const Sql record = records_.identity.size() == 1 ? columns : "(" + columns + ")";
    const Sql still_due = "(SELECT " + listed(columns_of(dialect_, plan_.table->name, records_.identity)) + " FROM " +
                          dialect_.table(*plan_.table) + " WHERE " + row + " IN " + select_identity(records_) +
                          " AND " + due + ")";
    for (int pass = 0; pass < most_passes; ++pass) {
        collect();
        bool newcomers = lock_newcomers(records_);
        for (std::size_t i = 0; i < entries_.size(); ++i)
            if (plan_.related[i].action != Action::keep && lock_newcomers(entries_[i])) newcomers = true;
        if (!newcomers) return;
        lock_evidence();
        database_.execute("DELETE FROM " + temporary(records_) + " WHERE " + record + " NOT IN " + still_due,
                          "prove that the records are due");
    }
    throw StoreError(StoreError::Kind::busy, "store '" + database_.store() +
                                                 "': others keep changing the rows that go with the records of " +
                                                 plan_.rule.category);
}

std::size_t RowSets::records() const {
    return static_cast<std::size_t>(size(records_));
}

// MariaDB knows no LIMIT right inside IN: one level more.
bool RowSets::keep_deepest(std::size_t most) {
    const auto columns = names(identity_column, records_.identity.size());
    const Sql row = records_.identity.size() == 1 ? columns : "(" + columns + ")";
    const Sql deepest = "(SELECT " + columns + " FROM (SELECT " + columns + " FROM " + temporary(records_) +
                        " ORDER BY retentiond_taken DESC LIMIT " + Sql::value(static_cast<std::int64_t>(most)) +
                        ") AS retentiond_deepest)";
    return database_.execute("DELETE FROM " + temporary(records_) + " WHERE " + row + " NOT IN " + deepest,
                             "make a batch smaller") > 0;
}

std::int64_t RowSets::size(const Set& set) const {
    return count_of(database_, "SELECT count(*) FROM " + temporary(set) + " WHERE retentiond_taken > 0", "count rows");
}

std::vector<RelatedCount> RowSets::counts() const {
    std::vector<RelatedCount> counts;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const PlannedRelated& entry = plan_.related[i];
        if (entry.action == Action::keep) continue;
        // A row that is due itself is counted there, in whichever batch it goes.
        const bool own = entries_[i].table == plan_.table && plan_.deletes();
        const auto rows = !own ? size(entries_[i])
                               : count_of(database_,
                                          "SELECT count(*) FROM " + Sql(dialect_.table(*plan_.table)) + " WHERE " +
                                              in_entry(i) + " AND NOT " + conditions_->due(),
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

std::vector<std::vector<std::string>> RowSets::keys() const {
    const auto rows = database_.query("SELECT " + names(key_column, plan_.key.size()) + " FROM " + temporary(records_),
                                      "read the batch's keys");
    std::vector<std::vector<std::string>> keys;
    while (rows->next()) {
        auto& key = keys.emplace_back();
        for (std::size_t i = 0; i < plan_.key.size(); ++i)
            key.push_back(dialect_.key_text(*plan_.key[i], rows->value(i)));
    }
    return keys;
}

std::optional<Key> RowSets::last_key() const {
    const std::string& name = plan_.table->name;
    std::vector<Sql> descending;
    for (const Column* column : plan_.key) descending.emplace_back(dialect_.column(name, column->name) + " DESC");
    const auto rows =
        database_.query("SELECT " + listed(columns_of(dialect_, name, names_of(plan_.key))) + " FROM " +
                            dialect_.table(*plan_.table) + " WHERE " + row_value(dialect_, name, records_.identity) +
                            " IN " + select_identity(records_) + " ORDER BY " + listed(descending) + " LIMIT 1",
                        "read the batch's last key");
    if (!rows->next()) return std::nullopt;
    Key key;
    for (std::size_t i = 0; i < plan_.key.size(); ++i) key.push_back(rows->value(i));
    return key;
}

} // namespace retention
