#include "daemon/batch_size.hpp"

#include "daemon/wrapped_walk.hpp"

#include <algorithm>
#include <utility>

namespace retention {

void BatchSize::took(std::size_t records, std::chrono::microseconds time) {
    if (records == 0) return;
    const double factor =
        static_cast<double>(target_.count()) / static_cast<double>(std::max<std::int64_t>(time.count(), 1));
    if (records < size_ / 2 && factor >= 1) return;
    const double size = static_cast<double>(size_) * std::clamp(factor, 0.5, 2.0);
    size_ = std::clamp(static_cast<std::size_t>(size), least, most);
}

void BatchSize::yield() {
    size_ = std::max(size_ / 2, least);
}

namespace {

class AdaptingWalk : public WrappedWalk {
public:
    AdaptingWalk(std::unique_ptr<Walk> walk, std::chrono::microseconds target, Steady clock)
        : WrappedWalk(std::move(walk)), size_(target), clock_(std::move(clock)) {}

    Disposed dispose(std::size_t most) override {
        const auto began = clock_();
        try {
            auto disposed = WrappedWalk::dispose(std::min(most, size_.next()));
            records_ = disposed.keys.size();
            took_ = std::chrono::duration_cast<std::chrono::microseconds>(clock_() - began);
            return disposed;
        } catch (const StoreError&) {
            size_.yield();
            throw;
        }
    }
    void commit(const Witness& witness) override {
        WrappedWalk::commit(witness);
        size_.took(records_, took_);
    }

private:
    BatchSize size_;
    Steady clock_;
    std::chrono::microseconds took_{};
    std::size_t records_ = 0;
};

} // namespace

std::unique_ptr<Walk> adapt_batches(std::unique_ptr<Walk> walk, std::chrono::microseconds target, Steady clock) {
    return std::make_unique<AdaptingWalk>(std::move(walk), target, std::move(clock));
}

} // namespace retention
