#include "tests/bench/server/load.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

namespace retention::bench {

double system_seconds() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

double percentile_99(const std::vector<Sample>& samples, double from, double to) {
    std::vector<double> latencies;
    for (const Sample& sample : samples)
        if (sample.at >= from && sample.at <= to) latencies.push_back(sample.milliseconds);
    if (latencies.empty()) return 0;
    const auto at = latencies.begin() + static_cast<std::ptrdiff_t>(latencies.size() * 99 / 100);
    std::nth_element(latencies.begin(), at, latencies.end());
    return *at;
}

Load observe(const std::function<std::vector<Sample>(const std::function<bool()>& ended)>& busy,
             const std::function<void()>& work) {
    std::atomic<bool> ended{false};
    const double began = system_seconds();
    auto samples_of = std::async(std::launch::async, [&] { return busy([&ended] { return ended.load(); }); });
    std::this_thread::sleep_for(warming + without);
    const double work_began = system_seconds();
    auto done = std::async(std::launch::async, work);
    done.wait_for(most_with);
    const double work_ended = system_seconds();
    ended = true;
    done.get();
    const double all_ended = system_seconds();
    const auto samples = samples_of.get();
    const double from = began + std::chrono::duration<double>(warming).count();
    const auto many = std::count_if(samples.begin(), samples.end(),
                                    [&](const Sample& sample) { return sample.at >= from && sample.at <= work_began; });
    return {static_cast<double>(many) / (work_began - from), percentile_99(samples, from, work_began),
            percentile_99(samples, work_began, work_ended), work_ended - work_began, all_ended - work_began};
}

} // namespace retention::bench
