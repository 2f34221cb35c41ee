#pragma once
// `run`: the daemon. Reads the configuration, with its schedules, opens the journal, and is daemon/service.hpp from
// there on.

#include "daemon/context.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/options.hpp"

namespace retention {

ExitCode run(const Options&, Context&);

} // namespace retention
