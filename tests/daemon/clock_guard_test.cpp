#include "daemon/clock_guard.hpp"
#include "tests/support/clock.hpp"

#include <boost/test/unit_test.hpp>

using namespace retention;
using namespace retention::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(clock_guard)

BOOST_AUTO_TEST_CASE(time_must_not_run_backwards_past_the_log) {
    const Instant last = instant("2026-11-21 02:30:00");

    BOOST_TEST(!refuse_clock(last, last, false));
    BOOST_TEST(refuse_clock(last - 1us, last, false).has_value());
    BOOST_TEST(refuse_clock(last - 1us, last, true).has_value()); // nobody can approve that
    BOOST_TEST(refuse_clock(last - 1s, last, true)->find("2026-11-21T02:29:59Z") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_clock_that_ran_ahead_and_was_set_right_is_told_until_when_to_wait) {
    const Instant ahead = instant("2026-12-24 02:30:00"), right = instant("2026-11-21 02:30:00");

    const auto why = refuse_clock(right, ahead, false).value_or("");

    BOOST_TEST(why.find("; hint: set the clock, or find out who set it back") != std::string::npos);
    BOOST_TEST(why.ends_with("if it ran ahead before and is right now, disposal goes on by itself at "
                             "2026-12-24T02:30:00Z"));
    BOOST_TEST(!refuse_clock(ahead, ahead, false)); // it does
}

BOOST_AUTO_TEST_CASE(a_leap_of_more_than_fourteen_days_waits_for_a_person) {
    const Instant last = instant("2026-11-21 02:30:00");

    BOOST_TEST(!refuse_clock(last + 14 * 24h, last, false));
    BOOST_TEST(refuse_clock(last + 14 * 24h + 1us, last, false).has_value());
    BOOST_TEST(!refuse_clock(last + 400 * 24h, last, true));
}

BOOST_AUTO_TEST_CASE(a_new_log_knows_no_leap) {
    BOOST_TEST(!refuse_clock(instant("2026-11-21 02:30:00"), Instant{}, false));
}

BOOST_AUTO_TEST_CASE(the_store_may_differ_by_sixty_seconds) {
    const Instant here = instant("2026-11-21 02:30:00");

    for (const auto apart : {0s, 60s, -60s}) BOOST_TEST(!refuse_store_clock(here, here + apart, "crm"));
    for (const auto apart : {61s, -61s}) BOOST_TEST(refuse_store_clock(here, here + apart, "crm").has_value());
    BOOST_TEST(refuse_store_clock(here, here + 60s + 1us, "crm")->find("store crm") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_written_under_a_wrong_clock_does_not_move_the_mark) {
    const Instant last = instant("2026-11-21 02:30:00");

    BOOST_TEST((believable(last + 1s, last, false) == last + 1s));
    BOOST_TEST((believable(last - 1s, last, false) == last));
    BOOST_TEST((believable(last + 15 * 24h, last, false) == last));
    BOOST_TEST((believable(last + 15 * 24h, last, true) == last + 15 * 24h));
}

BOOST_AUTO_TEST_SUITE_END()
