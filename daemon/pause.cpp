#include "daemon/pause.hpp"

#include <algorithm>
#include <thread>

namespace retention {

Pause pause_until_stopped(const std::atomic<bool>& stop) {
    return [&stop](std::chrono::microseconds left) {
        constexpr std::chrono::microseconds slice = std::chrono::milliseconds(50);
        for (; left.count() > 0 && !stop; left -= slice) std::this_thread::sleep_for(std::min(left, slice));
    };
}

} // namespace retention
