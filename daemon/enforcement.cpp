#include "daemon/enforcement.hpp"

#include "daemon/category_run.hpp"
#include "daemon/clock_guard.hpp"
#include "daemon/evidence.hpp"
#include "daemon/left_stores.hpp"
#include "daemon/open_intents.hpp"
#include "daemon/wording.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstdio>
#include <random>
#include <stdexcept>

namespace retention {
namespace {

bool needs_pseudonym_key(const Plan& plan) {
    const auto is_pseudonym = [](const PlannedMask& mask) { return mask.mask.kind == MaskKind::pseudonym; };
    const auto has_one = [&](const std::vector<PlannedMask>& masks) {
        return std::ranges::any_of(masks, is_pseudonym);
    };
    return has_one(plan.masks) ||
           std::ranges::any_of(plan.related, [&](const PlannedRelated& related) { return has_one(related.masks); });
}

class EnforcementRun {
public:
    EnforcementRun(const Configuration& configuration, const RunRequest& request, RunContext& context)
        : run_{configuration,
               request,
               context,
               {},
               0,
               0,
               context.pause ? context.pause : pause_until_stopped(context.stop)} {}
    RunOutcome enforce();

private:
    void name_categories();
    std::optional<std::string> refusal() const;
    void refuse(const std::string& reason);
    void begin();
    std::vector<StorePlans> plan() const;
    void enforce_all();
    void try_to_finish();
    void enforce_store(StorePlans&);
    void stop_category(const StorePlans&, const StoppedCategory&);
    void leave_no_trace(StoreInHand&);
    void judge();
    void fail_unreached(const std::string& reason);
    void remains(const std::string&);
    CategoryOutcome& outcome_of(const std::string& category);

