#include "connectors/plan_trial.hpp"

#include "connectors/connector.hpp"

namespace retention {

namespace {

constexpr const char* same_day = "a report and a purge of one day must agree: use {as_of} or {cutoff}";

} // namespace

Problems PlanTrial::run() {
    conditions_alone();
    conditions_on_both();
    if (!has_errors(problems_)) whole_statements();
    if (!has_errors(problems_)) data();
    return std::move(problems_);
}

void PlanTrial::error(const Place& place, std::string what, std::string hint) {
    problems_.push_back({Severity::error, place, on_.plan.rule.category, std::move(what), std::move(hint)});
}

void PlanTrial::warning(const Place& place, std::string what, std::string hint) {
    problems_.push_back({Severity::warning, place, on_.plan.rule.category, std::move(what), std::move(hint)});
}

void PlanTrial::alone(const Table& table, const std::optional<RuleSql>& where) {
    if (!where) return;
    const auto refused =
        attempt("SELECT 1 FROM " + Sql(on_.dialect.table(table)) + " WHERE " + on_.conditions.rule_text()(*where),
                "prepare a condition");
    if (refused)
        error(where->place, "the condition does not stand on the table '" + table.name + "' alone: " + refused->why,
              refused->not_the_same_twice
                  ? same_day
                  : "a `where` knows the columns of its own table only; a condition that needs both is `sql`");
}

void PlanTrial::alone(const std::optional<PlannedLink>& link) {
    if (link)
        for (const PlannedHop& hop : link->hops) alone(*hop.table, hop.where);
}

void PlanTrial::conditions_alone() {
    const Plan& plan = on_.plan;
    alone(*plan.table, plan.rule.where);
    for (const PlannedDate& trigger : plan.triggers) alone(trigger.link);
    if (plan.fallback) alone(plan.fallback->link);
    if (plan.period) alone(plan.period->link);
    for (const PlannedUnless& unless : plan.unless) {
        alone(unless.link);
        alone(*plan.table, unless.condition);
    }
    for (const PlannedRelated& entry : plan.related) alone(entry.link);
    for (const PlannedDate& trigger : plan.triggers) query(trigger);
    if (plan.fallback) query(*plan.fallback);
}

// A query sees the record and names its own tables.
void PlanTrial::query(const PlannedDate& date) {
    if (!date.query) return;
    const auto refused = attempt("SELECT " + on_.conditions.rule_text()(*date.query) + on_.from(), "prepare a query");
    if (refused)
        error(date.query->place, "the query cannot be prepared: " + refused->why,
              refused->not_the_same_twice
                  ? same_day
                  : "it is one SELECT of one value; the record answers to \"" + on_.plan.table->name + "\"");
}

// The condition on a record, or on a row that goes with it, and the linked row: it too only reads, whatever stands
// behind the views that it names.
void PlanTrial::both(const std::optional<PlannedLink>& link, const Table& from) {
    if (!link || !link->sql) return;
    const JoinedLink joined = join(on_.dialect, on_.conditions.rule_text(), *link, from.name);
    const auto refused = attempt("SELECT 1 FROM " + Sql(on_.dialect.table(from)) + " AS " +
                                     on_.dialect.quote(from.name) + ", " + joined.from + " WHERE " + joined.where,
                                 "prepare a condition");
    if (refused)
        error(link->sql->place, "the condition cannot be prepared: " + refused->why,
              refused->not_the_same_twice ? same_day
                                          : "it may name the columns of \"" + from.name + "\" and of the linked table");
}

void PlanTrial::conditions_on_both() {
    const Plan& plan = on_.plan;
    for (const PlannedDate& trigger : plan.triggers) both(trigger.link, *plan.table);
    if (plan.fallback) both(plan.fallback->link, *plan.table);
    if (plan.period) both(plan.period->link, *plan.table);
    for (const PlannedUnless& unless : plan.unless) both(unless.link, *plan.table);
    for (const PlannedRelated& entry : plan.related)
        both(entry.link, entry.parents.empty() ? *plan.table : plan.related[entry.parents.front()].link.table());
}

void PlanTrial::whole_statements() {
    const auto refuse = [&](const std::string& why) {
        error(on_.plan.rule.place, "the rule cannot be prepared: " + why,
              "look at its `sql` conditions: every name in them must be known there");
    };
    const Conditions& is = on_.conditions;
    std::vector<Sql> all{is.due(), is.done(), is.retained(), is.undated(), is.latest()};
    for (std::size_t i = 0; i < on_.plan.unless.size(); ++i) all.push_back(is.exempt(i));
    if (const auto refused =
            attempt("SELECT " + listed(all) + on_.from() + " WHERE " + is.member(), "prepare the rule"))
        return refuse(refused->why);
    try {
        sets_.judge_by(is);
        sets_.select_records("1 = 0");
        sets_.collect();
    } catch (const StoreError& failed) {
        if (failed.kind == StoreError::Kind::lost) throw;
        refuse(failed.what());
    }
}

} // namespace retention
