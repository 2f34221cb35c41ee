#include "daemon/lane.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace retention {

WorkThread::WorkThread() : thread_([this] { work(); }) {}

WorkThread::~WorkThread() {
    close();
    thread_.join();
}

void WorkThread::post(Task task, const void* whose) {
    const std::scoped_lock lock(mutex_);
    if (closed_) return;
    tasks_.push_back({std::move(task), whose});
    changed_.notify_one();
}

void WorkThread::withdraw(const void* whose) {
    std::vector<Waiting> dropped; // destroyed without the lock, too
    const std::scoped_lock lock(mutex_);
    const auto its = std::ranges::stable_partition(tasks_, [&](const auto& one) { return one.whose != whose; });
    std::ranges::move(its, std::back_inserter(dropped));
    tasks_.erase(its.begin(), its.end());
}

void WorkThread::close() {
    std::deque<Waiting> dropped; // destroyed without the lock: who knows what they hold
    {
        const std::scoped_lock lock(mutex_);
        closed_ = true;
        dropped.swap(tasks_);
        changed_.notify_one();
    }
}

void WorkThread::work() {
    for (;;) {
        Task task;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return closed_ || !tasks_.empty(); });
            if (closed_) break;
            task = std::move(tasks_.front().task);
            tasks_.pop_front();
        }
        task();
    }
    ended_ = true;
}

Lane::Lane(const OpenStore& open, bool alone)
    : alone_(alone), open_for_runs_(run_interrupter_.wrap(open)), open_for_reads_(read_interrupter_.wrap(open)) {}

void Lane::interrupt() {
    run_interrupter_.interrupt();
    read_interrupter_.interrupt();
}

void Lane::close() {
    runs_.close();
    reads_.close();
}

} // namespace retention
