#include "daemon/command_run.hpp"

#include "daemon/configured.hpp"
#include "daemon/journal.hpp"
#include "daemon/service.hpp"

namespace retention {

ExitCode run(const Options& options, Context& context) {
    const auto configuration = configured(options, context);
    if (!configuration) return ExitCode::usage;
    open_journal();
    ServiceSettings settings;
    settings.directories = context.directories;
    settings.now = context.now;
    settings.open_store = context.open_store;
    settings.load = [&] { return loaded_configuration(options, context); };
    return run_service(*configuration, settings);
}

} // namespace retention