    CurrentRun run_;
};

RunOutcome EnforcementRun::enforce() {
    name_categories();
    try {
        if (const auto why = refusal())
            refuse(*why);
        else
            enforce_all();
    } catch (const AuditError& error) { // no audit, no disposal: not here, not anywhere
        run_.outcome.log_failure = error.what();
        fail_unreached(error.what());
        judge();
        try_to_finish();
    }
    return std::move(run_.outcome);
}

void EnforcementRun::enforce_all() {
    begin();
    try {
        for (auto& store : plan()) enforce_store(store);
    } catch (const AuditError&) {
        throw;
    } catch (const std::exception& error) { // planning went wrong as a whole
        fail_unreached(error.what());
    }
    fail_unreached("was left out of the plan");
    judge();
    run_.context.log.append("run.finished", line_of_finish(run_.outcome), run_.time());
}

// A full disk keeps room for this line; a log that failed for good does not take it, and the outcome says that already.
void EnforcementRun::try_to_finish() {
    try {
        run_.context.log.append("run.finished", line_of_finish(run_.outcome), run_.time());
    } catch (const AuditError&) {
        run_.outcome.outcome = Outcome::failed;
    }
}

// Every category that was asked for has its outcome from the start, in the order of the configuration: whatever
// happens, none is silent.
void EnforcementRun::name_categories() {
    const auto& wanted = run_.request.categories;
    run_.outcome.run = run_.request.run.empty() ? name_of_run(run_.context.now()) : run_.request.run;
    run_.outcome.as_of = run_.request.as_of;
    for (const auto& rule : run_.configuration.rules)
        if (wanted.empty() || std::ranges::count(wanted, rule.category) > 0)
            run_.outcome.categories.push_back(
                {rule.category, rule.store, rule.table, rule.action, Outcome::failed, "", 0, {}, 0, 0});
    for (const auto& name : wanted)
        if (!run_.configuration.find_rule(name))
            run_.outcome.categories.push_back(
                {name, "", "", Action::keep, Outcome::failed, "is not in the configuration", 0, {}, 0, 0});
}

std::optional<std::string> EnforcementRun::refusal() const {
    const auto& context = run_.context;
    if (auto why = run_.clock_fault(run_.request.approved)) return why;
    const Date today = run_.configuration.zone.local_date(context.now());
    if (run_.request.as_of <= today) return std::nullopt;
    return "as of " + to_string(run_.request.as_of) + " lies after today, " + to_string(today) +
           "; hint: a report may look ahead, a disposal may not";
}

// Nothing was begun: one line says so, with what the clock said, at a time that does not move the mark.
void EnforcementRun::refuse(const std::string& reason) {
    for (auto& category : run_.outcome.categories) {
        category.outcome = Outcome::refused;
        category.reason = reason;
    }
    const Instant last = run_.context.log.last_time(), now = run_.context.now();
    const Refusal refusal{run_.outcome.run, "", "", reason, run_.request.actor, now};
    const Instant time = believable(now, last, run_.request.approved);
    judge();
    run_.context.log.append("refused", line_of_refusal(refusal), time);
}

void EnforcementRun::begin() {
    auto& log = run_.context.log;
    const auto rules = line_of_rules(run_.configuration);
    const Instant now = run_.context.now();
    if (auto text = boost::json::serialize(rules); text != run_.context.rules_recorded) {
        log.append("config.loaded", rules, now);
        confirm_left_stores(log, run_.context.key, run_.configuration, now);
        run_.context.rules_recorded = std::move(text);
    }
    std::vector<std::string> names, weak;
    for (const auto& category : run_.outcome.categories) {
        names.push_back(category.category);
        const auto store = run_.configuration.stores.find(category.store);
        const bool accepted = store != run_.configuration.stores.end() && store->second.weak_durability;
        if (accepted && std::ranges::count(weak, category.store) == 0) weak.push_back(category.store);
    }
    log.append("run.started", line_of_start(run_.outcome.run, run_.request, names, weak), run_.time());
}

std::vector<StorePlans> EnforcementRun::plan() const {
    const auto& wanted = run_.request.categories;
    const Date as_of = run_.request.as_of;
    return run_.context.plan ? run_.context.plan(run_.configuration, as_of, wanted)
                             : plan_stores(run_.configuration, as_of, wanted, run_.context.open_store);
}

void EnforcementRun::enforce_store(StorePlans& store) {
    for (const auto& stopped : store.stopped) stop_category(store, stopped);
    if (!store.connector) return;
    StoreInHand in_hand(*store.store, *store.connector);
    for (const auto& plan : store.plans) {
        if (needs_pseudonym_key(*plan)) plan->pseudonym_key = derived_key(run_.context.key, "pseudonym");
        run_category(run_, in_hand, *plan, outcome_of(plan->rule.category));
        for (const auto& copy : plan->rule.elsewhere) remains(copy);
    }
    leave_no_trace(in_hand);
}

// Out of reach is a failure, which the next run may not meet; what the catalogue shows stays refused until it changes.
void EnforcementRun::stop_category(const StorePlans& store, const StoppedCategory& stopped) {
    auto& outcome = outcome_of(stopped.category);
    if (run_.context.stop) { // its plan was cancelled, too
        outcome.outcome = Outcome::partial;
        outcome.reason = "stopped";
        return;
    }
    const auto reason = on_one_line({stopped.reason, stopped.hint});
    if (store.failure.empty()) return run_.refuse(outcome, reason);
    outcome.outcome = Outcome::failed;
    outcome.reason = reason;
    outcome.out_of_reach = true;
}

void EnforcementRun::leave_no_trace(StoreInHand& store) {
    if (!store.session) return;
    try {
        for (const auto& trace : store.session->leave_no_trace()) remains(trace);
    } catch (const StoreError& error) {
        remains("store " + store.settings.name + ": what was deleted may still be in its files: " + error.what());
    }
}

void EnforcementRun::remains(const std::string& text) {
    auto& all = run_.outcome.remains;
    if (std::ranges::count(all, text) == 0) all.push_back(text);
}

void EnforcementRun::fail_unreached(const std::string& reason) {
    for (auto& category : run_.outcome.categories)
        if (category.outcome == Outcome::failed && category.reason.empty()) category.reason = reason;
}

void EnforcementRun::judge() {
    auto& all = run_.outcome;
    all.outcome = all.log_failure.empty() ? Outcome::completed : Outcome::failed;
    for (const auto& category : all.categories) all.outcome = std::max(all.outcome, category.outcome);
}

CategoryOutcome& EnforcementRun::outcome_of(const std::string& category) {
    const auto found = std::ranges::find(run_.outcome.categories, category, &CategoryOutcome::category);
    if (found == run_.outcome.categories.end()) throw std::logic_error("category " + category + " was not asked for");
    return *found;
}

} // namespace

std::string to_string(Outcome outcome) {
    switch (outcome) {
    case Outcome::completed:
        return "completed";
    case Outcome::partial:
        return "partial";
    case Outcome::refused:
        return "refused";
    case Outcome::failed:
        return "failed";
    }
    throw std::logic_error("an outcome without a name");
}

std::string name_of_run(Instant now) {
    std::string time;
    for (const char letter : to_text(now))
        if (letter != '-' && letter != ':') time += letter;
    char chance[8];
    std::snprintf(chance, sizeof chance, "%06x", std::random_device{}() & 0xffffffu);
    return time + "-" + chance;
}

RunOutcome enforce(const Configuration& configuration, const RunRequest& request, RunContext& context) {
    return EnforcementRun(configuration, request, context).enforce();
}

} // namespace retention
