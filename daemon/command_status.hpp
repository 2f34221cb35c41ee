#pragma once
// `status`: how the running daemon is, on one screen.

#include "daemon/context.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/options.hpp"

namespace retention {

// Ends done where it is healthy, incomplete where it is not. Throws DaemonUnreachable, DaemonRefused, UsageError.
ExitCode status(const Options&, Context&);

} // namespace retention
