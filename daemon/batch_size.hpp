#pragma once
// How many records a batch takes, so that it stays near the time that its store allows (`batch_time`): locks are held
// that long. Starts small, because the first batch knows nothing of the store. BatchSize is pure; adapt_batches() puts
// it around a walk. Not thread-safe.

#include "connectors/connector.hpp"

#include <chrono>
#include <functional>

namespace retention {

class BatchSize {
public:
    static constexpr std::size_t first = 100, least = 1, most = 10'000;

    explicit BatchSize(std::chrono::microseconds target) : target_(target) {}
    std::size_t next() const { return size_; }
    // The statements of a batch of so many records took so long. What the log and the commit take besides is the same
    // for a smaller one: a slow disk would shrink batches to nothing, and be as slow. At most doubled or halved by one
    // batch, so that a single stall does not ruin the walk: 100 records in 25 ms of 100 ms make 200, in 200 ms they
    // make 50. A batch that was not half full says nothing about larger ones: it can only make the next one smaller.
    void took(std::size_t records, std::chrono::microseconds);
    // The store refused to wait for a lock: half as many records have half as many locks.
    void yield();

private:
    std::chrono::microseconds target_;
    std::size_t size_ = first;
};

using Steady = std::function<std::chrono::steady_clock::time_point()>;

// A walk whose batches keep to `target`, however many records its caller asks for.
std::unique_ptr<Walk> adapt_batches(std::unique_ptr<Walk>, std::chrono::microseconds target, Steady);

} // namespace retention
