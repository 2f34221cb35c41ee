#include "daemon/rate_limit.hpp"

#include <boost/test/unit_test.hpp>

using namespace retention;
using namespace std::chrono_literals;

namespace {

using Time = RateLimit::Time;

// Never out of records; each brings one related row along.
struct EndlessWalk : Walk {
    explicit EndlessWalk(std::int64_t& all_rows) : rows(all_rows) {}
    Disposed dispose(std::size_t most) override {
        rows += 2 * static_cast<std::int64_t>(most);
        return {std::vector<std::vector<std::string>>(most, {"1"}),
                {{"notes", Action::erase, static_cast<std::int64_t>(most)}}};
    }
    void commit(const Witness&) override {}
    void skip() override {}
    void rollback() noexcept override {}
    std::int64_t& rows;
};

} // namespace

BOOST_AUTO_TEST_SUITE(rate_limit)

BOOST_AUTO_TEST_CASE(five_hundred_rows_of_five_thousand_a_second_take_a_tenth) {
    RateLimit limit(5000);
    const Time noon{12h};

    BOOST_TEST((limit.wait_at(noon) == 0us));
    limit.touched(500, noon);

    BOOST_TEST((limit.wait_at(noon) == 100ms));
    BOOST_TEST((limit.wait_at(noon + 40ms) == 60ms));
    BOOST_TEST((limit.wait_at(noon + 100ms) == 0us));
}

BOOST_AUTO_TEST_CASE(idle_time_is_not_saved_up) {
    RateLimit limit(10);
    limit.touched(10, Time{0s});

    limit.touched(10, Time{3600s});

    BOOST_TEST((limit.wait_at(Time{3600s}) == 1s));
}

BOOST_AUTO_TEST_CASE(over_a_minute_no_more_rows_than_the_ceiling) {
    std::int64_t rows = 0;
    Time now{0s};
    const auto walk = limit_rate(
        std::make_unique<EndlessWalk>(rows), 100, [&] { return now; },
        [&](std::chrono::microseconds wait) { now += wait; });

    while (now < Time{60s}) walk->dispose(10'000);

    // what goes along is counted too; the batch that began last may still stand in the second after
    BOOST_TEST(rows <= 100 * 60 + 2 * 100);
    BOOST_TEST(rows >= 100 * 60);
}

BOOST_AUTO_TEST_CASE(a_walk_without_the_limit_would_be_caught) {
    std::int64_t rows = 0;
    EndlessWalk walk(rows);

    for (int batch = 0; batch < 60; ++batch) walk.dispose(10'000);

    BOOST_TEST(rows > 100 * 60 + 2 * 100);
}

BOOST_AUTO_TEST_SUITE_END()
