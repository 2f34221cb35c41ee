#include "policies/cutoffs.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <stdexcept>
#include <string>

namespace retention {
namespace {

Date date(const std::string& text) {
    const auto read = parse_date(text);
    if (!read) throw std::invalid_argument(text);
    return *read;
}

Rule rule_with(PeriodRule period) {
    Rule rule;
    rule.period = std::move(period);
    return rule;
}

StoredPeriod stored(Unit unit) {
    StoredPeriod period;
    period.column = "keep_for";
    period.unit = unit;
    return period;
}

constexpr Period six_months{6, Unit::month};

} // namespace

BOOST_AUTO_TEST_SUITE(cutoffs)

BOOST_AUTO_TEST_CASE(a_fixed_period_has_a_cutoff_and_an_overdue_one) {
    const auto rule = rule_with(FixedPeriod{six_months, {}});

    const auto cutoffs = cutoffs_for(rule, date("2026-03-09"));

    BOOST_REQUIRE(cutoffs.fixed.has_value());
    BOOST_TEST(to_string(cutoffs.as_of) == "2026-03-09");
    BOOST_TEST(to_string(cutoffs.fixed->cutoff) == "2025-09-09");
    BOOST_TEST(to_string(cutoffs.fixed->overdue) == "2025-09-01"); // 31 August: due from 1 March, overdue from 9 March
}

BOOST_AUTO_TEST_CASE(a_record_due_for_just_the_grace_is_not_overdue) {
    const auto rule = rule_with(FixedPeriod{six_months, {}});
    const auto trigger = date("2025-08-31"); // due from 2026-03-01

    BOOST_TEST(!(trigger < cutoffs_for(rule, date("2026-02-28")).fixed->cutoff));
    BOOST_TEST((trigger < cutoffs_for(rule, date("2026-03-01")).fixed->cutoff));
    BOOST_TEST(!(trigger < cutoffs_for(rule, date("2026-03-08")).fixed->overdue));
    BOOST_TEST((trigger < cutoffs_for(rule, date("2026-03-09")).fixed->overdue));
}

BOOST_AUTO_TEST_CASE(with_at_most_a_record_is_overdue_after_it) {
    auto rule = rule_with(FixedPeriod{{6, Unit::year}, Period{7, Unit::year}});
    rule.counting = {Starts::end_of_financial_year, std::chrono::month{3} / 31};
    rule.overdue_after = {100, Unit::year};  // does not count here
    const auto trigger = date("2019-06-30"); // its year ends on 2020-03-31

    BOOST_TEST(!(trigger < cutoffs_for(rule, date("2026-03-31")).fixed->cutoff));
    BOOST_TEST((trigger < cutoffs_for(rule, date("2026-04-01")).fixed->cutoff));
    BOOST_TEST(!(trigger < cutoffs_for(rule, date("2027-03-31")).fixed->overdue));
    BOOST_TEST((trigger < cutoffs_for(rule, date("2027-04-01")).fixed->overdue));
}

BOOST_AUTO_TEST_CASE(what_is_overdue_is_always_due) {
    const Period most[] = {{30, Unit::day}, {31, Unit::day}, {1, Unit::month}, {2, Unit::month}};
    std::int64_t shorter = 0;
    for (const auto& at_most : most) {
        const auto rule = rule_with(FixedPeriod{{1, Unit::month}, at_most});
        for (auto day = date("2023-01-01"); day < date("2027-01-01"); day += std::chrono::days{1}) {
            const auto found = cutoffs_for(rule, day).fixed.value();
            BOOST_TEST_INFO(to_string(day));
            BOOST_REQUIRE((found.overdue <= found.cutoff));
            if (cutoff_for(day, at_most, rule.counting) > found.cutoff) ++shorter;
        }
    }
    BOOST_TEST(shorter > 0); // days on which 30 days end before a month does: the plain cutoff would break the promise
}

BOOST_AUTO_TEST_CASE(looks_ahead_over_this_month_and_twelve_more) {
    const auto rule = rule_with(FixedPeriod{six_months, {}});
    const char* const expected[][2] = {
        {"2025-08", "2025-03-01"}, {"2025-09", "2025-03-30"}, {"2025-10", "2025-05-01"}, {"2025-11", "2025-05-30"},
        {"2025-12", "2025-07-01"}, {"2026-01", "2025-07-31"}, {"2026-02", "2025-08-28"}, {"2026-03", "2025-10-01"},
        {"2026-04", "2025-10-30"}, {"2026-05", "2025-12-01"}, {"2026-06", "2025-12-30"}, {"2026-07", "2026-01-31"},
        {"2026-08", "2026-03-01"},
    };

    const auto upcoming = cutoffs_for(rule, date("2025-08-15")).fixed.value().upcoming;

    BOOST_REQUIRE(upcoming.size() == std::size(expected));
    for (std::size_t at = 0; at < upcoming.size(); ++at) {
        BOOST_TEST(to_string(upcoming[at].month) == expected[at][0]);
        BOOST_TEST(to_string(upcoming[at].cutoff) == expected[at][1]);
    }
}

BOOST_AUTO_TEST_CASE(the_months_ahead_follow_one_another_from_the_cutoff_of_today) {
    std::int64_t cases = 0;
    for (const Period period : {Period{1, Unit::day}, Period{1, Unit::month}, six_months, Period{6, Unit::year}}) {
        auto rule = rule_with(FixedPeriod{period, {}});
        for (const auto starts : {Starts::at_trigger, Starts::end_of_month, Starts::end_of_financial_year}) {
            rule.counting = {starts, std::chrono::month{4} / 5};
            for (auto day = date("2023-01-01"); day < date("2025-02-01"); day += std::chrono::days{3}) {
                const auto found = cutoffs_for(rule, day).fixed.value();
                auto before = found.cutoff;
                auto month = month_of(day);
                for (const auto& ahead : found.upcoming) {
                    BOOST_TEST_INFO(to_string(period) << " as of " << to_string(day));
                    BOOST_REQUIRE((ahead.cutoff >= before));
                    BOOST_REQUIRE((ahead.month == month));
                    // as a run on the last day of that month will find it
                    const Date last_day{month / std::chrono::last};
                    BOOST_REQUIRE((ahead.cutoff == cutoffs_for(rule, last_day).fixed.value().cutoff));
                    before = ahead.cutoff;
                    month += std::chrono::months{1};
                    ++cases;
                }
            }
        }
    }
    BOOST_TEST_MESSAGE(cases << " months ahead compared");
}

BOOST_AUTO_TEST_CASE(a_period_in_the_data_or_none_has_no_cutoff_of_its_own) {
    BOOST_TEST(!cutoffs_for(rule_with(stored(Unit::month)), date("2026-11-21")).fixed.has_value());
    BOOST_TEST(!cutoffs_for(rule_with(NoPeriod{}), date("2026-11-21")).fixed.has_value());
    BOOST_TEST(to_string(cutoffs_for(rule_with(NoPeriod{}), date("2026-11-21")).as_of) == "2026-11-21");
}

BOOST_AUTO_TEST_CASE(each_value_of_a_period_in_the_data_has_its_own_cutoffs) {
    const auto day = date("2026-08-31");
    for (const auto unit : {Unit::day, Unit::week, Unit::month, Unit::year}) {
        for (const std::int32_t units : {1, 6, 36, 1000}) {
            BOOST_TEST_CONTEXT(to_string(Period{units, unit})) {
                const auto as_fixed = cutoffs_for(rule_with(FixedPeriod{{units, unit}, {}}), day).fixed;

                const auto found = cutoffs_for(rule_with(stored(unit)), day, units);

                BOOST_REQUIRE(found.has_value());
                BOOST_TEST((found->cutoff == as_fixed->cutoff));
                BOOST_TEST((found->overdue == as_fixed->overdue));
                BOOST_TEST(found->upcoming.size() == 13U);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_value_that_is_no_period_has_no_cutoffs) {
    const auto day = date("2026-11-21");
    struct Row {
        Unit unit;
        std::int64_t longest;
    };
    for (const auto& [unit, longest] :
         {Row{Unit::day, 365250}, Row{Unit::week, 52178}, Row{Unit::month, 12000}, Row{Unit::year, 1000}}) {
        BOOST_TEST_CONTEXT(to_string(Period{2, unit})) {
            const auto rule = rule_with(stored(unit));
            BOOST_TEST(cutoffs_for(rule, day, 1).has_value());
            BOOST_TEST(cutoffs_for(rule, day, longest).has_value());
            for (const std::int64_t units :
                 {std::int64_t{0}, std::int64_t{-1}, longest + 1, std::int64_t{4294967297},
                  std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()})
                BOOST_TEST_CONTEXT(units) BOOST_TEST(!cutoffs_for(rule, day, units).has_value());
        }
    }
    BOOST_TEST(!cutoffs_for(rule_with(FixedPeriod{six_months, {}}), day, 6).has_value());
}

BOOST_AUTO_TEST_CASE(the_end_of_the_calendar_is_no_obstacle) {
    const auto found = cutoffs_for(rule_with(FixedPeriod{six_months, {}}), last_date).fixed.value();

    BOOST_TEST(to_string(found.cutoff) == "9999-07-01");
    BOOST_TEST(found.upcoming.size() == 13U);
    BOOST_TEST((found.upcoming.back().cutoff <= last_date));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention
