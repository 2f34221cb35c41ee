#pragma once
// `purge`: on demand, by the running daemon or, with --local, in this process. That holds the state directory for as
// long as it lasts, settles what a crash left open, asks, and disposes of what is due. SIGINT and SIGTERM end either
// after the batch in hand. Where the history was lost, nothing is asked: only --yes goes on.

#include "daemon/context.hpp"
#include "daemon/enforcement.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/options.hpp"

namespace retention {

ExitCode purge(const Options&, Context&);
// What came of it, wherever it was done: on the streams, and as the exit code.
ExitCode tell_purge(const Options&, const RunOutcome&, Context&);

} // namespace retention
