// How the service is: daemon/service_status.hpp, filled.

#include "daemon/clock_guard.hpp"
#include "daemon/service_core.hpp"
#include "daemon/wording.hpp"

#include <algorithm>

namespace retention {

ServiceStatus Service::status() const {
    ServiceStatus status;
    status.version = RETENTION_VERSION;
    status.now = now_(), status.started = started_, status.loaded = loaded_;
    status.timezone = configuration_->zone.name();
    status.configuration = configuration_->file.string();
    status.not_loaded = not_loaded_;
    status.audit_seq = log_.head().seq;
    if (status.audit_seq > 0) status.audit_time = log_.last_time();
    status.stopped = stopped();
    status.runs = book_.parts_in_hand();
    for (const auto& [name, store] : stores_)
        if (configuration_->stores.contains(name)) status.stores.push_back(status_of(name, *store));
    for (const auto& name : others_in_doubt_)
        if (!configuration_->stores.contains(name))
            status.stores.push_back({name, "in doubt", not_settled_elsewhere, started_, std::nullopt});
    const auto history = memory_->categories();
    if (memory_->busy() && wake_up_) wake_up_->at(status.now); // found only now, perhaps: from then on it is looked at
    for (const auto& rule : configuration_->rules) status.categories.push_back(status_of(rule, history));
    status.waits_for_you = waits_for_you(status);
    for (const auto& category : status.categories)
        if (category.overdue > 0)
            status.late.push_back(category.category + ": " + counted(category.overdue, "record") + " overdue" +
                                  (category.oldest_overdue_days
                                       ? ", the oldest for " + counted(*category.oldest_overdue_days, "day")
                                       : ""));
    return status;
}

std::string Service::stopped() const {
    if (auto lost = memory_->lost(); !lost.empty()) return lost;
    const Instant last = log_.last_time();
    return refuse_clock(now_(), last, false).value_or("");
}

StoreStatus Service::status_of(const std::string& name, const Store& store) const {
    StoreStatus status;
    status.store = name;
    status.state = to_string(store.health.state());
    if (store.health.state() == StoreHealth::State::ready && desk_.running().contains(name)) status.state = "running";
    status.reason = store.health.reason();
    status.since = store.health.since();
    status.next_try = store.health.next_try();
    return status;
}

CategoryStatus Service::status_of(const Rule& rule, const std::map<std::string, CategoryHistory>& history) const {
    CategoryStatus status;
    status.category = rule.category, status.store = rule.store, status.action = to_string(rule.action);
    if (served_.contains(rule.category)) // what is due already is in line
        status.next_run = agenda_.next(rule.category, std::max(served_.at(rule.category), now_()));
    if (const auto last = history.find(rule.category); last != history.end()) {
        status.run = last->second.run;
        status.outcome = to_string(last->second.last.outcome);
        status.reason = last->second.last.reason;
        status.finished = last->second.finished;
        status.disposed = last->second.last.disposed;
        status.disposed_total = last->second.disposed, status.batches_total = last->second.batches;
        status.seconds_total = last->second.seconds;
        status.last_success = last->second.last_success;
    }
    status.waited = waits_.of(rule.category);
    if (const auto why = not_counted_.find(rule.category); why != not_counted_.end()) status.not_counted = why->second;
    const auto found = counted_.find(rule.category);
    if (found == counted_.end()) return status;
    const auto& survey = found->second.survey;
    status.counted_as_of = found->second.as_of;
    status.due = survey.due, status.overdue = survey.overdue, status.undated = survey.undated;
    for (const auto& exempt : survey.exempt) status.exempt += exempt.records;
    status.oldest_due = survey.oldest;
    status.oldest_overdue_days = found->second.oldest_overdue_days;
    return status;
}

// Each with the words to say it.
std::vector<std::string> Service::waits_for_you(const ServiceStatus& status) const {
    std::vector<std::string> all;
    if (!status.stopped.empty()) {
        const bool says_how = status.stopped.find("purge --yes") != std::string::npos;
        all.push_back(status.stopped +
                      (says_how || memory_->lost().empty() ? "" : "; then `retentiond purge --all --yes`"));
    }
    for (const auto& category : status.categories)
        if (category.outcome == "refused") all.push_back(category.category + ": " + category.reason);
    for (const auto& store : status.stores)
        if (store.state == "in doubt") all.push_back("store " + store.store + ": " + store.reason);
    return all;
}

} // namespace retention
