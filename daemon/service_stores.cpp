// The stores of the service: their lanes, what a crash left open in them, what is counted there, and how those that
// cannot be reached are tried again.

#include "daemon/journal.hpp"
#include "daemon/open_intents.hpp"
#include "daemon/service_core.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace retention {
namespace {

// Trigger date to the day on which it should have been gone; nothing where the period is not the rule's own.
std::optional<std::int64_t> days_overdue(const Rule& rule, Date trigger, Date as_of) {
    const auto* period = std::get_if<FixedPeriod>(&rule.period);
    if (!period) return std::nullopt;
    const Date last =
        period->at_most
            ? kept_through(trigger, *period->at_most, rule.counting)
            : plus(kept_through(trigger, period->at_least, rule.counting) + std::chrono::days(1), rule.overdue_after);
    return std::max<std::int64_t>(0, (as_of - last).count());
}

} // namespace

// At the start and after each reload: a store appears, or keeps what it has.
void Service::adopt_configuration() {
    for (const auto& [name, settings] : configuration_->stores)
        if (auto& store = stores_[name]; !store || !store->lane) open_lane(name);
    adopt_schedules();
}

// One that is scheduled no more is forgotten: put back, it has no past that it was not there for.
void Service::adopt_schedules() {
    if (memory_->lost().empty() || memory_->busy()) memory_->keep_served(agenda_.categories());
    const auto before = std::exchange(served_, {});
    for (const auto& category : agenda_.categories())
        if (const auto known = before.find(category); known != before.end())
            served_.insert(*known);
        else
            adopt_schedule(category);
}

// A schedule that is new, or was edited while nothing ran, has no past. What the history cannot say now because it is
// locked is not served by guess: such a category waits until it can.
void Service::adopt_schedule(const std::string& category) {
    const auto kept = memory_->served(category);
    if (!kept && memory_->busy()) return;
    const auto& schedule = configuration_->find_rule(category)->schedule;
    const bool same = kept && kept->schedule.value_or(schedule) == schedule;
    served_[category] = same ? kept->through : now_();
    if (!same || !kept->schedule) set_served(category, served_[category]);
}

void Service::open_lane(const std::string& name) {
    auto& store = stores_[name];
    if (!store) store = std::make_unique<Store>();
    store->lane =
        std::make_unique<Lane>(settings_.open_store, configuration_->stores.at(name).engine == Engine::sqlite);
    const auto open = store->context ? store->context->open_intents : std::nullopt;
    store->context.emplace(RunContext{log_, key_.key, now_, {}, store->lane->run_interrupter().flag()});
    store->context->open_store = store->lane->open_for_runs();
    store->context->store = name;
    store->context->open_intents = open;
    const auto& intents = open ? *open : log_.open_intents();
    if (std::ranges::count(intents, name, &OpenIntent::store) > 0) recover_store(name);
    survey(name);
}

// Lanes of stores that the configuration no longer names, once nothing of theirs is in hand.
void Service::retire_lanes() {
    const auto before = retired_.size();
    for (const auto& [name, store] : stores_) {
        if (!store->lane || store->in_hand > 0 || configuration_->stores.contains(name)) continue;
        store->lane->interrupt();
        store->lane->close();
        store->counting = false;
        retired_.push_back(std::move(store->lane));
    }
    if (retired_.size() > before) confirm_left(); // a run in hand had outlived the configuration
    std::erase_if(retired_, [](const auto& lane) { return lane->ended(); });
}

Service::Store* Service::configured_store(const std::string& name) {
    const auto found = stores_.find(name);
    const bool configured = configuration_->stores.contains(name) && found != stores_.end() && found->second->lane;
    return configured ? found->second.get() : nullptr;
}

void Service::name_doubts_of_others() {
    for (const auto& intent : log_.open_intents())
        if (!configuration_->stores.contains(intent.store)) others_in_doubt_.insert(intent.store);
    const std::atomic<bool> never{false};
    for (const auto& name : others_in_doubt_) {
        RunContext context{log_, key_.key, now_, {}, never};
        context.store = name;
        recover(*configuration_, context);
        alarm("store " + name + " is in doubt: " + not_settled_elsewhere, {{"store", name}});
    }
}

