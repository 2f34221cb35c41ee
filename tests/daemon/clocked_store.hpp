#pragma once
// A real store whose own clock is the test's: the guard against wrong clocks compares the two.

#include "connectors/connector.hpp"
#include "daemon/planning.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace retention::test {

class ClockedSession : public Session {
public:
    ClockedSession(std::unique_ptr<Session> real, std::function<Instant()> time)
        : real_(std::move(real)), time_(std::move(time)) {}
    Instant now() override { return time_(); }

    Catalogue catalogue() override { return real_->catalogue(); }
    Problems try_plan(const Plan& plan) override { return real_->try_plan(plan); }
    Problems advise(const Plan& plan) override { return real_->advise(plan); }
    Survey survey(const Plan& plan) override { return real_->survey(plan); }
    Count count(const Plan& plan, double share) override { return real_->count(plan, share); }
    std::optional<Explanation> explain(const Plan& plan, const std::vector<std::string>& key) override {
        return real_->explain(plan, key);
    }
    std::unique_ptr<Walk> walk(const Plan& plan) override { return real_->walk(plan); }
    std::unique_ptr<Walk> walk_whole_partitions(const Plan& plan) override {
        return real_->walk_whole_partitions(plan);
    }
    std::unique_ptr<Walk> join(const Plan& plan, Walk& other) override { return real_->join(plan, other); }
    void complete(Plan& plan) override { real_->complete(plan); }
    std::int64_t shared_records(const Plan& one, const Plan& other) override {
        return real_->shared_records(one, other);
    }
    std::int64_t rows_kept_longer(const Plan& plan, std::size_t entry, const Plan& own, bool today) override {
        return real_->rows_kept_longer(plan, entry, own, today);
    }
    void prepare_witnesses() override { real_->prepare_witnesses(); }
    std::vector<Witness> witnesses() override { return real_->witnesses(); }
    void mark(const std::string& name) override { real_->mark(name); }
    Settled settle(const std::string& batch) override { return real_->settle(batch); }
    std::vector<std::string> leave_no_trace() override { return real_->leave_no_trace(); }
    std::optional<std::chrono::milliseconds> replica_lag() override { return real_->replica_lag(); }
    std::optional<Traffic> others() override { return real_->others(); }
    void spare_processors() override { real_->spare_processors(); }
    void cancel() noexcept override { real_->cancel(); }

private:
    std::unique_ptr<Session> real_;
    std::function<Instant()> time_;
};

class ClockedConnector : public Connector {
public:
    ClockedConnector(std::unique_ptr<Connector> real, std::function<Instant()> time)
        : real_(std::move(real)), time_(std::move(time)) {}
    std::unique_ptr<Session> open(Access access) override {
        return std::make_unique<ClockedSession>(real_->open(access), time_);
    }
    std::size_t most_writers() const override { return real_->most_writers(); }

private:
    std::unique_ptr<Connector> real_;
    std::function<Instant()> time_;
};

inline OpenStore with_clock(std::function<Instant()> time) {
    return [time = std::move(time)](const StoreSettings& store, const Zone& here) -> std::unique_ptr<Connector> {
        return std::make_unique<ClockedConnector>(make_connector(store, here), time);
    };
}

} // namespace retention::test
