#pragma once
// `purge` as the running daemon does it: asked for over the control socket, watched until it ends. SIGINT and SIGTERM
// ask the daemon to end the run after the batch in hand; this process still waits for what came of it.

#include "daemon/context.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/options.hpp"

namespace retention {

// Throws DaemonUnreachable, DaemonRefused.
ExitCode purge_by_daemon(const Options&, Context&);

} // namespace retention
