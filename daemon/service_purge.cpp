// Runs that a person asks for: put in line once, watched, cancelled, looked up.

#include "daemon/journal.hpp"
#include "daemon/service_core.hpp"
#include "daemon/wording.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace retention {
namespace {

using enum ControlFault::Kind;

// The parts of one order, as if it had been one run.
void add(RunRecord& all, const RunRecord& part) {
    all.outcome.outcome = std::max(all.outcome.outcome, part.outcome.outcome);
    all.outcome.categories.insert(all.outcome.categories.end(), part.outcome.categories.begin(),
                                  part.outcome.categories.end());
    for (const auto& text : part.outcome.remains)
        if (std::ranges::count(all.outcome.remains, text) == 0) all.outcome.remains.push_back(text);
    all.started = std::min(all.started, part.started);
    if (!part.finished || !all.finished)
        all.finished.reset();
    else
        all.finished = std::max(*all.finished, *part.finished);
}

} // namespace

void Service::require_categories(const std::vector<std::string>& categories) const {
    std::vector<std::string> known;
    for (const auto& rule : configuration_->rules) known.push_back(rule.category);
    for (const auto& category : categories)
        if (!configuration_->find_rule(category))
            throw ControlFault(bad_request, "unknown category " + category,
                               did_you_mean(category, known,
                                            known.empty() ? "the configuration has none" : "one of " + joined(known)));
}

RunOrder Service::order_of(const PurgeOrder& asked) const {
    require_running();
    require_categories(asked.categories);
    if (configuration_->rules.empty()) throw ControlFault(bad_request, "the configuration has no category");
    if (asked.as_of && *asked.as_of > today())
        throw ControlFault(bad_request, "as of " + to_string(*asked.as_of) + " lies after today, " + to_string(today()),
                           "a purge is of today or earlier; report looks at any day");
    if (asked.limit && *asked.limit < 1) throw ControlFault(bad_request, "a limit is at least one record");
    auto order = order_for(asked.categories, asked.actor);
    order.approved = asked.approved;
    order.as_of = asked.as_of.value_or(today());
    order.limit = asked.limit;
    return order;
}

// It begins after this returns: who asked knows its name before its first news.
OrderedRun Service::purge(const PurgeOrder& asked) {
    const auto order = order_of(asked);
    if (const auto same = same_in_hand(order)) return {*same, true};
    put_in_line(order);
    asked_[order.name] = configuration_;
    tell("run " + order.name + " was asked for by " + order.actor, {{"run", order.name}, {"actor", order.actor}});
    at_io([this] { look(); });
    return {order.name, false};
}

void Service::cancel(const std::string& run, const std::string& actor) {
    require_running();
    const auto waited = desk_.withdraw(run);
    for (const auto& part : waited) {
        if (part.scheduled)
            for (const auto& category : part.categories) set_served(category, now_());
        end_unbegun(part, Outcome::partial, "cancelled by " + actor + " before it began");
    }
    bool found = !waited.empty();
    for (const auto& [store, part] : desk_.running()) {
        if (part.order != run && part.run != run) continue;
        found = true;
        cancelled_[part.run] = actor;
        stores_.at(store)->lane->run_interrupter().interrupt();
    }
    if (!found && (book_.knows(run) || remembered(run)))
        throw ControlFault(conflict, "run " + run + " has ended already");
    if (!found) throw ControlFault(not_found, "there is no run " + run);
    tell("run " + run + " was cancelled by " + actor, {{"run", run}, {"actor", actor}});
    at_io([this] { look(); });
}

// One that was asked for under another configuration asks for something else; one that is being cancelled will not do
// it; and one of the schedule that waits may wait for long.
std::optional<std::string> Service::same_in_hand(const RunOrder& order) const {
    const auto same = desk_.same(order, today());
    if (!same) return std::nullopt;
    for (const auto& [run, by] : cancelled_)
        if (run == *same || run.starts_with(*same + ".")) return std::nullopt;
    for (const auto& part : desk_.waiting())
        if (part.order == *same && part.scheduled) return std::nullopt;
    const auto then = asked_.find(*same);
    return then == asked_.end() || then->second == configuration_ ? same : std::nullopt;
}

std::optional<RunRecord> Service::remembered(const std::string& name) const {
    if (auto found = memory_->find(name)) return found;
    std::optional<RunRecord> all;
    for (const auto& part : memory_->last(1000)) {
        if (!part.outcome.run.starts_with(name + ".")) continue;
        if (all)
            add(*all, part);
        else
            all = part;
    }
    if (all) all->outcome.run = name;
    return all;
}

std::string Service::run(const std::string& name) const {
    if (book_.knows(name)) return book_.document(name);
    if (const auto record = remembered(name)) return run_document(*record);
    throw ControlFault(not_found, "there is no run " + name);
}

std::string Service::runs(std::size_t last) const {
    boost::json::array all;
    for (const auto& name : book_.in_hand())
        if (all.size() < last) all.push_back(boost::json::parse(book_.document(name)));
    for (const auto& record : memory_->last(last)) {
        const bool in_hand = book_.knows(record.outcome.run) && !book_.has_ended(record.outcome.run);
        if (!in_hand && all.size() < last) all.push_back(boost::json::parse(run_document(record)));
    }
    return boost::json::serialize(boost::json::object{{"runs", std::move(all)}});
}

std::unique_ptr<RunWatch> Service::watch(const std::string& run, std::function<void(const RunNews&)> listener) {
    return book_.watch(run, std::move(listener));
}

} // namespace retention
