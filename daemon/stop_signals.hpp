#pragma once
// SIGINT and SIGTERM as a flag for as long as this lives: the run ends after the batch in hand. A second signal of the
// kind ends the process at once, which the audit log survives. At most one at a time in a process.

#include <atomic>
#include <csignal>

namespace retention {

// Whether one came since the last StopSignals was made.
const std::atomic<bool>& stop_flag();

class StopSignals {
public:
    StopSignals();
    ~StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

private:
    struct sigaction interrupt_before_ {};
    struct sigaction terminate_before_ {};
};

} // namespace retention
