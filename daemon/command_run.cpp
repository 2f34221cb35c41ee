#include "daemon/command_run.hpp"

#include "daemon/configured.hpp"
#include "daemon/history.hpp"
#include "daemon/journal.hpp"
#include "daemon/local_run.hpp"
#include "daemon/outcome_line.hpp"
#include "daemon/outside.hpp"
#include "daemon/purge_report.hpp"
#include "daemon/service.hpp"
#include "daemon/stop_signals.hpp"

namespace retention {
namespace {

// What the daemon would say of it, in the journal.
ExitCode told(const RunOutcome& outcome) {
    for (const auto& category : outcome.categories) tell_outcome(outcome.run, category);
    if (!outcome.log_failure.empty())
        alarm("nothing more is disposed of: " + outcome.log_failure, {{"run", outcome.run}});
    return exit_code_of(outcome);
}

// Nobody is there to approve anything, and what cannot be done now waits for no window and no store.
ExitCode run_once(const Configuration& configuration, Context& context) {
    Interrupter interrupter;
    const StopSignals signals([&] { interrupter.interrupt(); });
    LocalRun here(configuration, context, interrupter);
    if (!here.warning().empty()) warn(here.warning());
    for (const auto& store : here.recover())
        alarm("store " + store + " is in doubt: a batch of it cannot be settled; nothing is disposed of there",
              {{"store", store}});
    RunRequest request;
    request.as_of = today(configuration, context);
    request.actor = "schedule";
    const auto outcome = here.enforce(request);
    const ExitCode code = told(outcome);
    here.remember(outcome);
    here.serve_schedule(outcome);
    const auto why = here.not_remembered();
    if (why.empty()) return code;
    alarm("what was done is in the audit log, but not in the history: " + why, {{"run", outcome.run}});
    return code == ExitCode::done ? ExitCode::incomplete : code;
}

} // namespace

ExitCode run(const Options& options, Context& context) {
    const auto configuration = configured(options, context);
    if (!configuration) return ExitCode::usage;
    open_journal(options.log_format);
    if (options.once) return run_once(*configuration, context);
    ServiceSettings settings;
    settings.directories = context.directories;
    settings.now = context.now;
    settings.open_store = context.open_store;
    settings.load = [&] { return loaded_configuration(options, context); };
    settings.memory = [patience = context.patience](const State& state, const Head& log) {
        return std::make_unique<History>(state, log, patience);
    };
    settings.outside = open_doors;
    return run_service(*configuration, settings);
}

} // namespace retention
