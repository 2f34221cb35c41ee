#pragma once
// What a purge shows and asks before it begins, where `--yes` was not said. An answer lifts no limit: that is --yes.

#include "daemon/context.hpp"
#include "daemon/report.hpp"

namespace retention {

// True where a person said yes, or nothing is due.
bool agreed(const Report& due, std::optional<std::int64_t> limit, Context&);

} // namespace retention
