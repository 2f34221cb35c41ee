#pragma once
// A clock that stands still until a test moves it.

#include "policies/zone.hpp"

#include <functional>
#include <stdexcept>
#include <string>

namespace retention::test {

// "2026-11-21 02:30:00", UTC.
inline Instant instant(const std::string& text) {
    const auto date = parse_date(text.substr(0, 10));
    if (!date || text.size() != 19) throw std::invalid_argument("no instant: " + text);
    const auto number = [&text](std::size_t at) { return std::stoi(text.substr(at, 2)); };
    return Instant(date->time_since_epoch()) + std::chrono::hours(number(11)) + std::chrono::minutes(number(14)) +
           std::chrono::seconds(number(17));
}

class Clock {
public:
    explicit Clock(const std::string& text) : now_(instant(text)) {}
    Instant now() const { return now_; }
    void advance(std::chrono::microseconds by) { now_ += by; }
    void set(const std::string& text) { now_ = instant(text); }
    // What takes time as an argument takes this; the clock must outlive it.
    std::function<Instant()> reading() const {
        return [this] { return now_; };
    }

private:
    Instant now_;
};

} // namespace retention::test
