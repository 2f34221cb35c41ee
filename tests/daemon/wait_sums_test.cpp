#include "daemon/wait_sums.hpp"
#include "tests/support/clock.hpp"

#include <boost/test/unit_test.hpp>

using namespace retention;
using namespace retention::test;
using namespace std::chrono_literals;

namespace {

struct Sums {
    WaitSums waits;
    Clock clock{"2026-11-21 02:30:00"};

    void waits_for(const std::string& what, std::chrono::seconds then) {
        waits.told({"contacts", 0, 0, what}, clock.now());
        clock.advance(then);
    }
    double of(const std::string& reason) const {
        for (const auto& one : waits.of("contacts"))
            if (one.reason == reason) return one.seconds;
        return 0;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(wait_sums)

BOOST_AUTO_TEST_CASE(adds_up_what_a_category_waited_for) {
    Sums sums;

    sums.waits_for("replicas, 700 ms behind", 2s);
    sums.waits_for("replicas, 900 ms behind", 3s); // still the same wait
    sums.waits_for("others, 420 requests a second", 4s);
    sums.waits_for("", 50s);
    sums.waits_for("the store is busy: deadlock", 1s);
    sums.waits.told({"contacts", 5, 9, {}}, sums.clock.now()); // a batch went

    BOOST_TEST(sums.of("replicas") == 5.0);
    BOOST_TEST(sums.of("others") == 4.0);
    BOOST_TEST(sums.of("busy store") == 1.0);
    BOOST_TEST(sums.waits.of("logs").empty());
}

BOOST_AUTO_TEST_CASE(a_run_that_ends_waits_no_longer) {
    Sums sums;
    sums.waits_for("others, 20 requests a second", 3s);

    sums.waits.ended("contacts", sums.clock.now());
    sums.clock.advance(1h);
    sums.waits.ended("contacts", sums.clock.now());

    BOOST_TEST(sums.of("others") == 3.0);
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_set_back_takes_nothing_away) {
    Sums sums;
    sums.waits_for("others, 20 requests a second", 3s);
    sums.clock.set("2026-11-20 00:00:00");

    sums.waits_for("", 1s);

    BOOST_TEST(sums.of("others") == 0.0);
}

BOOST_AUTO_TEST_SUITE_END()
