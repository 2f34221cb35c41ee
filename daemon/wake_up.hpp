#pragma once
// One alarm by the clock on the wall. It rings at its instant, and at once when the clock is set: a daemon that has
// nothing to do sleeps until then. (A timer that counts would be wrong after the clock was set, and one that looks once
// an hour wakes the machine for nothing.)

#include "policies/zone.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace boost::asio {
class io_context;
}

namespace retention {

class WakeUp {
public:
    virtual ~WakeUp() = default;
    // Rings once, then; an instant that has passed rings at once. Nothing: only when the clock is set. Replaces what
    // was set before, and is to be called again after each ringing.
    virtual void at(std::optional<Instant>) = 0;
};

// How one is made; it rings on the io_context's thread. Tests have their own, with the clock that they hold.
using MakeWakeUp = std::function<std::unique_ptr<WakeUp>(boost::asio::io_context&, std::function<void()> ring)>;

// By timerfd_create(2) with TFD_TIMER_ABSTIME and TFD_TIMER_CANCEL_ON_SET. Throws std::system_error.
std::unique_ptr<WakeUp> wall_clock_wake_up(boost::asio::io_context&, std::function<void()> ring);

} // namespace retention
