#pragma once
// A daemon that has nothing to do must not look like one whose clock leapt: after a day without a line the audit log
// gets a `checkpoint`, so that monthly schedules do not meet the guard against leaps of 14 days. Pure.

#include "daemon/clock_guard.hpp"

namespace retention {

constexpr std::chrono::hours longest_quiet{24};

// When the next one is due. `last`: the time of the log's last line. While the clock cannot be believed there is none:
// a line would have to say that time, or none.
std::optional<Instant> next_heartbeat(Instant now, Instant last);

} // namespace retention
