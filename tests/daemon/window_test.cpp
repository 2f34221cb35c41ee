#include "daemon/window.hpp"
#include "tests/support/clock.hpp"

#include <boost/test/unit_test.hpp>

using namespace retention;
using namespace retention::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(window)

BOOST_AUTO_TEST_CASE(opens_at_its_first_minute_and_closes_at_its_last) {
    struct {
        Window window;
        const char* at;
        bool open;
    } const rows[] = {
        {{22h, 5h}, "2026-11-21 21:59:59", false}, {{22h, 5h}, "2026-11-21 22:00:00", true},
        {{22h, 5h}, "2026-11-21 23:59:59", true},  {{22h, 5h}, "2026-11-21 00:00:00", true},
        {{22h, 5h}, "2026-11-21 04:59:59", true},  {{22h, 5h}, "2026-11-21 05:00:00", false},
        {{22h, 5h}, "2026-11-21 12:00:00", false}, {{1h, 4h}, "2026-11-21 00:59:59", false},
        {{1h, 4h}, "2026-11-21 01:00:00", true},   {{1h, 4h}, "2026-11-21 03:59:59", true},
        {{1h, 4h}, "2026-11-21 04:00:00", false},  {{0h, 0h}, "2026-11-21 12:00:00", true},
        {{22h, 0h}, "2026-11-21 23:59:59", true},  {{22h, 0h}, "2026-11-21 00:00:00", false},
    };
    for (const auto& row : rows) BOOST_TEST_CONTEXT(to_string(row.window) << " at " << row.at) {
            BOOST_TEST(is_open(row.window, Zone::utc(), instant(row.at)) == row.open);
        }
}

BOOST_AUTO_TEST_CASE(counts_by_the_clock_on_the_wall) {
    const auto london = Zone::load("Europe/London").value();
    const Window night{22h, 5h};

    BOOST_TEST(is_open(night, london, instant("2026-07-01 21:00:00")));  // 22:00 in summer
    BOOST_TEST(!is_open(night, london, instant("2026-12-01 21:00:00"))); // 21:00 in winter
    BOOST_TEST(!is_open(night, london, instant("2026-07-01 04:30:00"))); // 05:30
}

BOOST_AUTO_TEST_CASE(no_window_is_always_open) {
    BOOST_TEST(is_open(std::nullopt, Zone::utc(), instant("2026-11-21 12:00:00")));
}

BOOST_AUTO_TEST_CASE(says_when_it_opens_next) {
    const Window night{22h, 5h};

    BOOST_TEST((next_opening(night, Zone::utc(), instant("2026-11-21 05:00:00")) == instant("2026-11-21 22:00:00")));
    BOOST_TEST(
        (next_opening(Window{1h, 4h}, Zone::utc(), instant("2026-11-21 04:00:00")) == instant("2026-11-22 01:00:00")));
    BOOST_TEST(!next_opening(night, Zone::utc(), instant("2026-11-21 23:00:00")));
    BOOST_TEST(!next_opening(std::nullopt, Zone::utc(), instant("2026-11-21 12:00:00")));
}

BOOST_AUTO_TEST_CASE(a_window_whose_beginning_the_clock_skips_opens_after_the_gap) {
    const auto london = Zone::load("Europe/London").value();

    BOOST_TEST((next_opening(Window{90min, 4h}, london, instant("2026-03-28 23:00:00")) ==
                instant("2026-03-29 01:00:00"))); // 01:30 does not come that day; 02:00 does
}

BOOST_AUTO_TEST_CASE(is_told_as_it_was_written) {
    BOOST_TEST(to_string(Window{22h, 5h + 30min}) == "22:00-05:30");
}

BOOST_AUTO_TEST_SUITE_END()
