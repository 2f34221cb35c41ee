#include "daemon/run_book.hpp"

#include "daemon/clock_guard.hpp"
#include "daemon/purge_report.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <utility>

namespace retention {
namespace json = boost::json;
namespace {

constexpr std::size_t most_that_ended = 100;

json::value time_or_null(const std::optional<Instant>& time) {
    return time ? json::value(to_text(*time)) : json::value(nullptr);
}

json::value date_or_null(const std::optional<Date>& date) {
    return date ? json::value(to_string(*date)) : json::value(nullptr);
}

// Purge's members after what every run has.
void add_result(json::object& run, const RunOutcome& outcome) {
    const auto result = json::parse(purge_json(outcome)); // a name: a loop over a temporary would outlive it
    for (const auto& member : result.as_object())
        if (!run.contains(member.key())) run[member.key()] = member.value();
}

json::array names_of(const RunOrder& order) {
    json::array names;
    for (const auto& [category, store] : order.categories)
        names.push_back(json::object{{"category", category}, {"store", store}});
    return names;
}

} // namespace

bool RunBook::Entry::ended() const {
    return std::ranges::all_of(parts, [](const Part& part) { return part.finished.has_value(); });
}

bool RunBook::Entry::began() const {
    return std::ranges::any_of(parts, [](const Part& part) { return part.started.has_value(); });
}

// Of all its parts, in the order in which the categories were asked for.
RunOutcome RunBook::Entry::outcome() const {
    RunOutcome all;
    all.run = order.name;
    for (const auto& part : parts) {
        all.as_of = std::max(all.as_of, part.outcome.as_of);
        all.outcome = std::max(all.outcome, part.outcome.outcome);
        if (all.log_failure.empty()) all.log_failure = part.outcome.log_failure;
        for (const auto& text : part.outcome.remains)
            if (std::ranges::count(all.remains, text) == 0) all.remains.push_back(text);
    }
    for (const auto& [name, store] : order.categories)
        for (const auto& part : parts)
            for (const auto& category : part.outcome.categories)
                if (category.category == name && part.part.store == store) all.categories.push_back(category);
    return all;
}

class RunBook::Watch : public RunWatch {
public:
    explicit Watch(Listener listener) : listener_(std::make_shared<Listener>(std::move(listener))) {}
    const std::shared_ptr<Listener>& listener() const { return listener_; }

private:
    std::shared_ptr<Listener> listener_;
};

void RunBook::ordered(const RunOrder& order, const std::vector<RunPart>& parts) {
    Entry entry{order, {}, {}};
    for (const auto& part : parts) entry.parts.push_back({part, {}, {}, {}, {}});
    entries_.push_front(std::move(entry));
    forget_old_ones();
}

void RunBook::forget_old_ones() {
    std::size_t ended = 0;
    std::erase_if(entries_, [&](const Entry& entry) { return entry.ended() && ++ended > most_that_ended; });
}

const RunBook::Entry* RunBook::find(const std::string& name) const {
    for (const auto& entry : entries_) {
        if (entry.order.name == name) return &entry;
        for (const auto& part : entry.parts)
            if (part.part.run == name) return &entry;
    }
    return nullptr;
}

RunBook::Entry* RunBook::find(const std::string& name) {
    return const_cast<Entry*>(std::as_const(*this).find(name));
}

RunBook::Part* RunBook::part_of(Entry* entry, const std::string& run) {
    if (!entry) return nullptr;
    const auto found = std::ranges::find_if(entry->parts, [&](const Part& part) { return part.part.run == run; });
    return found == entry->parts.end() ? nullptr : &*found;
}

void RunBook::dropped(const RunPart& lost) {
    auto* entry = find(lost.run);
    auto* part = part_of(entry, lost.run);
    if (!part) return;
    const auto is_lost = [&](const std::string& name) { return std::ranges::count(lost.categories, name) > 0; };
    std::erase_if(part->part.categories, is_lost);
    std::erase_if(entry->order.categories,
                  [&](const auto& one) { return one.second == lost.store && is_lost(one.first); });
}

void RunBook::began(const RunPart& begun, Date as_of, Instant now) {
    auto* entry = find(begun.run);
    auto* part = part_of(entry, begun.run);
    if (!part) return;
    part->started = now;
    part->part.as_of = as_of;
    tell(*entry, {news_of(*entry, part), false});
}

// What waits and what advances come as two kinds of news (daemon/enforcement.hpp): here they are one picture.
void RunBook::progressed(const std::string& run, const Progress& news) {
    auto* entry = find(run);
    auto* part = part_of(entry, run);
    if (!part || part->finished) return;
    const auto before = part->progress;
    part->progress = news;
    if (news.waits_for && before.category == news.category) {
        part->progress.disposed = before.disposed;
        part->progress.due = before.due;
    }
    if (part->progress.waits_for == "") part->progress.waits_for.reset();
    tell(*entry, {news_of(*entry, part), false});
}

void RunBook::ended(const RunPart& ended, const RunOutcome& outcome, Instant now) {
    auto* entry = find(ended.run);
    auto* part = part_of(entry, ended.run);
    if (!part) return;
    part->finished = now;
    part->outcome = outcome;
    const bool last = entry->ended();
    tell(*entry, {news_of(*entry, last ? nullptr : part), last});
}

bool RunBook::has_ended(const std::string& name) const {
    const auto* entry = find(name);
    if (!entry) return false;
    for (const auto& part : entry->parts)
        if (part.part.run == name) return part.finished.has_value();
    return entry->ended();
}

std::string RunBook::document(const std::string& name) const {
    const auto* entry = find(name);
    if (!entry) throw ControlFault(ControlFault::Kind::not_found, "there is no run " + name);
    std::optional<Instant> started, finished;
    std::optional<Date> as_of = entry->order.as_of;
    for (const auto& part : entry->parts) {
        if (part.started && (!started || *part.started < *started)) started = part.started;
        if (part.finished && (!finished || *part.finished > *finished)) finished = part.finished;
        if (!as_of) as_of = part.part.as_of;
    }
    const bool ended = entry->ended();
    json::object run{{"run", entry->order.name},
                     {"state", ended            ? "finished"
                               : entry->began() ? "running"
                                                : "waiting"},
                     {"actor", entry->order.actor},
                     {"started", time_or_null(started)},
                     {"finished", time_or_null(ended ? finished : std::nullopt)},
                     {"as_of", date_or_null(as_of)}};
    if (ended)
        add_result(run, entry->outcome());
    else
        run["categories"] = names_of(entry->order);
    return json::serialize(run);
}

std::string RunBook::news_of(const Entry& entry, const Part* part) {
    if (entry.ended())
        return json::serialize(json::object{
            {"run", entry.order.name}, {"state", "finished"}, {"result", json::parse(purge_json(entry.outcome()))}});
    const Progress progress = part ? part->progress : Progress{};
    return json::serialize(
        json::object{{"run", entry.order.name},
                     {"state", entry.began() ? "running" : "waiting"},
                     {"category", progress.category.empty() ? json::value(nullptr) : json::value(progress.category)},
                     {"disposed", progress.disposed},
                     {"due", progress.due},
                     {"waits_for", progress.waits_for ? json::value(*progress.waits_for) : json::value(nullptr)}});
}

// A listener may end its watch, or another one's, while it is told.
void RunBook::tell(Entry& entry, const RunNews& news) {
    std::erase_if(entry.listeners, [](const auto& listener) { return listener.expired(); });
    const auto listeners = entry.listeners;
    for (const auto& one : listeners)
        if (const auto listener = one.lock()) (*listener)(news);
}

std::unique_ptr<RunWatch> RunBook::watch(const std::string& name, Listener listener) {
    auto* entry = find(name);
    if (!entry) throw ControlFault(ControlFault::Kind::not_found, "there is no run " + name + " in hand");
    auto watch = std::make_unique<Watch>(std::move(listener));
    const auto running =
        std::ranges::find_if(entry->parts, [](const Part& part) { return part.started && !part.finished; });
    const RunNews now{news_of(*entry, running == entry->parts.end() ? nullptr : &*running), entry->ended()};
    entry->listeners.push_back(watch->listener());
    (*watch->listener())(now);
    return watch;
}

std::vector<std::string> RunBook::in_hand() const {
    std::vector<std::string> names;
    for (const auto& entry : entries_)
        if (!entry.ended()) names.push_back(entry.order.name);
    return names;
}

std::vector<RunInHand> RunBook::parts_in_hand() const {
    std::vector<RunInHand> all;
    for (const auto& entry : entries_)
        for (const auto& part : entry.parts) {
            if (part.finished) continue;
            all.push_back({part.part.run, part.part.actor, part.started ? "running" : "waiting",
                           part.started.value_or(part.part.ordered), part.part.categories, part.progress.category,
                           part.progress.disposed, part.progress.due, part.progress.waits_for.value_or("")});
        }
    return all;
}

std::string run_document(const RunRecord& record) {
    json::object run{{"run", record.outcome.run},
                     {"state", record.finished ? "finished" : "interrupted"},
                     {"actor", record.actor},
                     {"started", to_text(record.started)},
                     {"finished", time_or_null(record.finished)},
                     {"as_of", to_string(record.outcome.as_of)}};
    if (record.finished)
        add_result(run, record.outcome);
    else {
        json::array names;
        for (const auto& category : record.outcome.categories)
            names.push_back(json::object{{"category", category.category}, {"store", category.store}});
        run["categories"] = std::move(names);
    }
    return json::serialize(run);
}

} // namespace retention
