#pragma once
// The latencies of other people's work, beside a purge and without it.

#include <chrono>
#include <functional>
#include <vector>

namespace retention::bench {

struct Sample {
    double at = 0;           // when it ended, in seconds of the system's clock
    double milliseconds = 0; // from the moment for which it was planned
};

struct Load {
    double rate = 0;                      // a second, as reached
    double p99_without = 0, p99_with = 0; // milliseconds
    double seconds_with = 0;              // of work beside it, at most `most_with`
    double seconds_of_work = 0;           // to its end, which may have come after that of the load
};

// A purge that gives way goes on for long; that it first counts what is due, in one scan, is part of what it does.
constexpr std::chrono::seconds warming{1}, without{10}, most_with{60};

double system_seconds();
double percentile_99(const std::vector<Sample>&, double from, double to);

// Starts `busy` in a thread, which ends soon after its argument says so, does the work beside it, and looks at the
// samples that `busy` returns. Work that goes on for longer than `most_with` ends without the load.
Load observe(const std::function<std::vector<Sample>(const std::function<bool()>& ended)>& busy,
             const std::function<void()>& work);

} // namespace retention::bench
