#pragma once
// Whether a store can be worked on, and when it is tried again where it cannot: after a minute, then after twice as
// long each time, up to an hour. Pure; the clock comes in.

#include "policies/zone.hpp"

#include <optional>
#include <string>

namespace retention {

class StoreHealth {
public:
    enum class State { ready, unreachable, in_doubt };

    void reached(); // it answers and nothing of it is in doubt
    // Counts as one more try only where one was due: several who find it out at once are one.
    void failed(State, const std::string& reason, Instant now);
    // It is being tried: not again before that is over.
    void trying() { next_try_.reset(); }
    // A clock that was set back must not put the next try off for long.
    void clock_was_set(Instant now);

    State state() const { return state_; }
    const std::string& reason() const { return reason_; }
    std::optional<Instant> since() const { return since_; }
    std::optional<Instant> next_try() const { return next_try_; }
    // Work that can wait does so until then.
    bool rests(Instant now) const { return state_ != State::ready && (!next_try_ || now < *next_try_); }

private:
    State state_ = State::ready;
    std::string reason_;
    std::optional<Instant> since_, next_try_;
    int tries_ = 0;
};

std::string to_string(StoreHealth::State); // "ready", "unreachable", "in doubt"

} // namespace retention
