#include "daemon/courtesy.hpp"

#include "connectors/plan.hpp"
#include "tests/daemon/scripted_store.hpp"
#include "tests/support/enforced_world.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace retention::test {
namespace {

using namespace std::chrono_literals;
using Time = Courtesy::Time;

// Looked at once a second; others send so many requests in each.
void look(Courtesy& courtesy, std::int64_t a_second, Time& now, int seconds) {
    static std::int64_t all = 0;
    for (int i = 0; i < seconds; ++i) {
        now += 1s;
        courtesy.saw(Traffic{all += a_second, {}}, now);
    }
}

// A batch that begins at once, and ends `time` later.
void batch(Courtesy& courtesy, std::size_t records, Courtesy::Span time, Time& now) {
    BOOST_TEST((courtesy.wait_at(now) == 0us));
    now += time;
    courtesy.took(records, time, now);
}

// Others who send so many requests a second, by a clock that only pauses and batches move.
struct Server : ScriptedSession {
    Server() : ScriptedSession(script) {}
    std::optional<Traffic> others() override {
        ++asked;
        if (error) throw *error;
        if (!a_second) return std::nullopt;
        const auto over = std::chrono::duration_cast<std::chrono::microseconds>(now - Time{1h});
        return Traffic{over.count() * *a_second / 1'000'000, over};
    }

