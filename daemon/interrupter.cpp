#include "daemon/interrupter.hpp"

#include "connectors/plan.hpp"

#include <algorithm>
#include <utility>

namespace retention {

// Sessions that are reading just now. One that is on its list cannot vanish: leaving it takes the lock too.
struct Interrupter::Sessions {
    std::atomic<bool> stop{false};
    std::mutex mutex;
    std::vector<std::pair<Session*, int>> reading; // with the piece of work that it belongs to
    std::atomic<int> work{0};

    // A cancel that comes late must not meet the next piece of work.
    void cancel(int meant) {
        const std::scoped_lock lock(mutex);
        for (const auto& [session, its_work] : reading)
            if (its_work == meant) session->cancel();
    }
};

namespace {

constexpr std::size_t most_cancels = 16;

using Sessions = Interrupter::Sessions;

class Reading {
public:
    Reading(Sessions& sessions, Session& session) : sessions_(sessions), session_(&session) {
        const std::scoped_lock lock(sessions_.mutex);
        if (sessions_.stop) throw StoreError(StoreError::Kind::cancelled, "stopped");
        sessions_.reading.emplace_back(session_, sessions_.work);
    }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;
    ~Reading() {
        const std::scoped_lock lock(sessions_.mutex);
        std::erase_if(sessions_.reading, [this](const auto& one) { return one.first == session_; });
    }

private:
    Sessions& sessions_;
    Session* session_;
};

class InterruptibleSession : public Session {
public:
    InterruptibleSession(std::unique_ptr<Session> real, std::shared_ptr<Sessions> sessions)
        : real_(std::move(real)), sessions_(std::move(sessions)) {}

    Catalogue catalogue() override { return reading()->catalogue(); }
    Problems try_plan(const Plan& plan) override { return reading()->try_plan(plan); }
    Problems advise(const Plan& plan) override { return reading()->advise(plan); }
    Survey survey(const Plan& plan) override { return reading()->survey(plan); }
    Count count(const Plan& plan, double share) override { return reading()->count(plan, share); }
    std::optional<Explanation> explain(const Plan& plan, const std::vector<std::string>& key) override {
        return reading()->explain(plan, key);
    }
    // Where the work of a walk begins with a look at the whole table, no batch is in hand yet.
    std::unique_ptr<Walk> walk(const Plan& plan) override { return reading()->walk(plan); }
    std::unique_ptr<Walk> walk_whole_partitions(const Plan& plan) override {
        return reading()->walk_whole_partitions(plan);
    }
    std::unique_ptr<Walk> join(const Plan& plan, Walk& other) override { return reading()->join(plan, other); }
    void complete(Plan& plan) override { reading()->complete(plan); }
    std::int64_t shared_records(const Plan& one, const Plan& other) override {
        return reading()->shared_records(one, other);
    }
    std::int64_t rows_kept_longer(const Plan& plan, std::size_t entry, const Plan& own, bool today) override {
        return reading()->rows_kept_longer(plan, entry, own, today);
    }
    void prepare_witnesses() override { real_->prepare_witnesses(); }
    std::vector<Witness> witnesses() override { return real_->witnesses(); }
    void mark(const std::string& name) override { real_->mark(name); }
    Settled settle(const std::string& batch) override { return real_->settle(batch); }
    std::vector<std::string> leave_no_trace() override { return real_->leave_no_trace(); }
    std::optional<std::chrono::milliseconds> replica_lag() override { return real_->replica_lag(); }
    std::optional<Traffic> others() override { return real_->others(); }
    void spare_processors() override { real_->spare_processors(); }
    Instant now() override { return real_->now(); }
    void cancel() noexcept override { real_->cancel(); }

private:
    // Holds the place on the list for the length of one call.
    struct Call {
        Reading reading;
        Session& session;
        Session* operator->() { return &session; }
    };
    Call reading() { return {{*sessions_, *real_}, *real_}; }

    std::unique_ptr<Session> real_;
    std::shared_ptr<Sessions> sessions_;
};

class InterruptibleConnector : public Connector {
public:
    InterruptibleConnector(std::unique_ptr<Connector> real, std::shared_ptr<Sessions> sessions)
        : real_(std::move(real)), sessions_(std::move(sessions)) {}
    // A store that hangs would be waited for, to read nothing. What writes may have a batch to settle.
    std::unique_ptr<Session> open(Access access) override {
        if (access == Access::read_only && sessions_->stop) throw StoreError(StoreError::Kind::cancelled, "stopped");
        return std::make_unique<InterruptibleSession>(real_->open(access), sessions_);
    }
    std::size_t most_writers() const override { return real_->most_writers(); }

private:
    std::unique_ptr<Connector> real_;
    std::shared_ptr<Sessions> sessions_;
};

} // namespace

Interrupter::Interrupter() : sessions_(std::make_shared<Sessions>()) {}
Interrupter::~Interrupter() = default;

const std::atomic<bool>& Interrupter::flag() const {
    return sessions_->stop;
}

OpenStore Interrupter::wrap(OpenStore open) const {
    return [open = std::move(open), sessions = sessions_](const StoreSettings& store,
                                                          const Zone& here) -> std::unique_ptr<Connector> {
        return std::make_unique<InterruptibleConnector>(open(store, here), sessions);
    };
}

void Interrupter::allow() {
    sessions_->work = ++work_;
    sessions_->stop = false;
}

void Interrupter::interrupt() {
    if (sessions_->stop.exchange(true)) return;
    if (cancelling_.size() == most_cancels) cancelling_.clear(); // those have long ended
    cancelling_.emplace_back([sessions = sessions_, work = work_] { sessions->cancel(work); });
}

} // namespace retention
