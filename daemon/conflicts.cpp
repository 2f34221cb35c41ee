#include "daemon/judgement.hpp"
#include "daemon/wording.hpp"

#include <algorithm>

namespace retention {
namespace {

using SharedPlan = std::shared_ptr<Plan>;

Problem error_of(const Plan& plan, const Place& place, std::string what, std::string hint) {
    return {Severity::error, place, plan.rule.category, std::move(what), std::move(hint)};
}

std::string both_do(const Plan& plan) {
    return plan.deletes() ? "both delete" : "both anonymise";
}

Problem shared_error(const Plan& plan, const Plan& other, std::int64_t records) {
    const std::string what = counted(records, "record") + " of " + plan.rule.table + " belong to " +
                             plan.rule.category + " and to " + other.rule.category + ", which " + both_do(plan);
    return error_of(plan, plan.rule.place, what, "part the two with `where`, so that each record has one rule");
}

void judge_shared(Session& session, const Plan& plan, const Plan& other, Judgement& judgement) {
    if (plan.table != other.table || plan.deletes() != other.deletes()) return;
    if (judgement.stopped(plan.rule.category) || judgement.stopped(other.rule.category)) return;
    const std::int64_t records = session.shared_records(plan, other);
    if (records == 0) return;
    judgement.add(shared_error(plan, other, records));
    judgement.add(shared_error(other, plan, records));
}

// True where a row's own period may end after that of the record which takes it along, both counted from one day.
// 7 years may end after 6 years; 6 years never after 6 years; of a period in the data nothing is known beforehand.
bool may_keep_longer(const Rule& own, const Rule& rule) {
    const auto* its = std::get_if<FixedPeriod>(&own.period);
    const auto* ours = std::get_if<FixedPeriod>(&rule.period);
    return its == nullptr || ours == nullptr || !never_ends_before(ours->at_least, its->at_least);
}

Problem unknown_keeper(const Plan& plan, const PlannedRelated& entry, const std::string& own) {
    return error_of(plan, entry.place,
                    "would delete rows of " + entry.table + ", and category " + own +
                        ", which may keep them longer, has errors of its own",
                    "correct category " + own + " first");
}

Problem kept_longer(const Plan& plan, const PlannedRelated& entry, const std::string& own, std::int64_t rows) {
    return error_of(plan, entry.place,
                    "would delete " + counted(rows, "row") + " of " + entry.table + " that category " + own +
                        " keeps longer",
                    "exempt such records with an `unless` on " + entry.table +
                        ", lengthen this period, or use action = \"detach\" or \"keep\"");
}

void judge_entry(Session& session, const Plan& plan, std::size_t entry, const Plan& own, Judgement& judgement) {
    const std::int64_t rows = session.rows_kept_longer(plan, entry, own, !may_keep_longer(own.rule, plan.rule));
    if (rows > 0) judgement.add(kept_longer(plan, plan.related[entry], own.rule.category, rows));
}

const Plan* plan_of(const std::vector<SharedPlan>& plans, const Rule& rule) {
    const auto found = std::find_if(plans.begin(), plans.end(),
                                    [&](const SharedPlan& plan) { return plan->rule.category == rule.category; });
    return found == plans.end() ? nullptr : found->get();
}

// The entry against every category of the table that it deletes from. One that is stopped cannot be asked, but its
// promise to keep the rows stands.
void judge_keepers(Session& session, const Plan& plan, std::size_t entry, const std::vector<SharedPlan>& plans,
                   Judgement& judgement) {
    for (const Rule* rule : judgement.rules()) {
        if (judgement.stopped(plan.rule.category)) return;
        if (plan.catalogue->find(rule->table) != &plan.related[entry].link.table()) continue;
        const Plan* own = judgement.stopped(rule->category) ? nullptr : plan_of(plans, *rule);
        if (own == nullptr)
            judgement.add(unknown_keeper(plan, plan.related[entry], rule->category));
        else
            judge_entry(session, plan, entry, *own, judgement);
    }
}

void judge_related(Session& session, const Plan& plan, const std::vector<SharedPlan>& plans, Judgement& judgement) {
    for (std::size_t entry = 0; entry < plan.related.size(); ++entry)
        if (plan.related[entry].action == Action::erase) judge_keepers(session, plan, entry, plans, judgement);
}

// What the store refuses of one plan's query stops that plan alone; a store that is lost stops everything.
template <class Question>
void ask(const Plan& plan, Judgement& judgement, Question question) {
    try {
        question();
    } catch (const StoreError& error) {
        if (error.kind == StoreError::Kind::lost) throw;
        judgement.add(
            error_of(plan, plan.rule.place, error.what(), "see what the store says against this rule's query"));
    }
}

} // namespace

void judge_conflicts(Session& session, const std::vector<SharedPlan>& plans, Judgement& judgement) {
    for (std::size_t i = 0; i < plans.size(); ++i)
        for (std::size_t j = i + 1; j < plans.size(); ++j)
            ask(*plans[i], judgement, [&] { judge_shared(session, *plans[i], *plans[j], judgement); });
    for (const SharedPlan& plan : plans)
        if (!judgement.stopped(plan->rule.category))
            ask(*plan, judgement, [&] { judge_related(session, *plan, plans, judgement); });
}

} // namespace retention
