#include "daemon/limits.hpp"

#include <boost/test/unit_test.hpp>

using namespace retention;

BOOST_AUTO_TEST_SUITE(limits)

BOOST_AUTO_TEST_CASE(a_share_is_rounded_up_to_at_least_one_record) {
    struct {
        double share;
        std::int64_t records, most;
    } const rows[] = {
        {0.05, 12'000, 600}, {0.05, 10, 1},  {0.05, 20, 1}, {0.05, 21, 2},   {0.05, 0, 1},
        {0, 100, 1},         {0.07, 100, 7}, {1, 100, 100}, {0.29, 100, 29}, {0.001, 2'000'000'000, 2'000'000},
    };
    for (const auto& row : rows) BOOST_TEST_CONTEXT(row.share << " of " << row.records) {
            BOOST_TEST(most_without_approval({row.share, std::nullopt, true}, row.records) == row.most);
        }
}

BOOST_AUTO_TEST_CASE(the_smaller_of_both_limits_counts) {
    BOOST_TEST(most_without_approval({0.05, 10'000, true}, 1'000'000) == 10'000);
    BOOST_TEST(most_without_approval({0.05, 10'000, true}, 1'000) == 50);
    BOOST_TEST(most_without_approval({1, 0, true}, 1'000) == 0);
}

BOOST_AUTO_TEST_CASE(says_what_is_exceeded_and_by_how_much) {
    BOOST_TEST(!exceeds({0.05, std::nullopt, false}, 600, 12'000));
    BOOST_TEST(exceeds({0.05, std::nullopt, false}, 1204, 12'000)
                   ->starts_with("1,204 of 12,000 records are due (10.0 %), more than the limit of 5 %: "));
    BOOST_TEST(exceeds({1, 10'000, true}, 12'000, 20'000)
                   ->starts_with("12,000 of 20,000 records are due (60.0 %), more than the limit of 10,000 records: "));
}

BOOST_AUTO_TEST_SUITE_END()
