#include "policies/calendar.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

// The calendar against a naive model of its own, which counts days one after another by the lengths of the months and
// shares nothing with std::chrono but the number of 1970-01-01.

namespace retention {
namespace {

constexpr int model_begins = 1970;
constexpr int model_ends = 2240;
constexpr int checked_until = 2120; // start days before this year
constexpr std::array<int, 12> month_lengths{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

bool is_leap(int year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}
int length_of(int year, int month) {
    return month_lengths[static_cast<std::size_t>(month - 1)] + (month == 2 && is_leap(year) ? 1 : 0);
}

struct ModelDay {
    int year, month, day;
};

struct Model {
    std::vector<ModelDay> days; // by the number of days since 1970-01-01
    std::vector<int> first_of;  // the number of each month's first day, by months since January 1970
    int checked = 0;            // so many start days are checked

    Model() {
        ModelDay today{model_begins, 1, 1};
        while (today.year < model_ends) {
            if (today.year == checked_until && checked == 0) checked = static_cast<int>(days.size());
            if (today.day == 1) first_of.push_back(static_cast<int>(days.size()));
            days.push_back(today);
            if (++today.day <= length_of(today.year, today.month)) continue;
            today.day = 1;
            if (++today.month <= 12) continue;
            today.month = 1;
            ++today.year;
        }
    }

    int plus(int start, int count, Unit unit) const {
        if (unit == Unit::day) return start + count;
        if (unit == Unit::week) return start + 7 * count;
        const auto& from = days[static_cast<std::size_t>(start)];
        const int months = (from.year - model_begins) * 12 + from.month - 1 + count * (unit == Unit::year ? 12 : 1);
        const int first = first_of[static_cast<std::size_t>(months)];
        return first + std::min(from.day, length_of(months / 12 + model_begins, months % 12 + 1)) - 1;
    }

    // For each day the end of the month, year or financial year that contains it, found by walking back from the end.
    std::vector<int> starts_of(const Counting& counting) const {
        std::vector<int> starts(days.size());
        int end = static_cast<int>(days.size()) - 1;
        for (int day = end; day >= 0; --day) {
            if (is_end(days[static_cast<std::size_t>(day)], counting)) end = day;
            starts[static_cast<std::size_t>(day)] = end;
        }
        return starts;
    }

    static bool is_end(const ModelDay& day, const Counting& counting) {
        const auto last = length_of(day.year, day.month);
        const auto month = static_cast<int>(static_cast<unsigned>(counting.financial_year_ends.month()));
        const auto ends = std::min(static_cast<int>(static_cast<unsigned>(counting.financial_year_ends.day())), last);
        switch (counting.starts) {
        case Starts::at_trigger:
            return true;
        case Starts::end_of_month:
            return day.day == last;
        case Starts::end_of_year:
            return day.month == 12 && day.day == 31;
        case Starts::end_of_financial_year:
            return day.month == month && day.day == ends;
        }
        return false;
    }
};

const Model& model() {
    static const Model made;
    return made;
}

Date to_date(int day) {
    return Date{std::chrono::days{day}};
}
int to_number(Date date) {
    return static_cast<int>(date.time_since_epoch().count());
}

struct Span {
    Unit unit;
    int from, to;
};

struct Findings {
    std::int64_t cases = 0, early = 0, late = 0;
    std::string first; // what was found first
    void note(bool is_early, const Period& period, const char* what, int day, int is, int should_be) {
        ++(is_early ? early : late);
        if (first.empty())
            first = to_string(period) + ", " + what + " " + to_string(to_date(day)) + ": is " + to_string(to_date(is)) +
                    ", should be " + to_string(to_date(should_be));
    }
};

// Every start day's last kept day, and the cutoff of every day from there back to the last kept day of the day before:
// for those the start day itself is the smallest that is kept so long. So every pair of a start day and an as_of is
// judged: D is due on A if and only if D lies before the cutoff for A. `through` is the model's last kept day, `kept`
// and `cutoff` are what is judged; all are functions of one day.
template <class Through, class Kept, class Cutoff>
void judge(Period period, Through through, Kept kept, Cutoff cutoff, Findings& found) {
    int before = -1;
    for (int day = 0; day < model().checked; ++day) {
        const int last = through(day);
        const int is = to_number(kept(to_date(day)));
        if (is != last) found.note(is < last, period, "kept through, trigger", day, is, last);
        for (int as_of = before < 0 ? last + 1 : before + 1; as_of <= last; ++as_of) {
            const int first = to_number(cutoff(to_date(as_of)));
            if (first != day) found.note(first > day, period, "cutoff, as of", as_of, first, day);
            ++found.cases;
        }
        if (last < before) throw std::logic_error("the model is not monotonic");
        before = last;
        ++found.cases;
    }
}

using KeptThrough = Date (*)(Date, Period, const Counting&);
using CutoffFor = Date (*)(Date, Period, const Counting&);

Findings judge_all(const std::vector<Span>& spans, const Counting& counting, KeptThrough kept = kept_through,
                   CutoffFor cutoff = cutoff_for) {
    Findings found;
    const auto starts = model().starts_of(counting);
    for (const auto& span : spans) {
        for (int count = span.from; count <= span.to; ++count) {
            const Period period{count, span.unit};
            judge(
                period, [&](int day) { return model().plus(starts[static_cast<std::size_t>(day)], count, span.unit); },
                [&](Date day) { return kept(day, period, counting); },
                [&](Date as_of) { return cutoff(as_of, period, counting); }, found);
        }
    }
    return found;
}

void require_none_early_none_late(const std::string& what, const Findings& found) {
    BOOST_TEST_MESSAGE(what << ": " << found.cases << " cases, " << found.early << " early, " << found.late << " late");
    BOOST_TEST_INFO(found.first);
    BOOST_TEST(found.early == 0);
    BOOST_TEST_INFO(found.first);
    BOOST_TEST(found.late == 0);
}

const Counting plain;
const Counting month_ends{Starts::end_of_month, std::chrono::month{12} / 31};
const Counting year_ends{Starts::end_of_year, std::chrono::month{3} / 31}; // the month and day do not count here
Counting financial_year(unsigned month, unsigned day) {
    return {Starts::end_of_financial_year, std::chrono::month{month} / std::chrono::day{day}};
}

Date date(const std::string& text) {
    const auto read = parse_date(text);
    if (!read) throw std::invalid_argument(text);
    return *read;
}

// Known-bad calendars, each of which some program has had.
namespace bad {

Date overflowing_month(Date from, int months) { // SQLite: 31 August + 6 months is 31 February, so 3 March
    const std::chrono::year_month_day day{from};
    const auto month = day.year() / day.month() + std::chrono::months{months};
    return Date{month / 1} + std::chrono::days{static_cast<unsigned>(day.day()) - 1};
}
Date kept_through_overflowing(Date trigger, Period period, const Counting&) {
    return overflowing_month(trigger, period.count);
}
Date cutoff_backwards_overflowing(Date as_of, Period period, const Counting&) {
    return overflowing_month(as_of, -period.count);
}
Date cutoff_backwards(Date as_of, Period period, const Counting&) {
    return minus(as_of, period);
}
Date cutoff_of_thirty_days(Date as_of, Period period, const Counting&) {
    return as_of - std::chrono::days{30} * period.count;
}
Date cutoff_of_the_last_kept_day(Date as_of, Period period, const Counting& counting) {
    return cutoff_for(as_of + std::chrono::days{1}, period, counting);
}
Date cutoff_of_the_day_before(Date as_of, Period period, const Counting& counting) {
    return cutoff_for(as_of - std::chrono::days{1}, period, counting);
}
Date cutoff_without_starts(Date as_of, Period period, const Counting&) {
    return cutoff_for(as_of, period, Counting{});
}

} // namespace bad

} // namespace

BOOST_AUTO_TEST_SUITE(calendar)

BOOST_AUTO_TEST_CASE(no_record_goes_early_or_late_by_months) {
    require_none_early_none_late("1 to 120 months", judge_all({{Unit::month, 1, 120}}, plain));
}

BOOST_AUTO_TEST_CASE(no_record_goes_early_or_late_by_days) {
    require_none_early_none_late("1 to 400 days and some more", judge_all({{Unit::day, 1, 400},
                                                                           {Unit::day, 730, 732},
                                                                           {Unit::day, 1000, 1000},
                                                                           {Unit::day, 3652, 3653},
                                                                           {Unit::day, 36524, 36525}},
                                                                          plain));
}

BOOST_AUTO_TEST_CASE(no_record_goes_early_or_late_by_weeks) {
    require_none_early_none_late("1 to 60 weeks", judge_all({{Unit::week, 1, 60}}, plain));
}

BOOST_AUTO_TEST_CASE(no_record_goes_early_or_late_by_years) {
    require_none_early_none_late("1 to 100 years", judge_all({{Unit::year, 1, 100}}, plain));
}

BOOST_AUTO_TEST_CASE(no_record_goes_early_or_late_from_the_end_of_its_month_or_year) {
    struct Row {
        const char* name;
        Counting counting;
    };
    const Row rows[] = {
        {"end of month", month_ends},
        {"end of year", year_ends},
        {"financial year to 31 March", financial_year(3, 31)},
        {"financial year to 5 April", financial_year(4, 5)},
        {"financial year to the last of February", financial_year(2, 29)},
        {"financial year to 28 February", financial_year(2, 28)},
        {"financial year to 31 December", financial_year(12, 31)},
    };
    const std::vector<Span> spans{
        {Unit::month, 1, 7}, {Unit::year, 1, 1}, {Unit::year, 6, 7}, {Unit::day, 1, 1}, {Unit::week, 1, 1}};
    for (const auto& row : rows)
        BOOST_TEST_CONTEXT(row.name) require_none_early_none_late(row.name, judge_all(spans, row.counting));
}

BOOST_AUTO_TEST_CASE(no_record_is_overdue_early_or_late) {
    const Period graces[] = {{1, Unit::day}, {7, Unit::day}, {1, Unit::month}, {1, Unit::year}};
    const Period periods[] = {{1, Unit::day}, {150, Unit::day}, {1, Unit::month}, {6, Unit::month}, {6, Unit::year}};
    Findings found;
    for (const auto& counting : {plain, month_ends, financial_year(4, 5)}) {
        const auto starts = model().starts_of(counting);
        for (const auto& period : periods) {
            for (const auto& grace : graces) {
                const auto through = [&](int day) {
                    const int start = starts[static_cast<std::size_t>(day)];
                    return model().plus(model().plus(start, period.count, period.unit) + 1, grace.count, grace.unit);
                };
                judge(
                    period, through, [&](Date day) { return to_date(through(to_number(day))); },
                    [&](Date as_of) { return overdue_cutoff_for(as_of, period, grace, counting); }, found);
            }
        }
    }
    require_none_early_none_late("overdue", found);
}

BOOST_AUTO_TEST_CASE(the_same_check_catches_known_bad_calendars) {
    struct Row {
        const char* name;
        KeptThrough kept;
        CutoffFor cutoff;
        Counting counting;
        bool early, late;
    };
    const Row rows[] = {
        {"a month that overflows", bad::kept_through_overflowing, cutoff_for, plain, false, true},
        {"backwards, with overflow", kept_through, bad::cutoff_backwards_overflowing, plain, true, false},
        {"backwards, to the month's end", kept_through, bad::cutoff_backwards, plain, false, true},
        {"months of thirty days", kept_through, bad::cutoff_of_thirty_days, plain, true, true},
        {"due on the last kept day", kept_through, bad::cutoff_of_the_last_kept_day, plain, true, false},
        {"due two days after it", kept_through, bad::cutoff_of_the_day_before, plain, false, true},
        {"starts forgotten", kept_through, bad::cutoff_without_starts, financial_year(4, 5), true, false},
    };
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT(row.name) {
            const auto found = judge_all({{Unit::month, 1, 6}}, row.counting, row.kept, row.cutoff);

            BOOST_TEST_MESSAGE(row.name << ": " << found.early << " early, " << found.late << " late; " << found.first);
            BOOST_TEST((found.early > 0) == row.early);
            BOOST_TEST((found.late > 0) == row.late);
        }
    }
}

BOOST_AUTO_TEST_CASE(keeps_a_record_through_its_last_day_and_not_longer) {
    struct Row {
        const char* trigger;
        Period period;
        const char* through;
        const char* due;
        Counting counting = {};
    };
    const Row rows[] = {
        // the worked examples of the design
        {"2025-08-31", {6, Unit::month}, "2026-02-28", "2026-03-01"},
        {"2012-02-29", {6, Unit::month}, "2012-08-29", "2012-08-30"},
        {"2024-02-29", {1, Unit::year}, "2025-02-28", "2025-03-01"},
        {"2026-01-01", {150, Unit::day}, "2026-05-31", "2026-06-01"},
        {"2024-01-01", {150, Unit::day}, "2024-05-30", "2024-05-31"},
        // where engines differ: SQLite makes 2026-03-03 of the first
        {"2025-08-30", {6, Unit::month}, "2026-02-28", "2026-03-01"},
        {"2025-08-28", {6, Unit::month}, "2026-02-28", "2026-03-01"},
        {"2025-08-27", {6, Unit::month}, "2026-02-27", "2026-02-28"},
        {"2026-02-28", {6, Unit::month}, "2026-08-28", "2026-08-29"},
        {"2026-03-01", {6, Unit::month}, "2026-09-01", "2026-09-02"},
        {"2024-02-29", {4, Unit::year}, "2028-02-29", "2028-03-01"},
        {"2096-02-29", {4, Unit::year}, "2100-02-28", "2100-03-01"},
        {"2023-11-30", {3, Unit::month}, "2024-02-29", "2024-03-01"},
        {"2022-11-21", {36, Unit::month}, "2025-11-21", "2025-11-22"},
        {"2026-03-28", {1, Unit::week}, "2026-04-04", "2026-04-05"},
        // the end of the month or year that contains the trigger
        {"2025-02-10", {1, Unit::month}, "2025-03-28", "2025-03-29", month_ends},
        {"2024-02-10", {12, Unit::month}, "2025-02-28", "2025-03-01", month_ends},
        {"2020-01-01", {6, Unit::year}, "2026-12-31", "2027-01-01", year_ends},
        {"2020-12-31", {6, Unit::year}, "2026-12-31", "2027-01-01", year_ends},
        {"2020-03-31", {6, Unit::year}, "2026-03-31", "2026-04-01", financial_year(3, 31)},
        {"2020-04-01", {6, Unit::year}, "2027-03-31", "2027-04-01", financial_year(3, 31)},
        {"2020-04-05", {6, Unit::year}, "2026-04-05", "2026-04-06", financial_year(4, 5)},
        {"2020-04-06", {6, Unit::year}, "2027-04-05", "2027-04-06", financial_year(4, 5)},
        {"2023-03-01", {1, Unit::year}, "2025-02-28", "2025-03-01", financial_year(2, 29)},
        {"2023-02-28", {1, Unit::year}, "2024-02-28", "2024-02-29", financial_year(2, 29)},
    };
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT(row.trigger << " + " << to_string(row.period)) {
            const auto trigger = date(row.trigger);

            BOOST_TEST(to_string(kept_through(trigger, row.period, row.counting)) == row.through);
            BOOST_TEST(!(trigger < cutoff_for(date(row.through), row.period, row.counting)));
            BOOST_TEST((trigger < cutoff_for(date(row.due), row.period, row.counting)));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_cutoff_is_the_first_date_that_is_still_kept) {
    struct Row {
        const char* as_of;
        Period period;
        const char* cutoff;
        Counting counting = {};
    };
    const Row rows[] = {
        {"2026-11-21", {36, Unit::month}, "2023-11-21"},
        {"2026-08-31", {6, Unit::month}, "2026-03-01"}, // backwards in SQLite: 3 March, two days early
        {"2026-02-28", {6, Unit::month}, "2025-08-28"},
        {"2026-03-01", {6, Unit::month}, "2025-09-01"}, // 29 to 31 August go together
        {"2025-02-28", {1, Unit::year}, "2024-02-28"},
        {"2025-03-01", {1, Unit::year}, "2024-03-01"},
        {"2024-02-29", {1, Unit::year}, "2023-03-01"},
        {"2026-06-01", {150, Unit::day}, "2026-01-02"},
        {"2026-03-31", {6, Unit::year}, "2019-04-01", financial_year(3, 31)},
        {"2026-04-01", {6, Unit::year}, "2020-04-01", financial_year(3, 31)},
        {"2026-12-31", {6, Unit::year}, "2020-01-01", year_ends},
        {"2027-01-01", {6, Unit::year}, "2021-01-01", year_ends},
    };
    for (const auto& row : rows) BOOST_TEST_CONTEXT(row.as_of << " - " << to_string(row.period))
    BOOST_TEST(to_string(cutoff_for(date(row.as_of), row.period, row.counting)) == row.cutoff);
}

BOOST_AUTO_TEST_CASE(a_record_is_overdue_when_it_has_been_due_for_more_than_the_grace) {
    const Period six_months{6, Unit::month};
    const Period week{7, Unit::day};
    const auto trigger = date("2025-08-31"); // due from 1 March

    BOOST_TEST(!(trigger < overdue_cutoff_for(date("2026-03-08"), six_months, week, plain)));
    BOOST_TEST((trigger < overdue_cutoff_for(date("2026-03-09"), six_months, week, plain)));
}

BOOST_AUTO_TEST_CASE(subtracts_a_period_on_our_own_calendar) {
    BOOST_TEST(to_string(minus(date("2026-11-21"), {13, Unit::year})) == "2013-11-21");
    BOOST_TEST(to_string(minus(date("2024-02-29"), {13, Unit::year})) == "2011-02-28");
    BOOST_TEST(to_string(minus(date("2026-03-31"), {1, Unit::month})) == "2026-02-28");
    BOOST_TEST(to_string(minus(date("2026-03-01"), {1, Unit::day})) == "2026-02-28");
    BOOST_TEST(to_string(minus(date("2026-03-01"), {2, Unit::week})) == "2026-02-15");
}

BOOST_AUTO_TEST_CASE(never_leaves_the_years_that_every_engine_can_store) {
    constexpr auto most = std::numeric_limits<std::int32_t>::max();
    for (const auto unit : {Unit::day, Unit::week, Unit::month, Unit::year}) {
        for (const auto count : {1, 1000, 365250, most}) {
            const Period period{count, unit};
            for (const auto& counting : {plain, month_ends, year_ends, financial_year(3, 31), financial_year(12, 31)}) {
                BOOST_TEST_CONTEXT(to_string(period)) {
                    BOOST_TEST((plus(last_date, period) == last_date));
                    BOOST_TEST((minus(first_date, period) == first_date));
                    BOOST_TEST((kept_through(last_date, period, counting) == last_date));
                    BOOST_TEST((cutoff_for(first_date, period, counting) == first_date));
                    BOOST_TEST((overdue_cutoff_for(first_date, period, period, counting) == first_date));
                    BOOST_TEST((cutoff_for(last_date, period, counting) <= last_date));
                    BOOST_TEST((cutoff_for(last_date, period, counting) >= first_date));
                }
            }
        }
        BOOST_TEST((plus(first_date, {most, unit}) == last_date));
        BOOST_TEST((minus(last_date, {most, unit}) == first_date));
    }
    BOOST_TEST((plus(Date::max(), {1, Unit::day}) == last_date));
    BOOST_TEST((minus(Date::min(), {1, Unit::month}) == first_date));
    BOOST_TEST(to_string(cutoff_for(date("9999-12-31"), {1, Unit::month}, plain)) == "9999-12-01");
    BOOST_TEST(to_string(cutoff_for(date("0001-02-15"), {1, Unit::month}, plain)) == "0001-01-15");
    BOOST_TEST(to_string(cutoff_for(date("0001-02-15"), {2, Unit::month}, plain)) == "0001-01-01");
}

BOOST_AUTO_TEST_CASE(knows_the_shortest_and_the_longest_of_a_period) {
    struct Row {
        Period period;
        std::int64_t shortest, longest;
    };
    const Row rows[] = {
        {{1, Unit::day}, 1, 1},
        {{2, Unit::week}, 14, 14},
        {{1, Unit::month}, 28, 31},
        {{2, Unit::month}, 59, 62},
        {{6, Unit::month}, 181, 184},
        {{1, Unit::year}, 365, 366},
        {{12, Unit::month}, 365, 366},
        {{4, Unit::year}, 1460, 1461},
        {{7, Unit::year}, 2555, 2557},
        {{400, Unit::year}, 146097, 146097},
        {{1000, Unit::year}, 365242, 365243},
    };
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT(to_string(row.period)) {
            BOOST_TEST(shortest_days(row.period) == row.shortest);
            BOOST_TEST(longest_days(row.period) == row.longest);
        }
    }
}

BOOST_AUTO_TEST_CASE(compares_two_periods_by_every_day_they_could_start_on) {
    std::vector<Period> periods;
    for (int count = 1; count <= 6; ++count)
        for (const auto unit : {Unit::day, Unit::week, Unit::month, Unit::year}) periods.push_back({count, unit});
    for (const int count : {28, 29, 30, 31, 58, 59, 60, 61, 62, 181, 184, 364, 365, 366, 730, 731, 1460, 1461})
        periods.push_back({count, Unit::day});
    // 2100 is among the years, so the leap day that the Gregorian calendar drops is too.
    std::int64_t cases = 0;
    for (const auto& longer : periods) {
        for (const auto& shorter : periods) {
            bool never = true;
            for (int day = 0; never && day < model().checked; ++day)
                never = model().plus(day, longer.count, longer.unit) >= model().plus(day, shorter.count, shorter.unit);
            BOOST_TEST_INFO(to_string(longer) << " against " << to_string(shorter));
            BOOST_REQUIRE(never_ends_before(longer, shorter) == never);
            ++cases;
        }
    }
    BOOST_TEST_MESSAGE(cases << " pairs of periods compared over every day from 1970 to 2119");
}

BOOST_AUTO_TEST_CASE(reads_a_date_and_nothing_else) {
    for (const char* const text : {"2026-02-28", "2024-02-29", "0001-01-01", "9999-12-31", "2000-02-29", "1900-02-28"})
        BOOST_TEST_CONTEXT(text) {
            const auto read = parse_date(text);

            BOOST_REQUIRE(read.has_value());
            BOOST_TEST(to_string(*read) == text);
        }
    for (const char* const text : {"",
                                   "2026",
                                   "2026-02",
                                   "2026-02-29",
                                   "1900-02-29",
                                   "2100-02-29",
                                   "0000-01-01",
                                   "0000-00-00",
                                   "2026-00-10",
                                   "2026-10-00",
                                   "2026-13-01",
                                   "2026-04-31",
                                   "2026-2-28",
                                   "26-02-28",
                                   "10000-01-01",
                                   "+2026-02-28",
                                   "-2026-02-28",
                                   " 2026-02-28",
                                   "2026-02-28 ",
                                   "2026-02-28T00:00",
                                   "2026/02/28",
                                   "2026-02-2x",
                                   "20260228",
                                   "2026-W09-6",
                                   "today"})
        BOOST_TEST_CONTEXT('"' << text << '"') BOOST_TEST(!parse_date(text).has_value());
    BOOST_TEST(to_string(month_of(date("2026-02-28"))) == "2026-02");
    BOOST_TEST(to_string(month_of(date("0009-12-31"))) == "0009-12");
}

BOOST_AUTO_TEST_CASE(numbers_every_day_as_the_model_does) {
    for (int day = 0; day < static_cast<int>(model().days.size()); ++day) {
        const auto& expected = model().days[static_cast<std::size_t>(day)];
        std::array<char, 32> text{};
        std::snprintf(text.data(), text.size(), "%04d-%02d-%02d", expected.year, expected.month, expected.day);

        BOOST_REQUIRE(parse_date(text.data()) == to_date(day));
        BOOST_REQUIRE(to_string(to_date(day)) == text.data());
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention
