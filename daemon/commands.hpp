#pragma once
// The commands, and the one place that chooses among them and turns what went wrong into an exit code.

#include "daemon/context.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/options.hpp"

#include <string>
#include <vector>

namespace retention {

// Never throws: an unexpected exception is told on the error stream and ends with ExitCode::incomplete.
ExitCode run_program(const std::vector<std::string>& words, Context&) noexcept;

} // namespace retention
