#include "daemon/planning.hpp"

#include "daemon/judgement.hpp"
#include "daemon/wording.hpp"

#include <algorithm>
#include <set>

namespace retention {
namespace {

using SharedPlan = std::shared_ptr<Plan>;
using Plans = std::vector<SharedPlan>;

std::vector<const Rule*> rules_of(const Configuration& configuration, const std::string& store) {
    std::vector<const Rule*> rules;
    for (const Rule& rule : configuration.rules)
        if (rule.store == store) rules.push_back(&rule);
    return rules;
}

bool is_wanted(const std::vector<std::string>& wanted, const std::string& category) {
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), category) != wanted.end();
}

// Every plan whose names could be looked up, also those that are stopped: their categories still keep their rows.
Plans made_plans(Session& session, const std::shared_ptr<const Catalogue>& catalogue, Date as_of, bool weak_durability,
                 Judgement& judgement) {
    Plans plans;
    for (const Rule* rule : judgement.rules()) {
        Planned planned = make_plan(*rule, catalogue, as_of);
        judgement.add(planned.problems);
        if (!planned.plan) {
            judgement.stop(rule->category, "its names could not be looked up in the store");
            continue;
        }
        planned.plan->weak_durability_accepted = weak_durability;
        session.complete(*planned.plan);
        if (!has_errors(planned.problems)) judgement.add(check_plan(*planned.plan));
        plans.push_back(std::move(planned.plan));
    }
    return plans;
}

Plans running(const Plans& plans, const Judgement& judgement) {
    Plans result;
    for (const SharedPlan& plan : plans)
        if (!judgement.stopped(plan->rule.category)) result.push_back(plan);
    return result;
}

bool takes_rows_of(const Plan& plan, const Table* table) {
    return std::any_of(plan.related.begin(), plan.related.end(), [&](const PlannedRelated& entry) {
        return entry.action == Action::erase && &entry.link.table() == table;
    });
}

// The plans that the judgement of the wanted categories takes in: each category of their tables, each that keeps rows
// which one of them takes along, and so on from there. Nobody asks the store about the others.
std::set<SharedPlan> bearing_on(const std::vector<std::string>& wanted, const Plans& plans) {
    std::set<SharedPlan> needed;
    for (const SharedPlan& plan : plans)
        if (is_wanted(wanted, plan->rule.category)) needed.insert(plan);
    for (std::size_t known = 0; known != needed.size();) {
        known = needed.size();
        for (const SharedPlan& plan : plans)
            if (std::any_of(needed.begin(), needed.end(), [&](const SharedPlan& one) {
                    return one->table == plan->table || takes_rows_of(*one, plan->table);
                }))
                needed.insert(plan);
    }
    return needed;
}

Plans among(const std::set<SharedPlan>& needed, const Plans& plans) {
    Plans result;
    for (const SharedPlan& plan : plans)
        if (needed.contains(plan)) result.push_back(plan);
    return result;
}

// A record that a delete category has due is no record of an anonymise category on the same table.
void connect_yields(const Plans& plans) {
    for (const SharedPlan& plan : plans)
        for (const SharedPlan& other : plans)
            if (!plan->deletes() && other->deletes() && other->table == plan->table) plan->yields_to.push_back(other);
}

Plans in_order(const Plans& plans, Judgement& judgement) {
    const Ordered ordered = order_plans(plans);
    judgement.add(ordered.problems);
    Plans result;
    std::set<std::size_t> placed;
    for (const std::size_t index : ordered.order)
        if (index < plans.size() && placed.insert(index).second) result.push_back(plans[index]);
    for (std::size_t i = 0; i < plans.size(); ++i)
        if (!placed.contains(i)) judgement.stop(plans[i]->rule.category, "no order of the categories fits it");
    return result;
}

void try_plans(Session& session, const Plans& plans, Judgement& judgement) {
    for (const SharedPlan& plan : plans) {
        if (judgement.stopped(plan->rule.category)) continue;
        try {
            judgement.add(session.try_plan(*plan));
        } catch (const StoreError& error) {
            if (error.kind == StoreError::Kind::lost) throw;
            judgement.add(Problem{Severity::error, plan->rule.place, plan->rule.category, error.what(), ""});
        }
    }
}

// An anonymise category cannot know what it yields while a delete category on its table is stopped.
void stop_those_that_yield(const Catalogue& catalogue, Judgement& judgement) {
    for (const Rule* rule : judgement.rules()) {
        if (rule->action == Action::erase || judgement.stopped(rule->category)) continue;
        for (const Rule* other : judgement.rules()) {
            if (other->action != Action::erase || !judgement.stopped(other->category)) continue;
            if (catalogue.find(other->table) != catalogue.find(rule->table)) continue;
            const std::string what = "category " + other->category +
                                     " deletes from the same table and has errors, so " +
                                     "that nobody knows which records it would take first";
            judgement.add(Problem{Severity::error, rule->place, rule->category, what,
                                  "correct category " + other->category + " first"});
            break;
        }
    }
}

Plans judged_plans(Session& session, const StoreSettings& store, Date as_of, const std::vector<std::string>& wanted,
                   Judgement& judgement, Plans& all) {
    session.others(); // a run that follows sees from the beginning what they have done since
    const auto catalogue = std::make_shared<const Catalogue>(session.catalogue());
    const Plans made = made_plans(session, catalogue, as_of, store.weak_durability, judgement);
    all = made;
    Plans plans = running(made, judgement);
    connect_yields(plans);
    plans = in_order(plans, judgement);
    const auto needed = bearing_on(wanted, made);
    try_plans(session, among(needed, plans), judgement);
    judge_conflicts(session, among(needed, made), judgement);
    stop_those_that_yield(*catalogue, judgement);
    return running(plans, judgement);
}

} // namespace

StorePlans plan_store(const Configuration& configuration, const StoreSettings& store, Date as_of,
                      const std::vector<std::string>& wanted, const OpenStore& open) {
    StorePlans result;
    result.store = &store;
    Judgement judgement(rules_of(configuration, store.name));
    try {
        result.connector = open(store, configuration.zone);
        result.plans =
            judged_plans(*result.connector->open(Access::read_only), store, as_of, wanted, judgement, result.made);
    } catch (const StoreError& error) {
        result.failure = error.what();
        result.plans.clear();
        const Advice told = parted(result.failure);
        judgement.stop_all(told.what, told.hint);
    }
    std::erase_if(result.plans, [&](const SharedPlan& plan) { return !is_wanted(wanted, plan->rule.category); });
    result.stopped = judgement.all_stopped();
    std::erase_if(result.stopped, [&](const StoppedCategory& one) { return !is_wanted(wanted, one.category); });
    result.problems = judgement.problems();
    return result;
}

std::vector<StorePlans> plan_stores(const Configuration& configuration, Date as_of,
                                    const std::vector<std::string>& wanted, const OpenStore& open) {
    std::vector<StorePlans> result;
    for (const auto& [name, store] : configuration.stores) {
        const auto rules = rules_of(configuration, name);
        if (std::any_of(rules.begin(), rules.end(),
                        [&](const Rule* rule) { return is_wanted(wanted, rule->category); }))
            result.push_back(plan_store(configuration, store, as_of, wanted, open));
    }
    return result;
}

} // namespace retention
