#pragma once
// The hours in which a store may be worked on: window = "22:00-05:00". Pure.

#include "policies/configuration.hpp"

#include <optional>
#include <string>

namespace retention {

using Window = std::pair<std::chrono::minutes, std::chrono::minutes>; // local time of day: from, until

// By the clock on the wall of the configuration's zone; `until` is outside. "22:00-05:00" is open at 22:00 and at
// 04:59, closed at 05:00. No window is always open, and one that ends where it begins is the whole day.
bool is_open(const std::optional<Window>&, const Zone&, Instant);
// When it opens next, where it is closed now; nothing where it is open.
std::optional<Instant> next_opening(const std::optional<Window>&, const Zone&, Instant now);
std::string to_string(const Window&); // "22:00-05:00"

} // namespace retention
