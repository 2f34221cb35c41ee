#include "daemon/replica_wait.hpp"

#include "connectors/plan.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <variant>

namespace retention::test {
namespace {

using namespace std::chrono_literals;

// Answers, one after another; the last one stays.
using Lag = std::variant<std::optional<std::chrono::milliseconds>, StoreError>;

class LaggingSession : public Session {
public:
    explicit LaggingSession(std::deque<Lag> answers) : answers_(std::move(answers)) {}
    std::optional<std::chrono::milliseconds> replica_lag() override {
        ++asked;
        const Lag answer = answers_.front();
        if (answers_.size() > 1) answers_.pop_front();
        if (const auto* error = std::get_if<StoreError>(&answer)) throw *error;
        return std::get<0>(answer);
    }
    Catalogue catalogue() override { return {}; }
    Problems try_plan(const Plan&) override { return {}; }
    Problems advise(const Plan&) override { return {}; }
    Survey survey(const Plan&) override { return {}; }
    std::optional<Explanation> explain(const Plan&, const std::vector<std::string>&) override { return std::nullopt; }
    std::unique_ptr<Walk> walk(const Plan&) override { return nullptr; }
    std::int64_t shared_records(const Plan&, const Plan&) override { return 0; }
    std::int64_t rows_kept_longer(const Plan&, std::size_t, const Plan&, bool) override { return 0; }
    void prepare_witnesses() override {}
    std::vector<Witness> witnesses() override { return {}; }
    void mark(const std::string&) override {}
    Settled settle(const std::string&) override { return Settled::in_doubt; }
    std::vector<std::string> leave_no_trace() override { return {}; }
    Instant now() override { return {}; }
    void cancel() noexcept override {}

    int asked = 0;

private:
    std::deque<Lag> answers_;
};

struct Calls {
    int disposed = 0, committed = 0, skipped = 0, rolled_back = 0, undone = 0;
};

class CountedWalk : public Walk {
public:
    explicit CountedWalk(Calls& calls) : calls_(calls) {}
    Disposed dispose(std::size_t) override {
        ++calls_.disposed;
        return {{{"1"}}, {}};
    }
    void skip() override { ++calls_.skipped; }
    void commit(const Witness&) override { ++calls_.committed; }
    void rollback() noexcept override { ++calls_.rolled_back; }
    void undo() noexcept override { ++calls_.undone; }

private:
    Calls& calls_;
};

// At most a second behind is near enough.
struct Bench {
    explicit Bench(std::deque<Lag> answers) : session(std::move(answers)) {}

    std::unique_ptr<Walk> walk() {
        return wait_for_replicas(
            std::make_unique<CountedWalk>(calls), session, 1s,
            [this](std::chrono::microseconds time) {
                ++pauses;
                waited += time;
                if (stop_after > 0 && pauses == stop_after) stop = true;
            },
            stop, [this](const std::string& what) { said.push_back(what); });
    }

    LaggingSession session;
    Calls calls;
    std::atomic<bool> stop = false;
    int pauses = 0, stop_after = 0;
    std::chrono::microseconds waited{0};
    std::vector<std::string> said;
};

StoreError unknown() {
    return {StoreError::Kind::failed, "a replica does not say how far it is"};
}

StoreError caught(const std::function<void()>& work) {
    try {
        work();
    } catch (const StoreError& error) {
        return error;
    }
    throw std::logic_error("nothing was thrown");
}

} // namespace

BOOST_AUTO_TEST_SUITE(replica_wait)

BOOST_AUTO_TEST_CASE(replicas_that_are_near_or_do_not_exist_are_not_waited_for) {
    for (const std::optional<std::chrono::milliseconds> lag :
         {std::optional<std::chrono::milliseconds>{}, std::optional(0ms), std::optional(1000ms)}) {
        Bench bench({lag});

        BOOST_TEST(bench.walk()->dispose(5).keys.size() == 1u);

        BOOST_TEST(bench.pauses == 0);
        BOOST_TEST(bench.said.empty());
    }
}

BOOST_AUTO_TEST_CASE(a_lag_is_waited_for_before_each_batch_and_told) {
    Bench bench({Lag(std::optional(1200ms)), Lag(std::optional(1001ms)), Lag(std::optional(900ms)),
                 Lag(std::optional(5000ms)), Lag(std::optional(0ms))});
    const auto walk = bench.walk();

    walk->dispose(5);
    BOOST_TEST(bench.pauses == 2);
    walk->dispose(5);

    BOOST_TEST(bench.pauses == 3);
    BOOST_TEST(bench.calls.disposed == 2);
    BOOST_TEST(bench.session.asked == 5);
    BOOST_TEST(bench.said == (std::vector<std::string>{"replicas, 1200 ms behind", "replicas, 1001 ms behind", "",
                                                       "replicas, 5000 ms behind", ""}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_lag_that_is_not_known_is_waited_for) {
    Bench bench({Lag(unknown()), Lag(unknown()), Lag(std::optional(0ms))});

    bench.walk()->dispose(5);

    BOOST_TEST(bench.pauses == 2);
    BOOST_TEST(bench.calls.disposed == 1);
    BOOST_TEST(bench.said.front() == "replicas: a replica does not say how far it is");
}

BOOST_AUTO_TEST_CASE(a_stop_ends_the_wait_and_nothing_is_disposed_of) {
    for (const Lag& lag : {Lag(unknown()), Lag(std::optional(9000ms))}) {
        Bench bench({lag});
        bench.stop_after = 3;

        const auto error = caught([&] { bench.walk()->dispose(5); });

        BOOST_CHECK(error.kind == StoreError::Kind::cancelled);
        BOOST_TEST(bench.pauses == 3);
        BOOST_TEST(bench.calls.disposed == 0);
    }
}

BOOST_AUTO_TEST_CASE(ten_minutes_end_the_wait_with_what_was_waited_for) {
    for (const Lag& lag : {Lag(unknown()), Lag(std::optional(9000ms))}) {
        Bench bench({lag});

        const auto error = caught([&] { bench.walk()->dispose(5); });

        BOOST_CHECK(error.kind == StoreError::Kind::failed);
        BOOST_TEST(std::string(error.what()).find("waited 10 minutes for replicas") == 0u);
        BOOST_TEST((bench.waited >= 10min));
        BOOST_TEST((bench.waited <= 10min + 5s));
        BOOST_TEST(bench.calls.disposed == 0);
    }
}

BOOST_AUTO_TEST_CASE(a_store_that_was_lost_is_not_waited_for) {
    Bench bench({Lag(StoreError(StoreError::Kind::lost, "gone"))});

    BOOST_CHECK(caught([&] { bench.walk()->dispose(5); }).kind == StoreError::Kind::lost);

    BOOST_TEST(bench.pauses == 0);
}

BOOST_AUTO_TEST_CASE(everything_else_goes_to_the_walk_at_once) {
    Bench bench({Lag(std::optional(9000ms))});
    const auto walk = bench.walk();

    walk->commit({});
    walk->skip();
    walk->rollback();
    walk->undo();

    BOOST_TEST(bench.calls.committed == 1);
    BOOST_TEST(bench.calls.skipped == 1);
    BOOST_TEST(bench.calls.rolled_back == 1);
    BOOST_TEST(bench.calls.undone == 1);
    BOOST_TEST(bench.session.asked == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention::test
