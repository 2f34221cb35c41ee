#pragma once
// A real store with gates: a call that comes to a closed one stands there until a test opens it. A session that is
// cancelled at a gate goes on at once, as a statement that is cancelled does.

#include "tests/daemon/clocked_store.hpp"

#include <condition_variable>
#include <mutex>

namespace retention::test {

class Gate {
public:
    void close() {
        const std::scoped_lock lock(mutex_);
        closed_ = true;
    }
    void open() {
        const std::scoped_lock lock(mutex_);
        closed_ = false;
        changed_.notify_all();
    }
    // Until someone stands at it. Throws after 30 s.
    void await_visitor() {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, std::chrono::seconds(30), [this] { return waiting_ > 0; }))
            throw std::runtime_error("nobody came to the gate");
    }
    void pass(const bool& cancelled) {
        std::unique_lock lock(mutex_);
        ++waiting_, ++visits;
        changed_.notify_all();
        changed_.wait(lock, [&] { return !closed_ || cancelled; });
        --waiting_;
        if (cancelled) throw StoreError(StoreError::Kind::cancelled, "cancelled at the gate");
    }
    void cancel(bool& cancelled) {
        const std::scoped_lock lock(mutex_);
        cancelled = true;
        ++cancels;
        changed_.notify_all();
    }
    int cancels = 0, visits = 0;

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool closed_ = false;
    int waiting_ = 0;
};

// Of one store. `away`: it cannot be reached.
struct Gates {
    Gate opening, surveying, counting, disposing;
    std::atomic<bool> away{false};
};

class GatedWalk : public Walk {
public:
    GatedWalk(std::unique_ptr<Walk> real, Gate& gate) : real_(std::move(real)), gate_(gate) {}
    Disposed dispose(std::size_t most) override {
        gate_.pass(never_);
        return real_->dispose(most);
    }
    void skip() override { real_->skip(); }
    void commit(const Witness& witness) override { real_->commit(witness); }
    void rollback() noexcept override { real_->rollback(); }
    void undo() noexcept override { real_->undo(); }
    Walk& real() { return *real_; }

private:
    std::unique_ptr<Walk> real_;
    Gate& gate_;
    const bool never_ = false;
};

class GatedSession : public ClockedSession {
public:
    GatedSession(std::unique_ptr<Session> real, std::function<Instant()> time, Gates& gates)
        : ClockedSession(std::move(real), std::move(time)), gates_(gates) {}
    Survey survey(const Plan& plan) override {
        gates_.surveying.pass(survey_cancelled_);
        return ClockedSession::survey(plan);
    }
    Count count(const Plan& plan, double share) override {
        gates_.counting.pass(count_cancelled_);
        return ClockedSession::count(plan, share);
    }
    std::unique_ptr<Walk> walk(const Plan& plan) override {
        return std::make_unique<GatedWalk>(ClockedSession::walk(plan), gates_.disposing);
    }
    std::unique_ptr<Walk> join(const Plan& plan, Walk& other) override {
        return std::make_unique<GatedWalk>(ClockedSession::join(plan, dynamic_cast<GatedWalk&>(other).real()),
                                           gates_.disposing);
    }
    void cancel() noexcept override {
        gates_.surveying.cancel(survey_cancelled_);
        gates_.counting.cancel(count_cancelled_);
        ClockedSession::cancel();
    }

private:
    Gates& gates_;
    bool survey_cancelled_ = false, count_cancelled_ = false; // each under its gate's lock
};

class GatedConnector : public Connector {
public:
    GatedConnector(std::unique_ptr<Connector> real, std::function<Instant()> time, Gates& gates)
        : real_(std::move(real)), time_(std::move(time)), gates_(gates) {}
    std::unique_ptr<Session> open(Access access) override {
        gates_.opening.pass(never_);
        if (gates_.away) throw StoreError(StoreError::Kind::lost, "no route to the store");
        return std::make_unique<GatedSession>(real_->open(access), time_, gates_);
    }
    std::size_t most_writers() const override { return real_->most_writers(); }

private:
    std::unique_ptr<Connector> real_;
    std::function<Instant()> time_;
    Gates& gates_;
    const bool never_ = false;
};

inline OpenStore gated(std::map<std::string, Gates>& gates, std::function<Instant()> time) {
    return
        [&gates, time = std::move(time)](const StoreSettings& store, const Zone& here) -> std::unique_ptr<Connector> {
            return std::make_unique<GatedConnector>(make_connector(store, here), time, gates.at(store.name));
        };
}

} // namespace retention::test
