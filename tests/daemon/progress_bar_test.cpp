#include "daemon/progress_bar.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <sstream>

using namespace retention;
using namespace std::chrono_literals;

namespace {

const Terminal screen{.interactive = true, .colour = false, .width = 100};
const Instant start{std::chrono::seconds{1'800'000'000}};

std::ptrdiff_t drawings(const std::string& text) {
    return std::count(text.begin(), text.end(), '\r');
}
std::string last_drawing(const std::string& text) {
    return text.substr(text.rfind('\r') + 1);
}

} // namespace

BOOST_AUTO_TEST_SUITE(progress_bar)

BOOST_AUTO_TEST_CASE(tells_how_much_how_fast_and_how_long_still) {
    std::ostringstream out;
    ProgressBar bar(out, screen);

    bar.show("contacts", 0, 2000, start);
    bar.show("contacts", 1000, 2000, start + 2s);

    BOOST_TEST(last_drawing(out.str()) ==
               "contacts  [############------------]  50 %  1,000 of 2,000  500/s  2 s left\x1b[K");
}

BOOST_AUTO_TEST_CASE(draws_at_most_ten_times_a_second) {
    std::ostringstream out;
    ProgressBar bar(out, screen);

    for (int i = 0; i < 1000; ++i) bar.show("contacts", i, 2000, start + i * 1ms);

    BOOST_TEST(drawings(out.str()) == 10);
}

BOOST_AUTO_TEST_CASE(draws_the_end_and_a_new_category_at_once) {
    std::ostringstream out;
    ProgressBar bar(out, screen);

    bar.show("contacts", 0, 10, start);
    bar.show("contacts", 10, 10, start + 1ms);
    bar.show("calls", 0, 5, start + 2ms);

    BOOST_TEST(drawings(out.str()) == 3);
    BOOST_TEST(out.str().find("100 %") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(says_nothing_in_a_pipe) {
    std::ostringstream out;
    ProgressBar bar(out, Terminal{});

    bar.show("contacts", 1, 2, start);
    bar.show("contacts", 2, 2, start + 1s);
    bar.clear();

    BOOST_TEST(out.str().empty());
}

BOOST_AUTO_TEST_CASE(goes_away_without_a_trace) {
    std::ostringstream out;
    ProgressBar bar(out, screen);

    bar.show("contacts", 1, 2, start);
    bar.clear();

    BOOST_TEST(out.str().ends_with("\r\x1b[K"));
}

BOOST_AUTO_TEST_CASE(fits_its_line) {
    std::ostringstream out;
    ProgressBar bar(out, {.interactive = true, .colour = false, .width = 20});

    bar.show("a category with a long name", 1, 2, start);

    BOOST_TEST(last_drawing(out.str()) == "a category with a l\x1b[K");
}

BOOST_AUTO_TEST_CASE(a_clock_that_runs_backwards_does_no_harm) {
    std::ostringstream out;
    ProgressBar bar(out, screen);

    bar.show("contacts", 1, 4, start);
    bar.show("contacts", 2, 4, start - 5s);

    BOOST_TEST(last_drawing(out.str()).find("/s") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
