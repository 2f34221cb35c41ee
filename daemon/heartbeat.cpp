#include "daemon/heartbeat.hpp"

namespace retention {

std::optional<Instant> next_heartbeat(Instant now, Instant last) {
    if (refuse_clock(now, last, false)) return std::nullopt;
    return last + longest_quiet;
}

} // namespace retention