void Service::recover_store(const std::string& name) {
    auto& store = *stores_[name];
    ++store.in_hand;
    store.health.trying();
    store.lane->runs().post([this, name, context = &*store.context, snapshot = configuration_] {
        try {
            const bool in_doubt = !recover(*snapshot, *context).empty();
            at_io([this, name, in_doubt] { end_recovery(name, in_doubt); });
        } catch (...) { // the audit log: goes on to run(), which throws it
            at_io([failure = std::current_exception()] { std::rethrow_exception(failure); });
        }
    });
}

void Service::end_recovery(const std::string& name, bool in_doubt) {
    auto& store = *stores_[name];
    --store.in_hand;
    if (in_doubt) {
        const std::string why = "a batch of it cannot be settled; nothing is disposed of there";
        alarm("store " + name + " is in doubt: " + why, {{"store", name}});
        store.health.failed(StoreHealth::State::in_doubt, why, now_());
    } else {
        store.health.reached();
        others_in_doubt_.erase(name); // it came into the configuration meanwhile
    }
    look();
}

// All categories of the store as of today, in its reading thread.
void Service::survey(const std::string& name) {
    auto* store = configured_store(name);
    if (!store || stopping_) return;
    store->again = store->counting;
    if (store->counting) return;
    store->counting = true;
    auto* lane = store->lane.get();
    lane->reads().post([this, name, lane, snapshot = configuration_, day = today()] {
        Report report;
        std::string failure;
        try {
            std::vector<StorePlans> plans;
            plans.push_back(plan_store(*snapshot, snapshot->stores.at(name), day, {}, lane->open_for_reads()));
            failure = plans.front().failure;
            report = make_report(*snapshot, plans, day);
        } catch (const std::exception& error) { // a fault of ours: it is not counted, and is said
            failure = error.what();
        }
        at_io([this, name, lane, report = std::move(report), failure] {
            const auto found = stores_.find(name);
            if (found != stores_.end() && found->second->lane.get() == lane) take_survey(name, report, failure);
        });
    });
}

void Service::take_survey(const std::string& name, const Report& report, const std::string& failure) {
    auto& store = *stores_[name];
    store.counting = false;
    if (stopping_) return;
    if (store.again) return survey(name); // something changed meanwhile
    for (const auto& category : report.categories) count(category, report.as_of);
    store.recount.reset();
    if (failure.empty())
        for (const auto& failed : report.failed) not_counted(name, failed);
    if (!failure.empty()) {
        if (store.health.state() == StoreHealth::State::ready)
            warn("store " + name + " is out of reach: " + failure, {{"store", name}});
        if (store.health.state() != StoreHealth::State::in_doubt)
            store.health.failed(StoreHealth::State::unreachable, failure, now_());
    } else if (store.health.state() == StoreHealth::State::unreachable) {
        tell("store " + name + " is back", {{"store", name}});
        store.health.reached();
    }
    look();
}

void Service::count(const CategoryReport& report, Date as_of) {
    const auto* rule = configuration_->find_rule(report.category);
    if (!rule) return;
    Count counted{as_of, report.survey, {}};
    if (report.survey.overdue > 0 && report.survey.oldest)
        counted.oldest_overdue_days = days_overdue(*rule, *report.survey.oldest, as_of);
    counted_[report.category] = std::move(counted);
    not_counted_.erase(report.category);
}

// Numbers of before are no answer to a rule that may be another one now. A right that is missing may be given without a
// word to us.
void Service::not_counted(const std::string& store, const FailedCategory& failed) {
    auto& why = not_counted_[failed.category];
    if (why != failed.reason)
        warn(failed.category + " was not counted: " + failed.reason, {{"category", failed.category}, {"store", store}});
    why = failed.reason;
    counted_.erase(failed.category);
    stores_.at(store)->recount = now_() + std::chrono::minutes(10);
}

// Where the schedule's run waits for the store, that run is the try.
void Service::try_stores_again(Instant now) {
    for (const auto& [name, store] : stores_) {
        store->health.clock_was_set(now);
        if (configured_store(name) && store->recount && *store->recount <= now) {
            store->recount.reset();
            survey(name);
        }
        if (!configured_store(name) || store->health.state() == StoreHealth::State::ready || store->health.rests(now))
            continue;
        if (desk_.running().contains(name)) continue;
        store->health.trying();
        if (store->health.state() == StoreHealth::State::in_doubt)
            recover_store(name);
        else
            survey(name);
    }
}

} // namespace retention
