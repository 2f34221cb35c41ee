#pragma once
// `run`: the daemon. Reads the configuration, with its schedules, opens the journal, and is daemon/service.hpp from
// there on. With --once it is one run of the schedule over every category, now, without the daemon's doors: for a
// timer. SIGINT and SIGTERM end that after the batch in hand.

#include "daemon/context.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/options.hpp"

namespace retention {

ExitCode run(const Options&, Context&);

} // namespace retention
