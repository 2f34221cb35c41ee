// Session::explain: the conditions of one plan, asked of one record.

#include "connectors/row_sets.hpp"
#include "connectors/sql_session.hpp"

namespace retention {

namespace {

Sql same_key(const BoundPlan& on, const std::vector<std::string>& key) {
    std::vector<Sql> all;
    const auto columns = on.key();
    for (std::size_t i = 0; i < columns.size() && i < key.size(); ++i)
        all.push_back(on.dialect.key_is(columns[i], *on.plan.key[i], key[i]));
    return all_of(all, "1 = 0");
}

Verdict verdict(const Rows& row, bool exempt) {
    if (row.integer(0)) return Verdict::due;
    if (row.integer(1)) return Verdict::done;
    if (row.integer(2)) return Verdict::retained;
    return exempt ? Verdict::exempt : Verdict::undated;
}

std::optional<Date> date_in(const Rows& row, std::size_t column) {
    if (row.is_null(column)) return std::nullopt;
    return Date{std::chrono::days{row.integer(column)}};
}

// Columns 0 to 5, then two for each date source, then one for each `unless`.
Sql question(const BoundPlan& on, const std::vector<const PlannedDate*>& dates) {
    const Conditions& is = on.conditions;
    std::vector<Sql> columns{is.due(),  is.done(), is.retained(), is.undated(), on.dialect.day_number(is.latest()),
                             is.units()};
    for (const PlannedDate* date : dates) {
        columns.push_back(on.dialect.day_number(is.day(*date)));
        columns.push_back(is.unusable(*date));
    }
    for (std::size_t i = 0; i < on.plan.unless.size(); ++i) columns.push_back(is.exempt(i));
    return "SELECT " + listed(columns) + on.from() + " WHERE " + is.member();
}

void add_period(Explanation& explanation, const BoundPlan& on, std::int64_t units) {
    const Rule& rule = on.plan.rule;
    explanation.period = rule.period_text;
    std::optional<Period> period;
    const PeriodCutoffs* cutoffs = on.plan.cutoffs.fixed ? &*on.plan.cutoffs.fixed : nullptr;
    if (const auto* fixed = std::get_if<FixedPeriod>(&rule.period)) period = fixed->at_least;
    if (const auto* stored = std::get_if<StoredPeriod>(&rule.period))
        if (const auto found = on.periods().find(units); found != on.periods().end()) {
            period = Period{static_cast<std::int32_t>(units), stored->unit};
            explanation.period = to_string(*period);
            cutoffs = &found->second;
        }
    if (!explanation.trigger || !period) return;
    explanation.kept_through = kept_through(*explanation.trigger, *period, rule.counting);
    explanation.overdue = explanation.verdict == Verdict::due && cutoffs && *explanation.trigger < cutoffs->overdue;
}

} // namespace

std::optional<Explanation> SqlSession::explain(const Plan& plan, const std::vector<std::string>& key) {
    RowSets sets(database(), plan, dialect());
    const Snapshot snapshot(database());
    const BoundPlan on(database(), dialect(), plan);
    sets.judge_by(on.conditions);
    std::vector<const PlannedDate*> dates;
    for (const PlannedDate& trigger : plan.triggers) dates.push_back(&trigger);
    if (plan.fallback) dates.push_back(&*plan.fallback);
    if (key.size() != plan.key.size()) return std::nullopt;
    auto found = database().query(question(on, dates) + " AND " + same_key(on, key),
                                  "explain a record of " + plan.rule.category);
    if (!found->next()) return std::nullopt;
    const Rows& row = *found;

    Explanation explanation;
    explanation.key = key;
    explanation.trigger = date_in(row, 4);
    std::size_t column = 6;
    for (const PlannedDate* date : dates) {
        TriggerFinding finding{date->label, date_in(row, column), row.integer(column + 1) != 0,
                               plan.fallback && date == &*plan.fallback};
        const bool counts =
            finding.latest && finding.latest == explanation.trigger && explanation.trigger_source.empty();
        if (counts) explanation.trigger_source = finding.source;
        explanation.triggers.push_back(std::move(finding));
        column += 2;
    }
    for (const PlannedUnless& unless : plan.unless)
        if (row.integer(column++)) explanation.exempt.push_back(unless.reason);
    explanation.verdict = verdict(row, !explanation.exempt.empty());
    add_period(explanation, on, row.integer(5));
    if (row.integer(3) && explanation.verdict != Verdict::retained) explanation.kept_through.reset();
    found.reset();

    sets.select_records(same_key(on, key) + " AND " + on.conditions.member());
    sets.collect();
    explanation.related = sets.counts();
    return explanation;
}

} // namespace retention
