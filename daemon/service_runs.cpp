// What runs when: orders of the schedule, the begin of a run in its store's lane, and what follows from its end.

#include "daemon/clock_guard.hpp"
#include "daemon/evidence.hpp"
#include "daemon/journal.hpp"
#include "daemon/lost_history.hpp"
#include "daemon/news_pace.hpp"
#include "daemon/open_intents.hpp"
#include "daemon/outcome_line.hpp"
#include "daemon/service_core.hpp"
#include "daemon/window.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <set>

namespace retention {
namespace {

std::int64_t disposed_in(const RunOutcome& outcome) {
    std::int64_t all = 0;
    for (const auto& category : outcome.categories) all += category.disposed;
    return all;
}

} // namespace

// One order a store, of what is due there: stores do not wait for each other.
void Service::order_due(Instant now) {
    std::map<std::string, std::vector<std::string>> due;
    for (const auto& category : agenda_.due(served_, now))
        if (!desk_.scheduled(category)) due[configuration_->find_rule(category)->store].push_back(category);
    for (const auto& [store, categories] : due) {
        auto order = order_for(categories, "schedule");
        order.scheduled = true;
        put_in_line(order);
    }
}

RunOrder Service::order_for(const std::vector<std::string>& categories, const std::string& actor) const {
    RunOrder order;
    order.ordered = now_();
    order.name = name_of_run(order.ordered);
    order.actor = actor;
    for (const auto& rule : configuration_->rules)
        if (categories.empty() || std::ranges::count(categories, rule.category) > 0)
            order.categories.emplace_back(rule.category, rule.store);
    return order;
}

void Service::put_in_line(const RunOrder& order) {
    book_.ordered(order, desk_.put(order));
}

// The schedule waits for its store's window, for a store that cannot be worked on, and for whoever has the history
// locked; a person is answered at once.
bool Service::may_begin(const RunPart& part, Instant now) const {
    const auto settings = configuration_->stores.find(part.store);
    if (!part.scheduled || settings == configuration_->stores.end()) return true;
    if (memory_->busy()) return false;
    return is_open(settings->second.window, configuration_->zone, now) && !stores_.at(part.store)->health.rests(now);
}

// When something that waits may begin, or a store is to be tried again.
std::optional<Instant> Service::next_chance(Instant now) const {
    std::optional<Instant> first;
    const auto consider = [&](const std::optional<Instant>& chance) {
        if (chance && *chance > now && (!first || *chance < *first)) first = chance;
    };
    if (memory_->busy()) consider(now + std::chrono::minutes(1));
    for (const auto& part : desk_.waiting())
        if (const auto found = configuration_->stores.find(part.store); found != configuration_->stores.end())
            consider(next_opening(found->second.window, configuration_->zone, now));
    for (const auto& [name, store] : stores_) {
        consider(store->health.next_try());
        if (store->lane) consider(store->recount);
    }
    return first;
}

void Service::begin_what_may(Instant now) {
    std::set<std::string> stores;
    for (const auto& part : desk_.waiting()) stores.insert(part.store);
    for (const auto& store : stores)
        while (const auto part = desk_.begin(store, now, [&](const RunPart& one) { return may_begin(one, now); }))
            begin(*part);
}

// Whoever asked for a purge, and perhaps approved it, saw the rules of that moment: under others nothing is done.
std::string Service::why_unasked(const RunPart& part) const {
    const auto asked = asked_.find(part.order);
    if (asked == asked_.end() || asked->second == configuration_) return {};
    const auto& then = *asked->second;
    for (const auto& category : part.categories) {
        const auto *before = then.find_rule(category), *now = configuration_->find_rule(category);
        if (before && now && rule_digest(*before) != rule_digest(*now))
            return "the rule of " + category + " was changed after this was asked for; hint: ask again";
    }
    const auto before = then.stores.find(part.store), now = configuration_->stores.find(part.store);
    if (before != then.stores.end() && now != configuration_->stores.end() && before->second.url != now->second.url)
        return "the url of store " + part.store + " was changed after this was asked for; hint: ask again";
    return {};
}

void Service::refuse_unbegun(const RunPart& part, const std::string& reason) {
    const Instant last = log_.last_time();
    log_.append("refused", line_of_refusal({part.run, "", part.store, reason, part.actor}),
                believable(now_(), last, false));
}

void Service::forget_ended_orders() {
    std::erase_if(asked_, [this](const auto& entry) { return book_.has_ended(entry.first); });
}

// In a category that moved to another store, or went, nothing is done: whoever asked for it asked for the old rule.
void Service::begin(const RunPart& part) {
    look_at_memory();
    if (const auto why = why_unasked(part); !why.empty()) {
        refuse_unbegun(part, why);
        end_unbegun(part, Outcome::refused, why);
        return desk_.end(part, 0);
    }
    if (!memory_->lost().empty() && !accept_loss(part)) return refuse_lost(part);
    RunRequest request{{}, part.as_of.value_or(today()), part.actor, part.approved, part.limit, part.run};
    for (const auto& category : part.categories)
        if (const auto* rule = configuration_->find_rule(category); rule && rule->store == part.store)
            request.categories.push_back(category);
    if (!configured_store(part.store) || request.categories.empty()) {
        end_unbegun(part, Outcome::failed, "the configuration has it in store " + part.store + " no more");
        return desk_.end(part, 0);
    }
    remember_begin(part, request.as_of);
    if (!memory_->lost().empty()) return refuse_lost(part);
    book_.began(part, request.as_of, part.through);
    if (part.scheduled && !is_open(configuration_->stores.at(part.store).window, configuration_->zone, part.ordered))
        for (const auto& category : request.categories) waits_.waited(category, "window", part.ordered, part.through);
    work_on(part, request, configuration_);
}

void Service::remember_begin(const RunPart& part, Date as_of) {
    RunRecord record;
    record.outcome.run = part.run;
    record.outcome.as_of = as_of;
    for (const auto& name : part.categories) {
        CategoryOutcome category;
        category.category = name;
        category.store = part.store;
        record.outcome.categories.push_back(category);
    }
    record.actor = part.actor;
    record.started = part.through;
    memory_->begin(record);
}

void Service::work_on(const RunPart& part, const RunRequest& request, const Snapshot& snapshot) {
    auto& store = *stores_.at(part.store);
    ++store.in_hand;
    store.lane->run_interrupter().allow();
    const auto pace = std::make_shared<NewsPace>();
    const auto progress = [this, run = part.run, pace](const Progress& news) {
        if (pace->lets_pass(news, std::chrono::steady_clock::now()))
            at_io([=, this] {
                book_.progressed(run, news);
                waits_.told(news, now_());
            });
    };
    store.lane->runs().post([this, part, request, snapshot, progress, context = &*store.context] {
        try {
            context->progress = progress;
            context->rules_recorded = boost::json::serialize(line_of_rules(*snapshot)); // said when it was loaded
            if (!open_intents(*context).empty()) recover(*snapshot, *context);
            RunEnd ended{enforce(*snapshot, request, *context), std::nullopt};
            if (const auto* intent = doubt_about(*context, part.store)) ended.in_doubt = in_doubt(*intent);
            at_io([this, part, snapshot, ended = std::move(ended)] { end(part, snapshot, ended); });
        } catch (...) { // goes on to run(), which throws it
            at_io([failure = std::current_exception()] { std::rethrow_exception(failure); });
        }
    });
}

void Service::end(const RunPart& part, const Snapshot& snapshot, const RunEnd& ended) {
    --stores_.at(part.store)->in_hand;
    auto outcome = ended.outcome;
    name_canceller(outcome);
    for (const auto& category : outcome.categories) waits_.ended(category.category, now_());
    for (const auto& category : outcome.categories) tell_outcome(outcome.run, category);
    desk_.end(part, disposed_in(outcome));
    if (memory_->lost().empty() || memory_->busy()) memory_->end(outcome, now_());
    judge_store(part, ended);
    serve(part, snapshot, ended);
    cancelled_.erase(part.run);
    book_.ended(part, outcome, now_());
    forget_ended_orders();
    if (!outcome.log_failure.empty()) {
        alarm("nothing more is disposed of: " + outcome.log_failure, {{"run", outcome.run}});
        exit_ = ExitCode::incomplete;
        return leave();
    }
    if (stopping_) return leave_if_idle();
    if (stores_.at(part.store)->health.state() == StoreHealth::State::ready) survey(part.store);
    look();
}

void Service::name_canceller(RunOutcome& outcome) const {
    const auto by = cancelled_.find(outcome.run);
    if (by == cancelled_.end()) return;
    for (auto& category : outcome.categories)
        if (category.outcome == Outcome::partial && category.reason == "stopped")
            category.reason = "cancelled by " + by->second;
}

void Service::judge_store(const RunPart& part, const RunEnd& ended) {
    auto& health = stores_.at(part.store)->health;
    const auto& categories = ended.outcome.categories;
    const auto away = std::ranges::find_if(categories, &CategoryOutcome::out_of_reach);
    if (ended.in_doubt)
        health.failed(StoreHealth::State::in_doubt, *ended.in_doubt, now_());
    else if (away != categories.end())
        health.failed(StoreHealth::State::unreachable, away->reason, now_());
    else if (!stopping_)
        health.reached();
}

// What the schedule asked for is served, unless it comes again: then it stays in line.
void Service::serve(const RunPart& part, const Snapshot& snapshot, const RunEnd& ended) {
    if (!part.scheduled) return;
    std::vector<std::string> again;
    for (const auto& category : ended.outcome.categories) {
        if (comes_again(part, category, snapshot, ended))
            again.push_back(category.category);
        else if (!stopping_ || category.outcome == Outcome::completed || category.outcome == Outcome::refused)
            set_served(category.category, part.through); // cut short by a stop, the next start catches it up
    }
    if (again.empty() || stopping_) return;
    auto order = order_for(again, part.actor);
    order.scheduled = true;
    put_in_line(order);
}

// A run that its store missed, and one that the window's end cut short, goes on when it can, if its schedule is still
// the one that asked for it.
bool Service::comes_again(const RunPart& part, const CategoryOutcome& category, const Snapshot& snapshot,
                          const RunEnd& ended) const {
    if (category.outcome == Outcome::completed || cancelled_.contains(part.run)) return false;
    if (!same_schedule(*snapshot, *configuration_, category.category)) return false;
    if (category.out_of_reach || ended.in_doubt) return true;
    return category.outcome == Outcome::partial && !stopping_ &&
           !is_open(snapshot->stores.at(part.store).window, snapshot->zone, now_());
}

// A run that began before its schedule was replaced does not open the new one's past again, and one whose schedule was
// taken out leaves nothing for when it is put back.
void Service::set_served(const std::string& category, Instant through) {
    const auto* rule = configuration_->find_rule(category);
    if (!rule || rule->schedule.empty()) return;
    if (const auto found = served_.find(category); found != served_.end())
        through = found->second = std::max(found->second, through);
    if (memory_->lost().empty() || memory_->busy()) memory_->serve(category, through, rule->schedule);
}

void Service::end_unbegun(const RunPart& part, Outcome end, const std::string& reason) {
    RunOutcome outcome;
    outcome.run = part.run;
    outcome.as_of = part.as_of.value_or(today());
    outcome.outcome = end;
    for (const auto& name : part.categories) {
        CategoryOutcome category;
        category.category = name;
        category.store = part.store;
        if (const auto* rule = configuration_->find_rule(name))
            category.table = rule->table, category.action = rule->action;
        category.outcome = end;
        category.reason = reason;
        outcome.categories.push_back(category);
        if (!part.scheduled || end != Outcome::partial) tell_outcome(part.run, category);
    }
    book_.ended(part, outcome, now_());
}

// One that was locked when the daemon started could not say what was served.
void Service::look_at_memory() {
    const bool was_busy = memory_->busy();
    memory_->look_again();
    if (!was_busy || memory_->busy()) return;
    if (memory_->lost().empty()) tell("the state is free again");
    adopt_schedules();
}

// The history was lost: only a person's approval goes on without it, and the audit log says whose.
bool Service::accept_loss(const RunPart& part) {
    if (part.scheduled || !part.approved) return false;
    if (!go_on_without_history(*memory_, log_, part.actor, now_)) return false;
    for (const auto& [category, through] : served_) set_served(category, through);
    return true;
}

void Service::refuse_lost(const RunPart& part) {
    const auto reason = refuse_without_history(*memory_, log_, {part.run, part.store, part.actor}, now_);
    if (part.scheduled && !memory_->busy()) // that comes again when it is free
        for (const auto& category : part.categories) set_served(category, part.through);
    end_unbegun(part, Outcome::refused, reason);
    desk_.end(part, 0);
}

} // namespace retention
