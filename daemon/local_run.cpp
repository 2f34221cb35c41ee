#include "daemon/local_run.hpp"

#include "daemon/agenda.hpp"
#include "daemon/lost_history.hpp"
#include "daemon/open_intents.hpp"
#include "daemon/window.hpp"

#include <algorithm>

namespace retention {
namespace {

// Before it began: its categories, in the order of the configuration.
RunOutcome asked_for(const Configuration& configuration, const RunRequest& request) {
    RunOutcome asked;
    asked.run = request.run;
    asked.as_of = request.as_of;
    const auto& wanted = request.categories;
    for (const auto& rule : configuration.rules) {
        if (!wanted.empty() && std::ranges::count(wanted, rule.category) == 0) continue;
        CategoryOutcome category;
        category.category = rule.category, category.store = rule.store;
        category.table = rule.table, category.action = rule.action;
        asked.categories.push_back(category);
    }
    return asked;
}

} // namespace

// The history is opened before the log has a further line: the first one is no past.
LocalRun::LocalRun(const Configuration& configuration, const Context& context, const Interrupter& interrupter)
    : configuration_(configuration)
    , state_(State::acquire(configuration.state))
    , key_(audit_key(configuration.audit.key,
                     {context.directories.credentials, configuration.state, configuration.audit.directory}))
    , log_(configuration.audit.directory, state_, context.now())
    , history_(state_, log_.head(), context.patience)
    , context_{log_, key_.key, context.now, {}, interrupter.flag()} {
    context_.open_store = interrupter.wrap(context.open_store);
}

RunOutcome LocalRun::enforce(RunRequest request) {
    started_ = context_.now();
    request.run = name_of_run(started_);
    auto asked = asked_for(configuration_, request);
    history_.look_again();
    if (!history_.lost().empty() &&
        (!request.approved || !go_on_without_history(history_, log_, request.actor, context_.now)))
        return refuse(std::move(asked), request.actor);
    history_.begin({asked, request.actor, started_, std::nullopt});
    if (!history_.lost().empty()) return refuse(std::move(asked), request.actor);
    began_ = true;
    return retention::enforce(configuration_, request, context_);
}

RunOutcome LocalRun::refuse(RunOutcome asked, const std::string& actor) {
    const auto reason = refuse_without_history(history_, log_, {asked.run, "", actor}, context_.now);
    asked.outcome = Outcome::refused;
    for (auto& category : asked.categories) category.outcome = Outcome::refused, category.reason = reason;
    return asked;
}

void LocalRun::remember(const RunOutcome& outcome) {
    if (began_) history_.end(outcome, context_.now());
}

void LocalRun::serve_schedule(const RunOutcome& outcome) {
    if (!began_) return;
    const auto scheduled = Agenda(configuration_).categories();
    for (const auto& category : outcome.categories)
        if (std::ranges::count(scheduled, category.category) > 0 && !comes_again(category))
            history_.serve(category.category, started_, configuration_.find_rule(category.category)->schedule);
}

std::string LocalRun::not_remembered() {
    return !began_ || history_.settle() ? "" : history_.lost();
}

bool LocalRun::comes_again(const CategoryOutcome& category) {
    if (category.outcome == Outcome::completed) return false;
    if (category.out_of_reach || doubt_about(context_, category.store)) return true;
    if (category.outcome != Outcome::partial) return false;
    const auto& window = configuration_.stores.at(category.store).window;
    return context_.stop || !is_open(window, configuration_.zone, context_.now());
}

} // namespace retention
