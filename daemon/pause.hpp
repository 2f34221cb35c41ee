#pragma once
// Waiting, as an argument: back-off and the rate limit wait through this, tests pass one that only counts.

#include <atomic>
#include <chrono>
#include <functional>
#include <string>

namespace retention {

// Returns after that time, or earlier once the work is to stop.
using Pause = std::function<void(std::chrono::microseconds)>;

// Told what is waited for, and with an empty text when that is over: "replicas, 1200 ms behind". May be empty itself.
// Called on any thread that waits.
using Waits = std::function<void(const std::string& what)>;

// Sleeps in slices of 50 ms, so that a stop is noticed within one. `stop` must outlive it.
Pause pause_until_stopped(const std::atomic<bool>& stop);

} // namespace retention
