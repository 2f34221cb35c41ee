#include "daemon/replica_wait.hpp"

#include "daemon/wrapped_walk.hpp"

#include <algorithm>
#include <utility>

namespace retention {
namespace {

using std::chrono::milliseconds;

class WaitingWalk : public WrappedWalk {
public:
    WaitingWalk(std::unique_ptr<Walk> walk, Session& session, milliseconds most_lag, Pause pause,
                const std::atomic<bool>& stop, Waits waits)
        : WrappedWalk(std::move(walk))
        , session_(session)
        , most_lag_(most_lag)
        , pause_(std::move(pause))
        , stop_(stop)
        , waits_(std::move(waits)) {}

    Disposed dispose(std::size_t most) override {
        wait();
        return WrappedWalk::dispose(most);
    }

private:
    // Empty: the replicas are near enough.
    std::string behind() const {
        try {
            const auto lag = session_.replica_lag();
            if (!lag || *lag <= most_lag_) return {};
            return "replicas, " + std::to_string(lag->count()) + " ms behind";
        } catch (const StoreError& error) {
            if (error.kind == StoreError::Kind::lost) throw;
            return std::string("replicas: ") + error.what();
        }
    }

    void wait() {
        milliseconds waited{0};
        for (milliseconds pause{100};; pause = std::min(pause * 2, milliseconds{5000})) {
            const std::string what = behind();
            if (what.empty()) break;
            if (stop_) throw StoreError(StoreError::Kind::cancelled, "stopped while waiting for " + what);
            if (waited >= longest_replica_wait)
                throw StoreError(StoreError::Kind::failed, "waited 10 minutes for " + what);
            if (waits_) waits_(what);
            pause_(pause);
            waited += pause;
        }
        if (waited.count() > 0 && waits_) waits_("");
    }

    Session& session_;
    milliseconds most_lag_;
    Pause pause_;
    const std::atomic<bool>& stop_;
    Waits waits_;
};

} // namespace

std::unique_ptr<Walk> wait_for_replicas(std::unique_ptr<Walk> walk, Session& session, milliseconds most_lag,
                                        Pause pause, const std::atomic<bool>& stop, Waits waits) {
    return std::make_unique<WaitingWalk>(std::move(walk), session, most_lag, std::move(pause), stop, std::move(waits));
}

} // namespace retention
