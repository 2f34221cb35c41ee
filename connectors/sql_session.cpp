#include "connectors/sql_session.hpp"

#include "connectors/row_sets.hpp"

namespace retention {

std::int64_t SqlSession::shared_records(const Plan& a, const Plan& b) {
    const Snapshot snapshot(database());
    const BoundPlan first(database(), dialect(), a), second(database(), dialect(), b);
    return count_of(database(),
                    "SELECT count(*)" + first.from() + " WHERE " + first.conditions.covered() + " AND " +
                        second.conditions.covered(),
                    "count records of two categories");
}

std::int64_t SqlSession::rows_kept_longer(const Plan& plan, std::size_t entry, const Plan& own, bool today) {
    RowSets sets(database(), plan, dialect());
    const Snapshot snapshot(database());
    const BoundPlan taker(database(), dialect(), plan), keeper(database(), dialect(), own);
    sets.judge_by(taker.conditions);
    sets.select_records(today ? taker.conditions.narrow_due() : taker.conditions.member());
    sets.collect();
    Sql kept = keeper.conditions.member() + " AND " + sets.in_entry(entry);
    if (today) kept += " AND NOT " + keeper.conditions.due() + " AND NOT " + keeper.conditions.done();
    return count_of(database(), "SELECT count(*)" + keeper.from() + " WHERE " + kept,
                    "count rows that another rule keeps");
}

namespace {

// What the dates of one column look like, all rows of its table taken together.
class DatesLookedAt {
public:
    DatesLookedAt(const BoundPlan& on, const PlannedDate& date, Problems& problems)
        : on_(on)
        , date_(date)
        , table_(date.link ? date.link->table() : *on.plan.table)
        , column_(on.dialect.column(table_.name, date.column->name))
        , day_(on.dialect.day_of(column_, date))
        , problems_(problems) {}

    void look() {
        unusable();
        if (!date_.earliest) old_dates();
    }

private:
    void warn(std::string what, std::string hint) {
        const Rule& rule = on_.plan.rule;
        problems_.push_back({Severity::warning, rule.place, rule.category, std::move(what), std::move(hint)});
    }
    Sql from() const { return " FROM " + Sql(on_.dialect.table(table_)); }

    void unusable() {
        const auto bad = count_of(
            on_.database, "SELECT count(*)" + from() + " WHERE " + column_ + " IS NOT NULL AND " + day_ + " IS NULL",
            "look at dates");
        if (bad > 0)
            warn(std::to_string(bad) + " values of " + date_.label +
                     " are no dates in the declared form: undated, never disposed of",
                 "say which `format` they have, or repair them");
    }

    void old_dates() {
        const auto oldest =
            on_.database.query("SELECT " + on_.dialect.day_number("retentiond_day") +
                                   ", many, sum(many) OVER () FROM (SELECT retentiond_day, count(*) AS many FROM "
                                   "(SELECT " +
                                   day_ + " AS retentiond_day" + from() +
                                   ") AS retentiond_days WHERE retentiond_day IS NOT NULL GROUP BY retentiond_day) AS "
                                   "retentiond_counts ORDER BY retentiond_day LIMIT 1",
                               "look at dates");
        if (!oldest->next()) return;
        const Date first{std::chrono::days{oldest->integer(0)}};
        const auto sharing = oldest->integer(1);
        constexpr Date unix_start{};
        const bool never = first <= unix_start && sharing > 2;
        const bool many = sharing >= 20 && sharing * 20 >= oldest->integer(2) &&
                          first < on_.plan.cutoffs.as_of - std::chrono::days{3650};
        if (never || many)
            warn(std::to_string(sharing) + " values of " + date_.label + " share the old date " + to_string(first),
                 "where that date means \"never\", say from when dates are real: { column = \"" + date_.column->name +
                     "\", earliest = \"" + to_string(first + std::chrono::days{1}) + "\" }");
    }

    const BoundPlan& on_;
    const PlannedDate& date_;
    const Table& table_;
    Sql column_, day_;
    Problems& problems_;
};

} // namespace

Problems SqlSession::advise(const Plan& plan) {
    const Snapshot snapshot(database());
    const BoundPlan on(database(), dialect(), plan);
    Problems problems;
    for (const PlannedDate& trigger : plan.triggers)
        if (trigger.column) DatesLookedAt(on, trigger, problems).look();
    if (plan.fallback && plan.fallback->column) DatesLookedAt(on, *plan.fallback, problems).look();
    return problems;
}

} // namespace retention