    static inline Script script;
    std::optional<std::int64_t> a_second;
    std::optional<StoreError> error;
    Time now{1h};
    int asked = 0;
};

// Each record takes a hundredth of a millisecond, and the commit nothing.
class TimedWalk : public Walk {
public:
    explicit TimedWalk(Server& server, std::vector<std::size_t>& batches) : server_(server), batches_(batches) {}
    Disposed dispose(std::size_t most) override {
        batches_.push_back(most);
        server_.now += most * 10us;
        return {std::vector<std::vector<std::string>>(most, {"1"}), {}};
    }
    void commit(const Witness&) override {}
    void skip() override {}
    void rollback() noexcept override {}

private:
    Server& server_;
    std::vector<std::size_t>& batches_;
};

struct Bench {
    std::unique_ptr<Walk> walk() {
        return give_way(
            std::make_unique<TimedWalk>(server, batches), server, courtesy, [this] { return server.now; },
            [this](std::chrono::microseconds time) {
                server.now += time;
                waited += time;
                if (stop_at_pause) stop = true;
            },
            stop, [this](const std::string& what) { said.push_back(what); });
    }
    // Of batches that ask for 10,000 records, until so much time has passed.
    std::size_t records_in(std::chrono::seconds time) {
        const auto until = server.now + time;
        const auto courteous = walk();
        std::size_t records = 0;
        while (server.now < until) {
            records += courteous->dispose(10'000).keys.size();
            courteous->commit({});
        }
        return records;
    }

    Server server;
    Courtesy courtesy;
    std::vector<std::size_t> batches;
    std::chrono::microseconds waited{0};
    std::atomic<bool> stop = false;
    bool stop_at_pause = false;
    std::vector<std::string> said;
};

} // namespace

BOOST_AUTO_TEST_SUITE(courtesy)

BOOST_AUTO_TEST_CASE(goes_at_full_speed_when_alone) {
    for (const std::int64_t a_second : {0, 9}) {
        Courtesy courtesy;
        Time now{1h};
        look(courtesy, a_second, now, 5);

        batch(courtesy, 10'000, 100ms, now);

        BOOST_TEST((courtesy.wait_at(now) == 0us), a_second);
        BOOST_TEST(courtesy.most() == BatchSize::most);
        BOOST_TEST(courtesy.why() == "");
    }
}

BOOST_AUTO_TEST_CASE(waits_in_proportion_to_the_batch_and_to_the_traffic) {
    struct Row {
        std::int64_t a_second;
        Courtesy::Span batch, wait;
    };
    for (const Row& row : {Row{10, 10ms, 10ms}, Row{50, 10ms, 50ms}, Row{50, 4ms, 20ms}, Row{1000, 10ms, 1s},
                           Row{1990, 10ms, 1990ms}, Row{100'000, 10ms, 1990ms}}) {
        BOOST_TEST_CONTEXT(row.a_second << " requests a second, a batch of " << row.batch.count() << " us") {
            Courtesy courtesy;
            Time now{1h};
            look(courtesy, row.a_second, now, 3);
            batch(courtesy, 100, row.batch, now);
            batch(courtesy, 100, row.batch, now += courtesy.wait_at(now));

            BOOST_TEST((courtesy.wait_at(now) == row.wait));
            now += row.wait - 1us;
            BOOST_TEST((courtesy.wait_at(now) == 1us));
            BOOST_TEST((courtesy.wait_at(now + 1us) == 0us));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_commit_is_waited_for_like_a_statement) {
    Courtesy courtesy;
    Time now{1h};
    look(courtesy, 50, now, 3);
    batch(courtesy, 100, 10ms, now);

    now += 10ms;
    courtesy.commit_took(10ms, now);

    BOOST_TEST((courtesy.wait_at(now) == 90ms));
}

BOOST_AUTO_TEST_CASE(a_long_batch_is_not_waited_for_longer_than_ten_seconds) {
    Courtesy courtesy;
    Time now{1h};
    look(courtesy, 5000, now, 3);

    batch(courtesy, 100, 3s, now);

    BOOST_TEST((courtesy.wait_at(now) == 10s));
}

BOOST_AUTO_TEST_CASE(one_worker_at_a_time_while_others_work) {
    Courtesy courtesy;
    Time now{1h};
    look(courtesy, 10, now, 3);

    BOOST_TEST((courtesy.wait_at(now) == 0us));

    BOOST_TEST(
        (courtesy.wait_at(now) > 0us)); // the second one's turn comes when the first has ended, and after its wait
}

BOOST_AUTO_TEST_CASE(workers_do_not_wait_for_one_another_when_alone) {
    Courtesy courtesy;
    Time now{1h};
    look(courtesy, 0, now, 3);

    BOOST_TEST((courtesy.wait_at(now) == 0us));

    BOOST_TEST((courtesy.wait_at(now) == 0us));
}

// The first one is perhaps lost with its worker: nobody tells when it ends.
BOOST_AUTO_TEST_CASE(a_batch_that_never_ends_does_not_keep_the_next_one_waiting_for_ever) {
    Courtesy courtesy;
    Time now{1h};
    look(courtesy, 100'000, now, 3);
    BOOST_TEST((courtesy.wait_at(now) == 0us));

    now += courtesy.wait_at(now);

    BOOST_TEST((courtesy.wait_at(now) == 0us));
}

BOOST_AUTO_TEST_CASE(batches_come_near_five_milliseconds_while_others_work) {
    Courtesy courtesy;
    Time now{1h};
    look(courtesy, 0, now, 1);
    batch(courtesy, 10'000, 100ms, now);
    look(courtesy, 50, now, 1);

    BOOST_TEST(courtesy.most() == 500u); // from what a batch took when alone
    batch(courtesy, 500, 20ms, now);
    BOOST_TEST(courtesy.most() == 125u);
    batch(courtesy, 125, 1ms, now += 10s);
    BOOST_TEST(courtesy.most() == 250u); // at most doubled
    batch(courtesy, 3, 1ms, now += 10s);
    BOOST_TEST(courtesy.most() == 250u); // it says nothing about more
    batch(courtesy, 2, 10s, now += 10s);
    BOOST_TEST(courtesy.most() == Courtesy::least);
}

BOOST_AUTO_TEST_CASE(one_look_sees_others_and_two_quiet_seconds_make_alone) {
    Courtesy courtesy;
    Time now{1h};
    look(courtesy, 0, now, 4);
    look(courtesy, 500, now, 1);
    BOOST_TEST(courtesy.why() == "others, 250 requests a second"); // over two seconds

    // a server tells about once a second: nothing new in one look is no quiet yet
    look(courtesy, 0, now, 1);
    BOOST_TEST(courtesy.why() == "others, 250 requests a second");
    look(courtesy, 0, now, 1);

    BOOST_TEST(courtesy.why() == "");
    BOOST_TEST((courtesy.wait_at(now) == 0us));
}

BOOST_AUTO_TEST_CASE(looks_twice_at_once_and_then_once_a_second) {
    Courtesy courtesy;
    const Time now{1h};

    BOOST_TEST(courtesy.wants_look(now));
    BOOST_TEST(courtesy.wants_look(now + 100ms));

    BOOST_TEST(!courtesy.wants_look(now + 200ms));
    BOOST_TEST(!courtesy.wants_look(now + 1099ms));
    BOOST_TEST(courtesy.wants_look(now + 1100ms));
    BOOST_TEST(!courtesy.wants_look(now + 1100ms)); // one of those who ask
}

BOOST_AUTO_TEST_CASE(yields_while_others_work) {
    Bench alone, beside;
    alone.server.a_second = 0;
    beside.server.a_second = 200;

    const auto fast = alone.records_in(60s), slow = beside.records_in(60s);

    // 100,000 records a second; beside them one part in twenty-one, but for the first batch, before which nothing is
    // known
    BOOST_TEST(fast >= 5'990'000u);
    BOOST_TEST((alone.waited == 0us));
    BOOST_TEST(slow >= 6'000'000u / 21 * 9 / 10);
    BOOST_TEST(slow <= 6'000'000u / 21 * 11 / 10 + 10'000);
    BOOST_TEST(*std::max_element(beside.batches.begin() + 3, beside.batches.end()) <= 500u);
    BOOST_TEST(alone.server.asked <= 62);
    BOOST_TEST(beside.server.asked <= 62);
}

BOOST_AUTO_TEST_CASE(goes_on_on_the_busiest_server) {
    Bench bench;
    bench.server.a_second = 1'000'000;

    BOOST_TEST(bench.records_in(600s) >= 600u * 100'000 / 200 * 9 / 10);
}

BOOST_AUTO_TEST_CASE(says_what_it_waits_for_and_when_that_is_over) {
    Bench bench;
    bench.server.a_second = 200;
    bench.records_in(20s);

    BOOST_REQUIRE(bench.said.size() >= 4u);
    BOOST_TEST(bench.said[bench.said.size() - 2] == "others, 200 requests a second");
    BOOST_TEST(bench.said.back() == "");
}

BOOST_AUTO_TEST_CASE(is_fast_again_a_few_seconds_after_others_have_gone) {
    Bench bench;
    bench.server.a_second = 2000;
    bench.records_in(10s);
    bench.server.a_second = std::nullopt;
    bench.server.now += 1s;

    BOOST_TEST(bench.records_in(10s) >= 700'000u);
}

BOOST_AUTO_TEST_CASE(a_pause_ends_at_once_when_asked_to_stop) {
    Bench bench;
    bench.server.a_second = 100'000;
    bench.stop_at_pause = true;

    try {
        bench.records_in(60s);
        BOOST_ERROR("nothing was thrown");
    } catch (const StoreError& error) {
        BOOST_CHECK(error.kind == StoreError::Kind::cancelled);
        BOOST_TEST(std::string(error.what()).find("stopped while waiting for others, ") == 0u);
    }
    BOOST_TEST((bench.waited <= 1s)); // one pause of at most that
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_tell_is_worked_on_as_if_alone) {
    Bench bench;

    BOOST_TEST(bench.records_in(10s) >= 990'000u);
}

BOOST_AUTO_TEST_CASE(the_first_look_sees_what_others_did_since_the_plan_was_made) {
    Courtesy courtesy;

    courtesy.saw(Traffic{20, 40ms}, Time{1h});

    BOOST_TEST(courtesy.why() == "others, 500 requests a second");
}

BOOST_AUTO_TEST_CASE(a_store_that_was_lost_is_told) {
    Bench bench;
    bench.server.error = StoreError(StoreError::Kind::lost, "gone");

    BOOST_CHECK_THROW(bench.walk()->dispose(5), StoreError);
    BOOST_TEST(bench.batches.empty());
}

BOOST_AUTO_TEST_CASE(a_run_gives_way_says_why_and_ends_complete) {
    World world;
    world.stores["crm"].more_others = 1'000'000;
    std::vector<std::string> said;
    world.progress = [&](const Progress& progress) {
        if (progress.waits_for) said.push_back(*progress.waits_for);
    };

    const auto outcome = world.process();

    BOOST_REQUIRE(outcome);
    BOOST_CHECK(outcome->outcome == Outcome::completed);
    BOOST_TEST(world.left_due() == 0);
    BOOST_REQUIRE(!said.empty());
    BOOST_TEST(said.front().find("others, ") == 0u);
    BOOST_TEST(said.back() == "");
    BOOST_TEST((world.waited > 0us));
    BOOST_TEST(world.broken().empty());
}

BOOST_AUTO_TEST_CASE(a_run_that_is_stopped_while_it_gives_way_is_partial) {
    World world;
    world.stores["crm"].more_others = 1'000'000;
    world.progress = [&](const Progress& progress) {
        if (progress.waits_for && !progress.waits_for->empty()) world.stop = true;
    };

    const auto outcome = world.process();

    BOOST_REQUIRE(outcome);
    BOOST_CHECK(outcome->outcome == Outcome::partial);
    BOOST_TEST(of(*outcome, "contacts").reason == "stopped");
    BOOST_TEST(world.broken().empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention::test
