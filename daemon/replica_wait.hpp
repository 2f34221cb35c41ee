#pragma once
// Waiting for a store's replicas, as a wrapper of a walk: before each batch, while no transaction is open. A lag that
// cannot be known is waited for like one that is too large.

#include "connectors/connector.hpp"
#include "daemon/pause.hpp"

#include <atomic>
#include <memory>

namespace retention {

// So long in all before one batch; then StoreError failed says what was waited for.
constexpr std::chrono::minutes longest_replica_wait{10};

// `session` is the walk's own. `stop`: once set, nothing is waited for and dispose() throws StoreError cancelled.
std::unique_ptr<Walk> wait_for_replicas(std::unique_ptr<Walk>, Session& session, std::chrono::milliseconds most_lag,
                                        Pause, const std::atomic<bool>& stop, Waits);

} // namespace retention
