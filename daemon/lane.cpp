#include "daemon/lane.hpp"

#include <utility>

namespace retention {

WorkThread::WorkThread() : thread_([this] { work(); }) {}

WorkThread::~WorkThread() {
    close();
    thread_.join();
}

void WorkThread::post(Task task) {
    const std::scoped_lock lock(mutex_);
    if (closed_) return;
    tasks_.push_back(std::move(task));
    changed_.notify_one();
}

void WorkThread::close() {
    std::deque<Task> dropped; // destroyed without the lock: who knows what they hold
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
            task = std::move(tasks_.front());
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
