#pragma once
// A store's ceiling of rows a second (`rows_per_second`), as a wrapper of a walk: it waits before a batch begins, when
// no transaction is open and no lock is held. Rows are the records and what goes with them. Not thread-safe.

#include "daemon/batch_size.hpp"
#include "daemon/pause.hpp"

namespace retention {

// When the next rows may be touched. Pure: time is an argument. Never lets an idle time be saved up for a burst.
class RateLimit {
public:
    using Time = std::chrono::steady_clock::time_point;
    explicit RateLimit(std::int64_t rows_per_second) : rate_(rows_per_second) {}
    std::chrono::microseconds wait_at(Time now) const; // zero: at once
    // Worked example: 500 rows at 5,000 a second from 12:00:00.000; the next may begin at 12:00:00.100.
    void touched(std::int64_t rows, Time began);

private:
    std::int64_t rate_;
    Time free_at_{};
};

// No batch is asked for more records than one second allows.
std::unique_ptr<Walk> limit_rate(std::unique_ptr<Walk>, std::int64_t rows_per_second, Steady, Pause);

} // namespace retention
