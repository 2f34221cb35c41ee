#pragma once
// `purge --local`: on demand, in this process. It holds the state directory for as long as it lasts, settles what a
// crash left open, asks, and disposes of what is due. SIGINT and SIGTERM end it after the batch in hand.

#include "daemon/context.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/options.hpp"

namespace retention {

ExitCode purge(const Options&, Context&);

} // namespace retention
