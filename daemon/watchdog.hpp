#pragma once
// Tells systemd that the io_context's thread still turns (WatchdogSec=, sd_watchdog_enabled(3)): WATCHDOG=1 at half the
// interval that it asks for. Where it asks for none there is no timer and no wake-up.

#include <chrono>
#include <memory>
#include <optional>

namespace boost::asio {
class io_context;
}

namespace retention {

// $WATCHDOG_USEC, where $WATCHDOG_PID is this process or is not set. Nothing for anything that is no such number.
std::optional<std::chrono::microseconds> watchdog_interval();

class Watchdog {
public:
    Watchdog(boost::asio::io_context&, std::chrono::microseconds interval); // tells it at once, too
    ~Watchdog();

private:
    struct Timer;
    std::unique_ptr<Timer> timer_;
};

} // namespace retention
