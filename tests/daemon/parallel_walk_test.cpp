// Several walks as one, without a database: each walk does what its script says, and counts what is done to it.

#include "daemon/parallel_walk.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

namespace retention::test {
namespace {

using namespace std::chrono_literals;

// What all walks of a test do together.
struct Floor {
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t open = 0, most_open = 0; // records in open transactions
    int in_dispose = 0;
    std::set<std::string> committed, rolled_back;

    void opened(std::size_t records) {
        const std::scoped_lock lock(mutex);
        open += records;
        most_open = std::max(most_open, open);
        changed.notify_all();
    }
    void closed(const std::vector<std::vector<std::string>>& keys, std::set<std::string>* into) {
        const std::scoped_lock lock(mutex);
        open -= keys.size();
        if (into)
            for (const auto& key : keys) into->insert(key.at(0));
    }
    template <class Condition>
    bool until(Condition condition) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, 20s, condition);
    }
};

class FakeWalk : public Walk {
public:
    FakeWalk(Floor& floor, std::string name, int records) : floor_(floor), name_(std::move(name)), left_(records) {}
    ~FakeWalk() override { roll_back(); }

    Disposed dispose(std::size_t most) override {
        if (!keys_.empty()) throw std::logic_error("a batch is open");
        {
            std::unique_lock lock(floor_.mutex);
            ++floor_.in_dispose;
            floor_.changed.notify_all();
            // One that hangs is a statement that runs until it is cancelled.
            if (hangs) floor_.changed.wait(lock, [&] { return cancelled.load(); });
            --floor_.in_dispose;
        }
        if (hangs) throw StoreError(StoreError::Kind::cancelled, "cancelled");
        asked.push_back(most);
        if (failures > 0) {
            --failures;
            throw StoreError(StoreError::Kind::busy, "deadlock in " + name_);
        }
        for (std::size_t i = 0; i < most && i < static_cast<std::size_t>(left_); ++i)
            keys_.push_back({name_ + std::to_string(next_ + static_cast<int>(i))});
        floor_.opened(keys_.size());
        return {keys_, {}};
    }
    void skip() override {
        ++skipped;
        ++next_;
        --left_;
    }
    void commit(const Witness&) override {
        if (keys_.empty()) throw std::logic_error("no batch is open");
        floor_.closed(keys_, &floor_.committed);
        pass();
    }
    void rollback() noexcept override {
        floor_.closed(keys_, &floor_.rolled_back);
        pass();
    }
    void undo() noexcept override {
        ++undone;
        roll_back();
    }

    std::atomic<bool> cancelled = false;
    bool hangs = false;
    int failures = 0, skipped = 0, undone = 0;
    std::vector<std::size_t> asked;

private:
    void pass() {
        left_ -= static_cast<int>(keys_.size());
        next_ += static_cast<int>(keys_.size());
        keys_.clear();
    }
    void roll_back() {
        floor_.closed(keys_, keys_.empty() ? nullptr : &floor_.rolled_back);
        keys_.clear();
    }

    Floor& floor_;
    std::string name_;
    int left_, next_ = 1;
    std::vector<std::vector<std::string>> keys_;
};

