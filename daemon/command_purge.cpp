#include "daemon/command_purge.hpp"

#include "daemon/configured.hpp"
#include "daemon/journal.hpp"
#include "daemon/local_run.hpp"
#include "daemon/progress_bar.hpp"
#include "daemon/purge_by_daemon.hpp"
#include "daemon/purge_question.hpp"
#include "daemon/purge_report.hpp"
#include "daemon/rights.hpp"
#include "daemon/stop_signals.hpp"

#include <mutex>
#include <ostream>
#include <unistd.h>

namespace retention {
namespace {

RunRequest request_of(const Options& options, const Configuration& configuration, const Context& context) {
    const Date now = today(configuration, context);
    RunRequest request;
    request.categories = options.categories;
    request.as_of = options.as_of.value_or(now);
    request.actor = actor({getuid(), getgid()}); // the real user, also under a set-uid program
    request.approved = options.yes;
    request.limit = options.limit;
    if (request.as_of > now)
        throw UsageError("--as-of " + to_string(request.as_of) + " is after today, " + to_string(now),
                         "a purge is of today or earlier; report looks at any day");
    return request;
}

void refuse_what_is_missing(const Options& options, const Context& context) {
    if (!options.yes && !context.can_ask)
        throw UsageError("there is no terminal to ask on", "look at retentiond report, then say --yes");
}

bool agreed_here(const Options& options, const Configuration& configuration, const RunRequest& request,
                 Context& context) {
    if (options.yes) return true;
    const auto stores = plan_stores(configuration, request.as_of, request.categories, context.open_store);
    return agreed(make_report(configuration, stores, request.as_of), request.limit, context);
}

ExitCode purge_here(const Options& options, const Configuration& configuration, const RunRequest& request,
                    Context& context) {
    Interrupter interrupter;
    open_journal(LogFormat::text);
    LocalRun here(configuration, context, interrupter);
    if (!here.warning().empty()) context.err << "warning: " << here.warning() << '\n';
    ProgressBar bar(context.err, context.err_terminal);
    std::mutex drawing;
    here.show([&](const Progress& progress) {
        const std::scoped_lock lock(drawing);
        if (progress.waits_for)
            bar.waits(*progress.waits_for);
        else
            bar.show(progress.category, progress.disposed, progress.due, context.now());
    });
    here.recover();
    if (here.lost().empty() && !agreed_here(options, configuration, request, context)) {
        context.err << "nothing was done\n";
        return ExitCode::refused;
    }
    const StopSignals signals(
        [&] { interrupter.interrupt(); }); // not before: a signal at the question ends the program
    const RunOutcome outcome = here.enforce(request);
    bar.clear();
    const ExitCode code = tell_purge(options, outcome, context);
    here.remember(outcome);
    const auto why = here.not_remembered();
    if (why.empty()) return code;
    context.err << "error: what was done is in the audit log, but not in the history: " << why << '\n';
    return code == ExitCode::done ? ExitCode::incomplete : code;
}

} // namespace

ExitCode purge(const Options& options, Context& context) {
    refuse_what_is_missing(options, context);
    if (!options.local) return purge_by_daemon(options, context);
    const auto configuration = configured(options, context);
    if (!configuration) return ExitCode::usage;
    require_categories(*configuration, options.categories);
    return purge_here(options, *configuration, request_of(options, *configuration, context), context);
}

ExitCode tell_purge(const Options& options, const RunOutcome& run, Context& context) {
    if (options.format == Format::text) {
        print_purge(context.out, run, context.out_terminal);
    } else {
        context.out << purge_json(run);
        for (const CategoryOutcome& one : run.categories)
            if (one.outcome != Outcome::completed)
                context.err << to_string(one.outcome) << ": " << one.category << ": " << one.reason << '\n';
        for (const std::string& remains : run.remains) context.err << "remains: " << remains << '\n';
    }
    if (!run.log_failure.empty()) context.err << "error: " << run.log_failure << '\n';
    return exit_code_of(run);
}

} // namespace retention
