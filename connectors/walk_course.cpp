#include "connectors/walk_course.hpp"

#include "connectors/row_columns.hpp"

#include <algorithm>
#include <stdexcept>

namespace retention {

namespace {

std::vector<Sql> values(const BoundPlan& on, const Key& key) {
    std::vector<Sql> all;
    for (std::size_t i = 0; i < key.size(); ++i) all.push_back(on.dialect.key_value(*on.plan.key[i], key[i]));
    return all;
}

Sql between(const BoundPlan& on, const std::vector<Sql>& columns, const KeyRange& range) {
    std::vector<Sql> all;
    if (range.after) all.push_back(on.dialect.compare(columns, ">", values(on, *range.after)));
    if (range.last) all.push_back(on.dialect.compare(columns, "<=", values(on, *range.last)));
    return all_of(all, "1 = 1");
}

Sql last_of(std::size_t rows) {
    return " LIMIT 1 OFFSET " + Sql::value(static_cast<std::int64_t>(rows) - 1);
}

class TableCourse : public Course {
public:
    explicit TableCourse(const BoundPlan& on) : on_(on) {}

    bool is_of_due_records() const override { return false; }
    Sql in(const KeyRange& range) const override { return between(on_, on_.key(), range); }
    std::optional<Key> cut(const KeyRange& beyond, std::size_t rows) const override {
        const Sql key = listed(on_.key());
        return key_at(on_, "SELECT " + key + on_.from() + " WHERE " + in(beyond) + " ORDER BY " + key + last_of(rows));
    }

private:
    const BoundPlan& on_;
};

class ListCourse : public Course {
public:
    ListCourse(const BoundPlan& on, SharedKeys keys) : on_(on), keys_(std::move(keys)) {}

    Sql in(const KeyRange& range) const override { return is_among(on_, keys_->part(begin(range), end(range))); }
    std::optional<Key> cut(const KeyRange& beyond, std::size_t rows) const override {
        // A statement has 65,535 parameters at the most, and MariaDB takes one for each value.
        constexpr std::size_t most_values = 30'000;
        const std::size_t most = std::max<std::size_t>(most_values / on_.plan.key.size(), 1);
        const std::size_t last = begin(beyond) + std::min(rows, most);
        if (last >= end(beyond)) return std::nullopt;
        return Key{static_cast<std::int64_t>(last)};
    }
    Key behind(const Key& record, const KeyRange& range) const override {
        const auto text = texts(record);
        for (std::size_t i = begin(range); i < end(range); ++i)
            if (texts(keys_->part(i, i + 1).front()) == text) return Key{static_cast<std::int64_t>(i) + 1};
        throw std::logic_error("a record of a list does not stand in it");
    }

private:
    static std::size_t place(const Key& key) { return static_cast<std::size_t>(std::get<std::int64_t>(key.front())); }
    static std::size_t begin(const KeyRange& range) { return range.after ? place(*range.after) : 0; }
    // A key that was read by another statement may be spelled otherwise.
    std::vector<std::string> texts(const Key& key) const {
        std::vector<std::string> all;
        for (std::size_t i = 0; i < key.size(); ++i) all.push_back(on_.dialect.key_text(*on_.plan.key[i], key[i]));
        return all;
    }
    std::size_t end(const KeyRange& range) const { return range.last ? place(*range.last) : keys_->size(); }

    const BoundPlan& on_;
    const SharedKeys keys_;
};

constexpr const char* due_table = "retentiond_due";

} // namespace

std::unique_ptr<Course> make_course(const BoundPlan& on, const SharedKeys& listed) {
    if (listed) return std::make_unique<ListCourse>(on, listed);
    return std::make_unique<TableCourse>(on);
}

DueTable::DueTable(const BoundPlan& on) : on_(on) {
    std::vector<Dialect::SetColumn> columns;
    for (std::size_t i = 0; i < on.plan.key.size(); ++i) columns.push_back({key_column(i), on.key()[i]});
    const auto names = columns_named(key_column, on.plan.key.size());
    Database& database = on.database;
    database.set_up(on.dialect.make_temporary(due_table, *on.plan.table, columns, names.size(), true));
    database.begin_batch();
    database.execute(
        on.dialect.add_rows(due_table, names,
                            "SELECT " + listed(on.key()) + on.from() + " WHERE " + on.conditions.narrow_due()),
        "list what is due");
    database.commit();
}

Sql DueTable::in(const KeyRange& range) const {
    const auto names = columns_named(key_column, on_.plan.key.size());
    const auto key = on_.key();
    return (key.size() == 1 ? key.front() : "(" + listed(key) + ")") + " IN (SELECT " +
           retention::names(key_column, key.size()) + " FROM " + on_.dialect.temporary(due_table) + " WHERE " +
           between(on_, {names.begin(), names.end()}, range) + ")";
}

std::optional<Key> DueTable::cut(const KeyRange& beyond, std::size_t rows) const {
    const auto columns = columns_named(key_column, on_.plan.key.size());
    const Sql key = names(key_column, columns.size());
    return key_at(on_, "SELECT " + key + " FROM " + on_.dialect.temporary(due_table) + " WHERE " +
                           between(on_, {columns.begin(), columns.end()}, beyond) + " ORDER BY " + key + last_of(rows));
}

std::optional<Key> key_at(const BoundPlan& on, const Sql& select) {
    const auto rows = on.database.query(select, "look for the next record of " + on.plan.rule.category);
    if (!rows->next()) return std::nullopt;
    Key key;
    for (std::size_t i = 0; i < on.plan.key.size(); ++i) key.push_back(rows->value(i));
    return key;
}

} // namespace retention
