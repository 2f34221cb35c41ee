#include "daemon/parallel_walk.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace retention {
namespace {

// One walk with its thread. What is in it belongs to the thread while it is busy, and to the caller otherwise.
struct Worker {
    enum class State { idle, busy, ready, finished };

    std::unique_ptr<Walk> walk;
    State state = State::idle;
    std::size_t most = 0; // as it was asked; once ready: as many as it has
    Disposed disposed;
    std::exception_ptr failure;
    std::jthread thread;
};

class ParallelWalk : public Walk {
public:
    ParallelWalk(std::vector<std::unique_ptr<Walk>> walks, std::vector<std::unique_ptr<Session>> sessions)
        : sessions_(std::move(sessions)), workers_(walks.size()) {
        for (std::size_t i = 0; i < workers_.size(); ++i) {
            workers_[i].walk = std::move(walks[i]);
            workers_[i].thread = std::jthread([this, i](const std::stop_token& stop) { work(workers_[i], stop); });
        }
    }
    // The batches in hand are rolled back with their walks, whose sessions live longer.
    ~ParallelWalk() override {
        {
            const std::scoped_lock lock(mutex_); // or one that is about to wait would not be woken
            for (Worker& worker : workers_) worker.thread.request_stop();
        }
        for (const auto& session : sessions_)
            if (session) session->cancel();
        changed_.notify_all();
        for (Worker& worker : workers_) worker.thread.join();
        workers_.clear();
    }

    Disposed dispose(std::size_t most) override {
        std::unique_lock lock(mutex_);
        for (;;) {
            start_idle_ones(most);
            changed_.wait(lock, [&] { return ready() || all(Worker::State::finished); });
            current_ = ready();
            if (!current_) return {};
            current_->state = Worker::State::idle;
            failed_ = current_->failure ? current_ : nullptr;
            if (failed_) std::rethrow_exception(std::exchange(failed_->failure, nullptr));
            if (current_->disposed.empty()) {
                current_->state = Worker::State::finished;
                continue;
            }
            if (current_->disposed.keys.size() <= most) return std::move(current_->disposed);
            current_->walk->undo(); // prepared when more were allowed: once more, for fewer
        }
    }
    void skip() override {
        if (current_) current_->walk->skip();
    }
    void commit(const Witness& witness) override { current_->walk->commit(witness); }
    void rollback() noexcept override {
        if (current_) current_->walk->rollback();
    }
    void undo() noexcept override {
        if (current_) current_->walk->undo();
    }

private:
    Worker* ready() {
        const auto found = std::ranges::find(workers_, Worker::State::ready, &Worker::state);
        return found == workers_.end() ? nullptr : &*found;
    }
    bool all(Worker::State state) const {
        return std::ranges::all_of(workers_, [&](const Worker& worker) { return worker.state == state; });
    }

    // What is allowed and not in open transactions yet is parted among those that have nothing to do. One that has just
    // failed comes first: where its caller narrows the batch around what the store refuses, it is meant.
    void start_idle_ones(std::size_t most) {
        std::size_t idle = 0, open = 0;
        for (const Worker& worker : workers_) {
            if (worker.state == Worker::State::idle) ++idle;
            if (worker.state == Worker::State::busy || worker.state == Worker::State::ready) open += worker.most;
        }
        if (idle == 0 || (open > 0 && open >= most)) return;
        const std::size_t each = std::max<std::size_t>((most - open) / idle, 1);
        std::size_t left = most - open;
        const auto start = [&](Worker& worker) {
            if (worker.state != Worker::State::idle || left == 0) return;
            worker.most = std::min(each, left);
            left -= worker.most;
            worker.state = Worker::State::busy;
        };
        if (failed_) start(*failed_);
        for (Worker& worker : workers_) start(worker);
        changed_.notify_all();
    }

    void work(Worker& worker, const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [&] { return stop.stop_requested() || worker.state == Worker::State::busy; });
            if (stop.stop_requested()) return;
            lock.unlock();
            Disposed disposed;
            std::exception_ptr failure;
            try {
                disposed = worker.walk->dispose(worker.most);
            } catch (...) { // goes on to the caller, which throws it
                failure = std::current_exception();
            }
            lock.lock();
            worker.most = disposed.keys.size();
            worker.disposed = std::move(disposed);
            worker.failure = failure;
            worker.state = Worker::State::ready;
            changed_.notify_all();
        }
    }

    std::vector<std::unique_ptr<Session>> sessions_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Worker> workers_;
    Worker* current_ = nullptr; // whose batch the caller has, or whose failure it was told
    Worker* failed_ = nullptr;  // whose dispose() failed last, until another one answers
};

} // namespace

std::unique_ptr<Walk> in_parallel(std::vector<std::unique_ptr<Walk>> walks,
                                  std::vector<std::unique_ptr<Session>> sessions) {
    if (walks.size() == 1 && sessions.empty()) return std::move(walks.front());
    return std::make_unique<ParallelWalk>(std::move(walks), std::move(sessions));
}

} // namespace retention
