#pragma once
// The threads of one store: one for its runs, which are one after the other, and one for what only reads (reports,
// surveys), which need not wait for a run. No store waits for another one's. Tasks throw nothing; what they found out
// they post to the io_context, where all state of the daemon is.

#include "daemon/interrupter.hpp"

#include <condition_variable>
#include <deque>
#include <functional>

namespace retention {

using Task = std::function<void()>;

class WorkThread {
public:
    WorkThread();
    ~WorkThread(); // drops what waits, waits for what runs
    WorkThread(const WorkThread&) = delete;
    WorkThread& operator=(const WorkThread&) = delete;

    void post(Task, const void* whose = nullptr);
    void withdraw(const void* whose); // drops what was posted under that and has not begun
    // Takes no more, and ends after what it has in hand. Does not wait.
    void close();
    bool ended() const { return ended_; }

private:
    void work();

    std::mutex mutex_;
    std::condition_variable changed_;
    struct Waiting {
        Task task;
        const void* whose;
    };
    std::deque<Waiting> tasks_;
    bool closed_ = false;
    std::atomic<bool> ended_{false};
    std::jthread thread_; // last: it uses the others
};

class Lane {
public:
    // `alone`: readers and writers of this store lock each other out (SQLite without a write-ahead log), so that what
    // reads takes its turn with the runs.
    Lane(const OpenStore&, bool alone);

    WorkThread& runs() { return runs_; }
    WorkThread& reads() { return alone_ ? runs_ : reads_; }
    Interrupter& run_interrupter() { return run_interrupter_; }
    // Their work can be interrupted.
    const OpenStore& open_for_runs() const { return open_for_runs_; }
    const OpenStore& open_for_reads() const { return open_for_reads_; }

    void interrupt(); // both threads
    void close();     // both threads end after what they have in hand
    bool ended() const { return runs_.ended() && reads_.ended(); }

private:
    bool alone_;
    Interrupter run_interrupter_, read_interrupter_;
    OpenStore open_for_runs_, open_for_reads_;
    WorkThread runs_, reads_;
};

} // namespace retention
