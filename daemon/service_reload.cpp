// SIGHUP: the configuration is read anew. A wholly valid one replaces the one before at once; runs in hand keep theirs.
// Any other leaves everything as it is, and status says why.

#include "daemon/journal.hpp"
#include "daemon/notify.hpp"
#include "daemon/service_core.hpp"
#include "daemon/wording.hpp"

#include <algorithm>
#include <ctime>
#include <utility>

namespace retention {
namespace {

// CLOCK_MONOTONIC in microseconds, as sd_notify(3) asks for with RELOADING=1.
std::string monotonic_time() {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return std::to_string(static_cast<std::int64_t>(time.tv_sec) * 1'000'000 + time.tv_nsec / 1000);
}

Loaded loaded_by(const std::function<Loaded()>& load) {
    try {
        return load();
    } catch (const std::exception& error) { // of the file system: the old configuration stays
        return {std::nullopt, {{Severity::error, {}, "", error.what(), ""}}};
    }
}

bool same(const Secret& one, const Secret& other) {
    return one.kind == other.kind && one.name == other.name;
}

std::string one_line(std::string text) {
    std::ranges::replace(text, '\n', ' ');
    while (text.ends_with(' ')) text.pop_back();
    return text;
}

std::string first_error(const Problems& problems) {
    const auto is_error = [](const Problem& problem) { return problem.severity == Severity::error; };
    const auto first = std::ranges::find_if(problems, is_error);
    if (first == problems.end()) return "it could not be read";
    const auto errors = std::ranges::count_if(problems, is_error);
    const auto more = errors > 1 ? " (and " + std::to_string(errors - 1) + " more)" : "";
    return one_line(to_string(*first)) + more;
}

} // namespace

void Service::reload() {
    notify_service_manager("RELOADING=1\nMONOTONIC_USEC=" + monotonic_time());
    const Loaded loaded = settings_.load ? loaded_by(settings_.load) : Loaded{};
    not_loaded_ = settings_.load ? why_not(loaded) : "this process cannot; hint: systemctl restart retentiond";
    for (const auto& problem : loaded.problems) warn(one_line(to_string(problem)));
    if (not_loaded_.empty())
        accept(*loaded.configuration);
    else
        alarm("the configuration was not reloaded, the one before goes on: " + not_loaded_);
    told_ = headline();
    notify_service_manager("READY=1\nSTATUS=" + told_);
    look();
}

// What the process holds for its life cannot be another one: the lock, the log, the key of its digests.
std::string Service::why_not(const Loaded& loaded) const {
    if (!loaded.configuration) return first_error(loaded.problems);
    const auto& now = *configuration_;
    const auto& then = *loaded.configuration;
    const auto needs_restart = [](const std::string& what) {
        return what + " is another one; hint: systemctl restart retentiond";
    };
    if (then.state != now.state) return needs_restart("the state directory, " + then.state.string() + ",");
    if (then.audit.directory != now.audit.directory)
        return needs_restart("the audit directory, " + then.audit.directory.string() + ",");
    if (!same(then.audit.key, now.audit.key)) return needs_restart("the audit key's place");
    return {};
}

// The schedule's runs that wait do nothing that the next configuration's schedules do not ask for: of a category that
// goes, of one that another store has then, of one whose schedule is another one. A person's orders stay as they are.
void Service::take_out_of_line(const Configuration& next) {
    const auto stays = [&](const RunPart& part, const std::string& category) {
        return !part.scheduled ||
               (same_schedule(*configuration_, next, category) && next.find_rule(category)->store == part.store);
    };
    for (const auto& lost : desk_.drop(stays)) {
        tell("run " + lost.run + " does nothing in " + joined(lost.categories) +
                 ": the schedule that asked for it was changed or taken out",
             {{"run", lost.run}, {"store", lost.store}});
        if (desk_.waits(lost.run))
            book_.dropped(lost);
        else
            end_unbegun(lost, Outcome::partial, "its schedule was changed or taken out before it began");
    }
}

void Service::accept(const Configuration& configuration) {
    take_out_of_line(configuration);
    const auto before = std::exchange(configuration_, std::make_shared<const Configuration>(configuration));
    agenda_ = Agenda(*configuration_);
    loaded_ = now_();
    for (const auto& rule : configuration_->rules) // a new schedule has no past
        if (const auto* was = before->find_rule(rule.category); was && was->schedule != rule.schedule)
            set_served(rule.category, loaded_);
    record_rules();
    const auto is_gone = [this](const auto& entry) { return !configuration_->find_rule(entry.first); };
    std::erase_if(counted_, is_gone);
    std::erase_if(not_counted_, is_gone);
    adopt_configuration();
    for (const auto& [name, settings] : configuration_->stores) survey(name); // rules may count otherwise now
    if (outside_) outside_->reloaded(*configuration_);
    tell("the configuration was reloaded");
}

} // namespace retention
