#pragma once
// `report`: the dry run. Read-only; a category that could not be counted is named, and ends 1.

#include "daemon/context.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/options.hpp"

namespace retention {

ExitCode report(const Options&, Context&);

} // namespace retention
