#include "daemon/command_run.hpp"

#include "daemon/configured.hpp"
#include "daemon/history.hpp"
#include "daemon/journal.hpp"
#include "daemon/outside.hpp"
#include "daemon/service.hpp"

namespace retention {

ExitCode run(const Options& options, Context& context) {
    const auto configuration = configured(options, context);
    if (!configuration) return ExitCode::usage;
    open_journal(options.log_format);
    ServiceSettings settings;
    settings.directories = context.directories;
    settings.now = context.now;
    settings.open_store = context.open_store;
    settings.load = [&] { return loaded_configuration(options, context); };
    settings.memory = [](const State& state, const Head& log) { return std::make_unique<History>(state, log); };
    settings.outside = open_doors;
    return run_service(*configuration, settings);
}

} // namespace retention
