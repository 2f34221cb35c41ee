#pragma once
// A busy store, tried again: a lock not had, a deadlock, a statement cut short. As a wrapper of a walk. It does a
// batch again from its selection, never a commit: whether that may be done again only the caller knows.

#include "connectors/connector.hpp"
#include "daemon/pause.hpp"

#include <atomic>
#include <memory>

namespace retention {

// Waits of 100 ms, doubled each time: 6.3 s in all before the error goes on to the caller.
constexpr int most_retries = 6;
std::chrono::microseconds back_off(int retry); // from 0

// `stop`: once set, nothing is tried again. It must outlive the walk.
std::unique_ptr<Walk> retry_busy(std::unique_ptr<Walk>, Pause, const std::atomic<bool>& stop, Waits = {});

} // namespace retention
