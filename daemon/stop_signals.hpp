#pragma once
// SIGINT and SIGTERM stop the work in hand for as long as this lives. A second signal of the kind ends the process at
// once, which the audit log survives. At most one at a time in a process.

#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

namespace retention {

class StopSignals {
public:
    // `stop` is called on a thread of its own, not in a signal's handler: once, and not after this has ended.
    explicit StopSignals(std::function<void()> stop);
    ~StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

private:
    struct sigaction interrupt_before_ {};
    struct sigaction terminate_before_ {};
    std::atomic<bool> ended_{false};
    std::thread waiting_;
};

} // namespace retention
