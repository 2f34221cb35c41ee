#include "connectors/due_list.hpp"

#include "connectors/rivals.hpp"
#include "connectors/row_columns.hpp"

#include <algorithm>

namespace retention {

namespace {

// Below this share of a table a list of what is due is better than passing over all rows twice, once to count them.
constexpr double few_due = 0.02;
constexpr std::int64_t most_listed = 500'000;
constexpr double large_table = 50'000;

// Printed and read back, a value of these is equal to itself, and the key's index finds it. Others (a FLOAT, which
// loses digits; an ENUM of MariaDB, which is compared by its place) are walked in their ranges.
bool comes_back(const Column& column) {
    if (column.nullable) return false;
    switch (column.family) {
    case TypeFamily::integer:
    case TypeFamily::text:
    case TypeFamily::binary:
    case TypeFamily::boolean:
    case TypeFamily::date:
    case TypeFamily::time_stamp:
    case TypeFamily::zoned_time_stamp:
    case TypeFamily::uuid:
        return column.values.empty();
    case TypeFamily::real:
    case TypeFamily::address:
    case TypeFamily::loose:
    case TypeFamily::other:
        return false;
    }
    return false;
}

// MariaDB does not find all of (a, b) IN (…) by the key's index where it converts text to another character set.
bool comes_back_in_a_row(const Table& table, const Column& column) {
    return table.engine.empty() || column.family != TypeFamily::text || column.collation.starts_with("utf8mb4");
}

bool comes_back(const Plan& plan) {
    return std::ranges::all_of(plan.key, [&](const Column* column) {
        return comes_back(*column) && (plan.key.size() == 1 || comes_back_in_a_row(*plan.table, *column));
    });
}

} // namespace

bool is_large(const Plan& plan) {
    return plan.table->estimated_rows < 0 || plan.table->estimated_rows >= large_table;
}

std::optional<std::int64_t> few_of(const Plan& plan) {
    const double rows = plan.table->estimated_rows;
    if (rows < large_table || judged_as_a_whole(plan) || !comes_back(plan)) return std::nullopt;
    return std::min(static_cast<std::int64_t>(rows * few_due), most_listed);
}

// The limit stands inside: where many are due the scan ends with it, and nothing is sorted in vain.
SharedKeys list_due(const BoundPlan& on, std::int64_t few) {
    std::vector<Sql> columns;
    const auto key = on.key();
    for (std::size_t i = 0; i < key.size(); ++i) columns.push_back(key[i] + " AS " + key_column(i));
    const Sql names = retention::names(key_column, key.size());
    const auto rows = on.database.query("SELECT " + names + " FROM (SELECT " + listed(columns) + on.from() + " WHERE " +
                                            on.conditions.narrow_due() + " LIMIT " + Sql::value(few + 1) +
                                            ") AS retentiond_few ORDER BY " + names,
                                        "list what is due in " + on.plan.rule.category);
    auto list = std::make_shared<KeyList>();
    while (rows->next()) {
        if (list->size() == static_cast<std::size_t>(few)) return nullptr;
        Key one;
        for (std::size_t i = 0; i < key.size(); ++i) one.push_back(rows->value(i));
        list->add(one);
    }
    return list;
}

Sql is_among(const BoundPlan& on, const std::vector<Key>& keys) {
    if (keys.empty()) return "1 = 0";
    return on.dialect.key_among(on.key(), on.plan.key, keys);
}

} // namespace retention
