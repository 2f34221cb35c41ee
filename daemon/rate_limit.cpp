#include "daemon/rate_limit.hpp"

#include "daemon/wrapped_walk.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace retention {

std::chrono::microseconds RateLimit::wait_at(Time now) const {
    if (now >= free_at_) return std::chrono::microseconds{0};
    return std::chrono::ceil<std::chrono::microseconds>(free_at_ - now);
}

void RateLimit::touched(std::int64_t rows, Time began) {
    const double seconds = static_cast<double>(rows) / static_cast<double>(rate_);
    free_at_ = std::max(free_at_, began) +
               std::chrono::ceil<std::chrono::steady_clock::duration>(std::chrono::duration<double>(seconds));
}

namespace {

std::int64_t rows_of(const Disposed& disposed) {
    const auto add = [](std::int64_t sum, const RelatedCount& count) { return sum + count.records; };
    return std::accumulate(disposed.related.begin(), disposed.related.end(),
                           static_cast<std::int64_t>(disposed.keys.size()), add);
}

class LimitedWalk : public WrappedWalk {
public:
    LimitedWalk(std::unique_ptr<Walk> walk, std::int64_t rate, Steady clock, Pause pause)
        : WrappedWalk(std::move(walk))
        , limit_(rate)
        , most_(static_cast<std::size_t>(rate))
        , clock_(std::move(clock))
        , pause_(std::move(pause)) {}

    Disposed dispose(std::size_t most) override {
        const auto wait = limit_.wait_at(clock_());
        if (wait.count() > 0) pause_(wait);
        const auto began = clock_();
        auto disposed = WrappedWalk::dispose(std::min(most, most_));
        limit_.touched(rows_of(disposed), began);
        return disposed;
    }

private:
    RateLimit limit_;
    std::size_t most_;
    Steady clock_;
    Pause pause_;
};

} // namespace

std::unique_ptr<Walk> limit_rate(std::unique_ptr<Walk> walk, std::int64_t rate, Steady clock, Pause pause) {
    return std::make_unique<LimitedWalk>(std::move(walk), rate, std::move(clock), std::move(pause));
}

} // namespace retention
