#include "daemon/retry.hpp"

#include <utility>

namespace retention {

std::chrono::microseconds back_off(int retry) {
    return std::chrono::milliseconds(100) * (1 << retry);
}

namespace {

bool passes(StoreError::Kind kind) {
    return kind == StoreError::Kind::busy || kind == StoreError::Kind::cancelled;
}

class RetryingWalk : public Walk {
public:
    RetryingWalk(std::unique_ptr<Walk> walk, Pause pause, const std::atomic<bool>& stop)
        : walk_(std::move(walk)), pause_(std::move(pause)), stop_(stop) {}

    Disposed dispose(std::size_t most) override {
        for (int retry = 0;; ++retry) {
            try {
                return walk_->dispose(most);
            } catch (const StoreError& error) {
                if (!passes(error.kind) || retry == most_retries || stop_) throw;
            }
            pause_(back_off(retry));
        }
    }
    void commit(const Witness& witness) override { walk_->commit(witness); }
    void skip() override { walk_->skip(); }
    void rollback() noexcept override { walk_->rollback(); }

private:
    std::unique_ptr<Walk> walk_;
    Pause pause_;
    const std::atomic<bool>& stop_;
};

} // namespace

std::unique_ptr<Walk> retry_busy(std::unique_ptr<Walk> walk, Pause pause, const std::atomic<bool>& stop) {
    return std::make_unique<RetryingWalk>(std::move(walk), std::move(pause), stop);
}

} // namespace retention
