#include "daemon/retry.hpp"

#include "daemon/wrapped_walk.hpp"

#include <utility>

namespace retention {

std::chrono::microseconds back_off(int retry) {
    return std::chrono::milliseconds(100) * (1 << retry);
}

namespace {

bool passes(StoreError::Kind kind) {
    return kind == StoreError::Kind::busy || kind == StoreError::Kind::cancelled;
}

class RetryingWalk : public WrappedWalk {
public:
    RetryingWalk(std::unique_ptr<Walk> walk, Pause pause, const std::atomic<bool>& stop, Waits waits)
        : WrappedWalk(std::move(walk)), pause_(std::move(pause)), stop_(stop), waits_(std::move(waits)) {}

    Disposed dispose(std::size_t most) override {
        for (int retry = 0;; ++retry) {
            try {
                auto disposed = WrappedWalk::dispose(most);
                if (retry > 0 && waits_) waits_("");
                return disposed;
            } catch (const StoreError& error) {
                if (!passes(error.kind) || retry == most_retries || stop_) throw;
                if (waits_) waits_(std::string("the store is busy: ") + error.what());
            }
            pause_(back_off(retry));
        }
    }

private:
    Pause pause_;
    const std::atomic<bool>& stop_;
    Waits waits_;
};

} // namespace

std::unique_ptr<Walk> retry_busy(std::unique_ptr<Walk> walk, Pause pause, const std::atomic<bool>& stop, Waits waits) {
    return std::make_unique<RetryingWalk>(std::move(walk), std::move(pause), stop, std::move(waits));
}

} // namespace retention
