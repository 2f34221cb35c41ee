#pragma once
// `explain`: one record of one category, told from its trigger to its fate. Read-only.

#include "daemon/context.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/options.hpp"

namespace retention {

ExitCode explain(const Options&, Context&);

} // namespace retention
