#include "daemon/command_run.hpp"

#include "daemon/configured.hpp"
#include "daemon/journal.hpp"
#include "daemon/service.hpp"

namespace retention {

ExitCode run(const Options& options, Context& context) {
    const auto configuration = configured(options, context);
    if (!configuration) return ExitCode::usage;
    open_journal();
    return run_service(*configuration, {context.directories, context.now, context.open_store});
}

} // namespace retention
