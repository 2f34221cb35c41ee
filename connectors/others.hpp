#pragma once
// How much others do on a server: what it has counted, less what the sessions of one connector have sent themselves.
// Those share it; any thread may call. A request is what the server counts: a transaction in PostgreSQL, a statement
// in MariaDB.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

namespace retention {

class Others {
public:
    // For each request that a session of ours sends.
    void sent() noexcept { own_.fetch_add(1, std::memory_order_relaxed); }
    std::int64_t own() const noexcept { return own_.load(std::memory_order_relaxed); }

    // The server has counted so many: those of others since the first call. Every request that counts is there at once.
    std::int64_t seen(std::int64_t counted);
    // PostgreSQL's sessions tell what they did about once a second. What ours have not told yet can only make others
    // look fewer, so the highest number so far is what counts, and ours alone never look like others. What others
    // have not told yet would hide them for the first second: the second call takes `begun`, the writing transactions
    // that the server has begun, which it knows at once. Not the later ones, because a trigger of a batch may begin one
    // for each row.
    std::int64_t seen_late(std::int64_t counted, std::int64_t begun);

    // Since the first call of this one.
    std::chrono::microseconds over(std::chrono::steady_clock::time_point now);

private:
    std::int64_t add(std::int64_t counted);

    std::atomic<std::int64_t> own_{0};
    std::mutex mutex_; // of all below
    int calls_ = 0;
    std::optional<std::chrono::steady_clock::time_point> first_;
    std::int64_t highest_ = 0, begun_ = 0, total_ = 0;
};

} // namespace retention
