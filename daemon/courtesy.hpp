#pragma once
// Giving way to others who work on the same server. While they do, batches are short, one follows the other however
// many workers there are, and after each the server is left to them for a multiple of the time that it took. Alone, a
// purge goes as fast as it can. Courtesy decides and is pure: time is an argument; one for each store of a run, shared
// by its workers, thread-safe. give_way() puts it around a walk.

#include "daemon/batch_size.hpp"
#include "daemon/pause.hpp"

#include <atomic>
#include <deque>
#include <mutex>

namespace retention {

class Courtesy {
public:
    using Time = std::chrono::steady_clock::time_point;
    using Span = std::chrono::microseconds;
    // Fewer requests a second than this is nobody: an idle pool, a monitor.
    static constexpr std::int64_t fewest = 10;
    // So many a second make a purge wait once as long as its batch took, twice as many twice as long; and no longer
    // than `most_waits` times, so that it comes to its end on the busiest server.
    static constexpr double requests_a_wait = 10, most_waits = 199;
    static constexpr Span short_batch = std::chrono::milliseconds(5), longest_wait = std::chrono::seconds(10);
    static constexpr std::size_t least = 10; // records

    // Whether to look how busy the server is; true for one of those who ask, once a second, and for the first two.
    bool wants_look(Time now);
    // Requests of others, from wherever they are counted; nothing: it cannot be known, and nobody is given way to.
    // One busy look makes others seen; it takes two seconds without them until they are gone.
    void saw(std::optional<Traffic> others, Time now);

    // Zero: a batch may begin, of at most most() records, and the next one waits for its end. Otherwise ask again then.
    Span wait_at(Time now);
    std::size_t most() const;
    // The batch's statements have ended; then its commit. Worked example: 10 ms beside 50 requests a second: the next
    // one begins 50 ms later; beside 2,000 or more it begins 2 s later.
    void took(std::size_t records, Span, Time now);
    void commit_took(Span, Time now);

    std::string why() const; // "others, 420 requests a second"; empty where there are none

private:
    struct Look {
        Time at;
        std::int64_t others;
    };
    double waits() const;
    void wait_for(Span time, Time now);

    mutable std::mutex mutex_; // of all below
    std::deque<Look> looks_;   // the last three
    std::optional<Time> looked_at_;
    int asked_ = 0;
    double rate_ = 0; // requests a second; zero: nobody
    Time free_at_{};
    Span last_ = short_batch;
    std::size_t most_ = BatchSize::first;
};

// `session` is the walk's own. `stop`: once set, nothing is waited for and dispose() throws StoreError cancelled.
std::unique_ptr<Walk> give_way(std::unique_ptr<Walk>, Session&, Courtesy&, Steady, Pause, const std::atomic<bool>& stop,
                               Waits);

// Looks where it is time to. Throws StoreError where the store was lost.
void look_at_others(Session&, Courtesy&, std::chrono::steady_clock::time_point now);

} // namespace retention
