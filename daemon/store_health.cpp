#include "daemon/store_health.hpp"

#include <algorithm>
#include <stdexcept>

namespace retention {
namespace {

constexpr std::chrono::minutes first_pause{1}, longest_pause{60};

std::chrono::minutes pause_after(int tries) {
    return std::min(first_pause * (1 << std::min(tries, 6)), longest_pause);
}

} // namespace

void StoreHealth::reached() {
    *this = {};
}

void StoreHealth::failed(State state, const std::string& reason, Instant now) {
    if (state_ == State::ready) since_ = now;
    state_ = state;
    reason_ = reason;
    if (next_try_ && now < *next_try_) return;
    next_try_ = now + pause_after(tries_++);
}

void StoreHealth::clock_was_set(Instant now) {
    if (next_try_) next_try_ = std::min<Instant>(*next_try_, now + longest_pause);
}

std::string to_string(StoreHealth::State state) {
    switch (state) {
    case StoreHealth::State::ready:
        return "ready";
    case StoreHealth::State::unreachable:
        return "unreachable";
    case StoreHealth::State::in_doubt:
        return "in doubt";
    }
    throw std::logic_error("a store's state without a name");
}

} // namespace retention
