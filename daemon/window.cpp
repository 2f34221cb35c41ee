#include "daemon/window.hpp"

#include <cstdio>

namespace retention {

bool is_open(const std::optional<Window>& window, const Zone& zone, Instant instant) {
    if (!window) return true;
    const auto [from, until] = *window;
    const LocalTime local = zone.local_time(instant);
    const auto time = local - std::chrono::floor<std::chrono::days>(local);
    if (from == until) return true;
    if (from < until) return from <= time && time < until;
    return from <= time || time < until;
}

// On a day whose clock skips its beginning it opens after the gap.
std::optional<Instant> next_opening(const std::optional<Window>& window, const Zone& zone, Instant now) {
    if (is_open(window, zone, now)) return std::nullopt;
    auto day = std::chrono::floor<std::chrono::days>(zone.local_time(now));
    for (int days = 0; days < 4; ++days, day += std::chrono::days(1)) {
        const Instant opens = zone.latest_instant(LocalTime(day) + window->first);
        if (opens > now && is_open(window, zone, opens)) return opens;
    }
    return now + std::chrono::hours(1); // not reached in any zone that is known: looked at again then
}

std::string to_string(const Window& window) {
    const auto hour = [](std::chrono::minutes time) { return static_cast<int>(time.count() / 60 % 24); };
    const auto minute = [](std::chrono::minutes time) { return static_cast<int>(time.count() % 60); };
    char text[32];
    std::snprintf(text, sizeof text, "%02d:%02d-%02d:%02d", hour(window.first), minute(window.first),
                  hour(window.second), minute(window.second));
    return text;
}

} // namespace retention
