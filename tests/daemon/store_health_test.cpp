#include "daemon/store_health.hpp"

#include "daemon/heartbeat.hpp"
#include "tests/support/clock.hpp"

#include <boost/test/unit_test.hpp>

using namespace retention;
using namespace retention::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(store_health)

BOOST_AUTO_TEST_CASE(a_store_is_tried_again_after_growing_pauses_up_to_an_hour) {
    StoreHealth health;
    Instant now = instant("2026-11-21 02:30:00");

    for (const auto pause : {1min, 2min, 4min, 8min, 16min, 32min, 60min, 60min}) {
        BOOST_TEST(!health.rests(now));
        health.trying();
        BOOST_TEST((health.rests(now) || health.state() == StoreHealth::State::ready));
        health.failed(StoreHealth::State::unreachable, "no route", now);
        BOOST_TEST((health.next_try() == now + pause));
        BOOST_TEST(health.rests(now));
        now += pause;
    }

    BOOST_TEST((health.since() == instant("2026-11-21 02:30:00")));
    BOOST_TEST(health.reason() == "no route");
    health.reached();
    BOOST_TEST((health.state() == StoreHealth::State::ready));
    BOOST_TEST(!health.next_try());
    BOOST_TEST(!health.rests(now));
}

BOOST_AUTO_TEST_CASE(several_who_find_it_out_at_once_are_one_try) {
    StoreHealth health;
    const Instant now = instant("2026-11-21 02:30:00");
    health.failed(StoreHealth::State::unreachable, "no route", now);

    health.failed(StoreHealth::State::unreachable, "no route", now + 1s);

    BOOST_TEST((health.next_try() == now + 1min));
}

BOOST_AUTO_TEST_CASE(a_clock_that_was_set_back_puts_no_try_off_for_long) {
    StoreHealth health;
    health.failed(StoreHealth::State::unreachable, "no route", instant("2027-11-21 02:30:00"));

    health.clock_was_set(instant("2026-11-21 02:30:00"));

    BOOST_TEST((health.next_try() == instant("2026-11-21 03:30:00")));
}

BOOST_AUTO_TEST_CASE(the_heart_beats_after_a_day_without_a_line) {
    const Instant last = instant("2026-11-21 02:30:00");

    BOOST_TEST((next_heartbeat(last, last) == last + 24h));
    BOOST_TEST((next_heartbeat(last + 30h, last) == last + 24h)); // the machine slept: at once
}

BOOST_AUTO_TEST_CASE(a_clock_that_cannot_be_believed_has_no_heartbeat) {
    const Instant last = instant("2026-11-21 02:30:00");

    BOOST_TEST(!next_heartbeat(last - 1s, last));
    BOOST_TEST(!next_heartbeat(last + 15 * 24h, last)); // a checkpoint would say that this leap was right
}

BOOST_AUTO_TEST_SUITE_END()
