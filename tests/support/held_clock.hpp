#pragma once
// A clock for a daemon in a thread of its own: it stands still until a test moves it, and then rings the daemon's alarm
// as the clock on the wall would.

#include "daemon/wake_up.hpp"

#include <memory>
#include <string>

namespace retention::test {

class HeldClock {
public:
    explicit HeldClock(const std::string& text); // "2026-11-21 02:30:00", UTC
    Instant now() const;
    void advance(std::chrono::seconds by);
    void set(const std::string& text); // as a person would: noticed at once, also where it goes back
    // Time that passes while the daemon works: once it has read the clock so many times more. Rings no alarm, as one
    // that is set anew at that moment does not.
    void advance_after_readings(int readings, std::chrono::seconds by);
    int readings() const; // so far
    std::function<Instant()> reading() const;
    MakeWakeUp wake_up() const;

private:
    struct Shared;
    class Alarm;
    std::shared_ptr<Shared> shared_;
};

} // namespace retention::test