struct Walks {
    std::vector<std::unique_ptr<Walk>> owned;
    std::vector<FakeWalk*> each;
    FakeWalk& add(Floor& floor, const std::string& name, int records) {
        auto walk = std::make_unique<FakeWalk>(floor, name, records);
        each.push_back(walk.get());
        owned.push_back(std::move(walk));
        return *each.back();
    }
    std::unique_ptr<Walk> together() { return in_parallel(std::move(owned), {}); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(parallel_walk)

BOOST_AUTO_TEST_CASE(one_walk_alone_stays_as_it_is) {
    Floor floor;
    Walks walks;
    FakeWalk& only = walks.add(floor, "a", 3);

    const auto walk = walks.together();

    BOOST_TEST(walk.get() == &only);
}

BOOST_AUTO_TEST_CASE(all_is_done_once_and_never_more_than_allowed_is_open) {
    for (const std::size_t most : {1u, 2u, 3u, 10u, 64u, 1000u}) BOOST_TEST_CONTEXT(most) {
            Floor floor;
            Walks walks;
            for (const std::string name : {"a", "b", "c", "d"}) walks.add(floor, name, 100);
            walks.add(floor, "empty", 0);
            const auto walk = walks.together();

            std::size_t went = 0, largest = 0;
            for (auto batch = walk->dispose(most); !batch.empty(); batch = walk->dispose(most)) {
                largest = std::max(largest, batch.keys.size());
                went += batch.keys.size();
                walk->commit({});
            }

            BOOST_TEST(went == 400u);
            BOOST_TEST(floor.committed.size() == 400u);
            BOOST_TEST(floor.rolled_back.empty());
            BOOST_TEST(largest <= most);
            BOOST_TEST(floor.most_open <= most);
            BOOST_TEST(walk->dispose(most).empty());
        }
}

BOOST_AUTO_TEST_CASE(the_others_prepare_their_batches_while_one_is_in_the_callers_hand) {
    Floor floor;
    Walks walks;
    walks.add(floor, "a", 5);
    walks.add(floor, "b", 5);
    const auto walk = walks.together();

    const auto first = walk->dispose(10);

    BOOST_TEST(first.keys.size() == 5u);
    BOOST_TEST(floor.until([&] { return floor.open == 10; }));
}

BOOST_AUTO_TEST_CASE(a_failure_reaches_the_caller_and_what_follows_goes_to_that_worker) {
    Floor floor;
    Walks walks;
    walks.add(floor, "a", 4);
    FakeWalk& failing = walks.add(floor, "b", 4);
    failing.failures = 3;
    const auto walk = walks.together();

    int failures = 0;
    std::size_t went = 0;
    for (bool more = true; more;) {
        try {
            const auto batch = walk->dispose(2);
            more = !batch.empty();
            went += batch.keys.size();
            if (more) walk->commit({});
        } catch (const StoreError& error) {
            BOOST_CHECK(error.kind == StoreError::Kind::busy);
            BOOST_TEST(error.what() == "deadlock in b");
            if (++failures == 2) walk->skip();
        }
    }

    BOOST_TEST(failures == 3);
    BOOST_TEST(failing.skipped == 1);
    BOOST_TEST(walks.each.at(0)->skipped == 0);
    BOOST_TEST(went == 7u);
    BOOST_TEST(floor.committed.count("b1") == 0u);
    BOOST_TEST(floor.committed.size() == 7u);
}

BOOST_AUTO_TEST_CASE(a_batch_that_has_become_too_large_is_undone_and_asked_for_again) {
    Floor floor;
    Walks walks;
    FakeWalk& a = walks.add(floor, "a", 40);
    FakeWalk& b = walks.add(floor, "b", 40);
    const auto walk = walks.together();
    BOOST_TEST(walk->dispose(20).keys.size() == 10u);
    walk->commit({});

    std::size_t went = 10, largest = 0;
    for (auto batch = walk->dispose(3); !batch.empty(); batch = walk->dispose(3)) {
        largest = std::max(largest, batch.keys.size());
        went += batch.keys.size();
        walk->commit({});
    }

    BOOST_TEST(a.undone + b.undone == 1); // what the other one had prepared
    BOOST_TEST(largest <= 3u);
    BOOST_TEST(went == 80u);
    BOOST_TEST(floor.committed.size() == 80u);
}

BOOST_AUTO_TEST_CASE(rollback_passes_the_batch_of_one_worker_and_undo_brings_it_again) {
    Floor floor;
    Walks walks;
    walks.add(floor, "a", 2);
    walks.add(floor, "b", 2);
    const auto walk = walks.together();

    const auto first = walk->dispose(2);
    walk->rollback();
    const auto second = walk->dispose(2);
    walk->undo();
    std::size_t went = 0;
    for (auto batch = walk->dispose(2); !batch.empty(); batch = walk->dispose(2)) {
        went += batch.keys.size();
        walk->commit({});
    }

    BOOST_TEST(floor.committed.size() == 4 - first.keys.size());
    BOOST_TEST(went == 4 - first.keys.size());
    BOOST_TEST(floor.committed.count(second.keys.at(0).at(0)) == 1u);
}

BOOST_AUTO_TEST_CASE(batches_in_hand_are_rolled_back_when_it_is_destroyed) {
    Floor floor;
    Walks walks;
    walks.add(floor, "a", 50);
    walks.add(floor, "b", 50);
    {
        const auto walk = walks.together();
        walk->dispose(10);
    }

    BOOST_TEST(floor.committed.empty());
    BOOST_TEST(floor.open == 0u);
    BOOST_TEST(!floor.rolled_back.empty());
}

namespace {

// cancel() ends what hangs, as a server's statement would end.
class CancellingSession : public Session {
public:
    CancellingSession(Floor& floor, FakeWalk& walk) : floor_(floor), walk_(walk) {}
    void cancel() noexcept override {
        {
            const std::scoped_lock lock(floor_.mutex);
            walk_.cancelled = true;
        }
        floor_.changed.notify_all();
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
    std::optional<std::chrono::milliseconds> replica_lag() override { return std::nullopt; }
    Instant now() override { return {}; }

private:
    Floor& floor_;
    FakeWalk& walk_;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_statement_that_still_runs_is_cancelled_when_it_is_destroyed) {
    Floor floor;
    Walks walks;
    FakeWalk& hanging = walks.add(floor, "a", 10);
    walks.add(floor, "b", 10);
    hanging.hangs = true;
    std::vector<std::unique_ptr<Session>> sessions;
    sessions.push_back(std::make_unique<CancellingSession>(floor, hanging));
    auto walk = in_parallel(std::move(walks.owned), std::move(sessions));
    BOOST_TEST(walk->dispose(4).keys.size() == 2u); // the other one's
    BOOST_TEST(floor.until([&] { return floor.in_dispose == 1; }));

    walk.reset();

    BOOST_TEST(floor.open == 0u);
    BOOST_TEST(floor.in_dispose == 0);
    BOOST_TEST(floor.committed.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention::test
