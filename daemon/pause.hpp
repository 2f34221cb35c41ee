#pragma once
// Waiting, as an argument: back-off and the rate limit wait through this, tests pass one that only counts.

#include <atomic>
#include <chrono>
#include <functional>

namespace retention {

// Returns after that time, or earlier once the work is to stop.
using Pause = std::function<void(std::chrono::microseconds)>;

// Sleeps in slices of 50 ms, so that a stop is noticed within one. `stop` must outlive it.
Pause pause_until_stopped(const std::atomic<bool>& stop);

} // namespace retention
