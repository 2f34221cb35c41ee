// Session::survey: one scan, each record classified by the very conditions that disposal uses, then counted by day, so
// that months and overdue are our own calendar's.

#include "connectors/row_sets.hpp"
#include "connectors/sql_session.hpp"

#include <cmath>
#include <map>
#include <optional>
#include <unordered_map>

namespace retention {

namespace {

enum Class { due = 0, done = 1, retained = 2, undated = 3, first_exempt = 4 };

Sql class_of(const Conditions& conditions, const Plan& plan) {
    const auto when = [](const Sql& condition, int number) {
        return " WHEN " + condition + " THEN " + std::to_string(number);
    };
    Sql sql = "CASE" + when(conditions.due(), due);
    if (!plan.deletes()) sql += when(conditions.done(), done);
    sql += when(conditions.retained(), retained);
    for (std::size_t i = 0; i < plan.unless.size(); ++i)
        sql += when(conditions.exempt(i), first_exempt + static_cast<int>(i));
    return sql + when(conditions.undated(), undated) + " END";
}

// How many records of one class fall on one trigger day, under one period.
struct Group {
    std::int64_t units, day;
    bool dated;
    bool operator==(const Group&) const = default;
};
struct GroupHash {
    std::size_t operator()(const Group& group) const {
        return std::hash<std::int64_t>{}(group.day * 4099 + group.units * 2 + group.dated);
    }
};
using Groups = std::unordered_map<Group, std::int64_t, GroupHash>;

class Counter {
public:
    explicit Counter(const BoundPlan& on) : on_(on) {
        for (const PlannedUnless& unless : on.plan.unless) reason_index(unless.reason);
    }

    Survey count() {
        read();
        for (const auto& [group, records] : due_) add_due(group, records);
        for (const auto& [group, records] : retained_) add_upcoming(group, records);
        for (const auto& [month, records] : upcoming_) survey_.upcoming.push_back({month, records});
        return std::move(survey_);
    }

private:
    // A row for each record, or for each class and day where the engine groups cheaply: column 3 says of how many.
    void read() {
        const Plan& plan = on_.plan;
        const bool groups = on_.dialect.groups_cheaply();
        Sql select = "SELECT " + class_of(on_.conditions, plan) + ", " +
                     on_.dialect.day_number(on_.conditions.latest()) + ", " +
                     (plan.period ? on_.conditions.units() : Sql("0")) + (groups ? ", count(*)" : ", 1") + on_.from() +
                     " WHERE " + on_.conditions.member();
        if (groups) select += plan.period ? " GROUP BY 1, 2, 3" : " GROUP BY 1, 2";
        const auto scan = on_.database.query(select, "count the records of " + plan.rule.category);
        while (scan->next()) take(*scan);
    }

    void take(const Rows& row) {
        const std::int64_t records = row.integer(3);
        survey_.records += records;
        if (row.is_null(0))
            throw StoreError(StoreError::Kind::failed, on_.plan.rule.category + ": a record is neither due nor kept");
        const auto number = row.integer(0);
        const Group group{row.integer(2), row.integer(1), !row.is_null(1)};
        switch (number) {
        case due:
            due_[group] += records;
            break;
        case done:
            survey_.done += records;
            break;
        case retained:
            retained_[group] += records;
            break;
        case undated:
            survey_.undated += records;
            break;
        default:
            exempt_of(static_cast<std::size_t>(number - first_exempt)).records += records;
        }
    }

    std::size_t reason_index(const std::string& reason) {
        for (std::size_t i = 0; i < survey_.exempt.size(); ++i)
            if (survey_.exempt[i].reason == reason) return i;
        survey_.exempt.push_back({reason, 0});
        return survey_.exempt.size() - 1;
    }
    ReasonCount& exempt_of(std::size_t unless) { return survey_.exempt[reason_index(on_.plan.unless[unless].reason)]; }

    const PeriodCutoffs* cutoffs(const Group& group) const {
        if (on_.plan.cutoffs.fixed) return &*on_.plan.cutoffs.fixed;
        const auto found = on_.periods().find(group.units);
        return found == on_.periods().end() ? nullptr : &found->second;
    }

    void add_due(const Group& group, std::int64_t records) {
        survey_.due += records;
        if (!group.dated) return;
        const Date day{std::chrono::days{group.day}};
        if (!survey_.oldest || day < *survey_.oldest) survey_.oldest = day;
        if (const auto* found = cutoffs(group); found && day < found->overdue) survey_.overdue += records;
    }

    void add_upcoming(const Group& group, std::int64_t records) {
        survey_.retained += records;
        const auto* found = cutoffs(group);
        if (!found) return;
        const Date day{std::chrono::days{group.day}};
        for (const auto& month : found->upcoming)
            if (day < month.cutoff) {
                upcoming_[month.month] += records;
                return;
            }
    }

    const BoundPlan& on_;
    Survey survey_;
    Groups due_, retained_;
    std::map<Month, std::int64_t> upcoming_;
};

} // namespace

Session::Count SqlSession::count(const Plan& plan, double share) {
    const Snapshot snapshot(database());
    const BoundPlan on(database(), dialect(), plan);
    const auto many = [&](const Sql& where) {
        return count_of(database(), "SELECT count(*)" + on.from() + " WHERE " + where,
                        "count the records of " + plan.rule.category);
    };
    if (!dialect().groups_cheaply() || share <= 0) {
        const auto scan = database().query("SELECT count(*), count(CASE WHEN " + on.conditions.due() + " THEN 1 END)" +
                                               on.from() + " WHERE " + on.conditions.member(),
                                           "count the records of " + plan.rule.category);
        scan->next();
        return {scan->integer(0), scan->integer(1)};
    }
    // What is due may be found by an index.
    Count count;
    count.due = many(on.conditions.narrow_due());
    count_members(on, share, count);
    return count;
}

// Whether there are so many is asked for a single row, which costs less than to count them.
void SqlSession::count_members(const BoundPlan& on, double share, Count& count) {
    const std::string operation = "count the records of " + on.plan.rule.category;
    const Sql members = on.from() + " WHERE " + on.conditions.member();
    const auto enough = static_cast<std::int64_t>(std::ceil(static_cast<double>(count.due) / share)) + 1;
    count.all =
        count_of(on.database, "SELECT 1" + members + " LIMIT 1 OFFSET " + Sql::value(enough - 1), operation) == 0;
    count.records = count.all ? count_of(on.database, "SELECT count(*)" + members, operation) : enough;
}

Survey SqlSession::survey(const Plan& plan) {
    std::optional<RowSets> sets;
    if (!plan.related.empty()) sets.emplace(database(), plan, dialect());
    const Snapshot snapshot(database());
    const BoundPlan on(database(), dialect(), plan);
    Survey survey = Counter(on).count();
    if (!sets) return survey;
    sets->judge_by(on.conditions);
    if (survey.due > 0) {
        sets->select_records(on.conditions.narrow_due());
        sets->collect();
    }
    survey.related = sets->counts();
    return survey;
}

} // namespace retention
