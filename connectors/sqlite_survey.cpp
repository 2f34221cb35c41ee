// Session::survey on SQLite: one scan, each record classified by the very conditions that disposal uses, then counted
// here by day, so that months and overdue are our own calendar's.

#include "connectors/sqlite_query.hpp"
#include "connectors/sqlite_row_sets.hpp"
#include "connectors/sqlite_session.hpp"

#include <map>
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
    explicit Counter(const SqlitePlan& on) : on_(on) {
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
    void read() {
        const Plan& plan = on_.plan;
        const bool stored = plan.period.has_value();
        SqliteStatement scan = prepare(on_.connection,
                                       "SELECT " + class_of(on_.conditions, plan) + ", " + on_.conditions.latest() +
                                           (stored ? ", " + on_.conditions.units() : Sql(", 0")) + on_.from() +
                                           " WHERE " + on_.conditions.member(),
                                       "count the records of " + plan.rule.category);
        while (scan.step()) {
            ++survey_.records;
            if (scan.is_null(0))
                throw StoreError(StoreError::Kind::failed, plan.rule.category + ": a record is neither due nor kept");
            const auto number = scan.integer(0);
            const Group group{scan.integer(2), scan.integer(1), !scan.is_null(1)};
            switch (number) {
            case due:
                ++due_[group];
                break;
            case done:
                ++survey_.done;
                break;
            case retained:
                ++retained_[group];
                break;
            case undated:
                ++survey_.undated;
                break;
            default:
                ++exempt_of(static_cast<std::size_t>(number - first_exempt)).records;
            }
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

    const SqlitePlan& on_;
    Survey survey_;
    Groups due_, retained_;
    std::map<Month, std::int64_t> upcoming_;
};

} // namespace

Session::Count SqliteSession::count(const Plan& plan) {
    const SqliteSnapshot snapshot(connection_);
    const SqlitePlan on(connection_, dialect_, plan);
    SqliteStatement scan = prepare(connection_,
                                   "SELECT count(*), coalesce(sum(" + on.conditions.due() + "), 0)" + on.from() +
                                       " WHERE " + on.conditions.member(),
                                   "count the records of " + plan.rule.category);
    scan.step();
    return {scan.integer(0), scan.integer(1)};
}

Survey SqliteSession::survey(const Plan& plan) {
    const SqliteSnapshot snapshot(connection_);
    const SqlitePlan on(connection_, dialect_, plan);
    Survey survey = Counter(on).count();
    SqliteRowSets sets(connection_, plan, on.conditions, dialect_);
    if (!plan.related.empty() && survey.due > 0) {
        sets.select_records(on.conditions.due());
        sets.collect();
    }
    survey.related = sets.counts();
    return survey;
}

} // namespace retention
