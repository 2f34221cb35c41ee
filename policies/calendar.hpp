#pragma once
// The calendar of retention: whole local days, counted forward from each record as the law counts. The one place where
// months are added. Pure functions of their arguments: no clock, no zone (policies/zone.hpp has the zones).
//
// Worked examples (design.md section 3; Regulation (EEC, Euratom) 1182/71 article 3: a period of months ends with the
// expiry of the day of the same number, or of the month's last day):
//   2025-08-31 + 6 months: kept through 2026-02-28, due from 2026-03-01
//   2012-02-29 + 6 months: kept through 2012-08-29, due from 2012-08-30
//   2024-02-29 + 1 year:   kept through 2025-02-28, due from 2025-03-01

#include "policies/period.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace retention {

using Date = std::chrono::local_days; // a day of the local calendar, not an instant
using Month = std::chrono::year_month;

// The years that every engine can store. A date outside them is never produced.
constexpr Date first_date = std::chrono::local_days{std::chrono::year{1} / 1 / 1};
constexpr Date last_date = std::chrono::local_days{std::chrono::year{9999} / 12 / 31};

enum class Starts { at_trigger, end_of_month, end_of_year, end_of_financial_year };

// How the clock of one rule runs: where a period starts counting, and when a financial year ends.
struct Counting {
    Starts starts = Starts::at_trigger;
    std::chrono::month_day financial_year_ends = std::chrono::month{12} / 31; // 29 February means the last of February
};

// D + P: months and years by the corresponding date, or the last day of a month that has none. Clamped to last_date.
Date plus(Date, Period);
// The date on our calendar P before: {as_of - 13 years}. Clamped to first_date.
Date minus(Date, Period);

// The day from which the period counts: the trigger itself, or the end of the month or year that contains it.
Date start_of_period(Date trigger, const Counting&);
// The last day on which the record must be kept. It is due from the day after.
Date kept_through(Date trigger, Period, const Counting&);
// The cutoff for a day: the smallest date C whose kept_through(C) is not before `as_of`. A record is due on `as_of` if
// and only if its trigger lies before C. Clamped to first_date, before which nothing is due.
Date cutoff_for(Date as_of, Period, const Counting&);
// The cutoff of the overdue: due for more than `grace`. 7 days: due from 1 March is overdue from 9 March.
Date overdue_cutoff_for(Date as_of, Period, Period grace, const Counting&);

// At its shortest, and at its longest, a period has so many days ("1 month": 28 and 31). For comparing two periods.
std::int64_t shortest_days(Period);
std::int64_t longest_days(Period);
// True where a period of `longer` never ends before one of `shorter` that starts on the same day.
bool never_ends_before(Period longer, Period shorter);

// "2026-02-28" and nothing else; the day must exist, the year lie in 0001 to 9999.
std::optional<Date> parse_date(std::string_view);
std::string to_string(Date);
std::string to_string(Month); // "2026-02"
Month month_of(Date);

} // namespace retention
