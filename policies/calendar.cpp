#include "policies/calendar.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace retention {
namespace {

using std::chrono::days;
using std::chrono::year_month_day;

constexpr std::int64_t first_day = first_date.time_since_epoch().count();
constexpr std::int64_t last_day = last_date.time_since_epoch().count();
constexpr std::int64_t first_month = 12;    // January 0001, counted from January of year 0
constexpr std::int64_t last_month = 119999; // December 9999
constexpr std::int64_t cycle_months = 4800; // the Gregorian calendar repeats after 400 years,
constexpr std::int64_t cycle_days = 146097; // which have so many days

Date clamped_day(std::int64_t day) {
    return Date{days{std::clamp(day, first_day, last_day)}};
}

year_month_day civil(Date date) {
    return year_month_day{std::clamp(date, first_date, last_date)};
}

bool counts_months(Unit unit) {
    return unit == Unit::month || unit == Unit::year;
}

// The period in months, or in days, whichever its unit counts.
std::int64_t total(Period period) {
    const bool composed = period.unit == Unit::week || period.unit == Unit::year;
    const std::int64_t each = !composed ? 1 : period.unit == Unit::week ? 7 : 12;
    return period.count * each;
}

std::int64_t index_of(Month month) {
    return std::int64_t{static_cast<int>(month.year())} * 12 + static_cast<unsigned>(month.month()) - 1;
}

Month month_at(std::int64_t index) {
    return Month{std::chrono::year{static_cast<int>(index / 12)},
                 std::chrono::month{static_cast<unsigned>(index % 12 + 1)}};
}

std::chrono::day last_day_of(Month month) {
    return (month / std::chrono::last).day();
}

Date first_of(Month month) {
    return Date{month / 1};
}

// The date of the same number in another month, or that month's last.
Date same_day_of(Month month, std::chrono::day day) {
    return Date{month / std::min(day, last_day_of(month))};
}

Date shifted(Date date, std::int64_t count, Unit unit) {
    if (!counts_months(unit))
        return clamped_day(std::clamp(date, first_date, last_date).time_since_epoch().count() + count);
    const auto from = civil(date);
    const auto index = index_of(from.year() / from.month()) + count;
    if (index < first_month) return first_date;
    if (index > last_month) return last_date;
    return same_day_of(month_at(index), from.day());
}

// The smallest date S with S + P >= as_of. Where the month P before has no such day, every day of it ends too early,
// and S is the first of the next: for 2026-08-31 and 6 months that is 2026-03-01, because 2026-02-28 + 6 months is
// 2026-08-28. Counting P backwards to 2026-02-28 instead would find a record of that day three days late.
Date earliest_start(Date as_of, Period period) {
    if (!counts_months(period.unit)) return minus(as_of, period);
    const auto until = civil(as_of);
    const auto index = index_of(until.year() / until.month()) - total(period);
    if (index < first_month) return first_date;
    const auto month = month_at(index);
    return until.day() <= last_day_of(month) ? Date{month / until.day()} : first_of(month_at(index + 1));
}

// The end of the year that contains the date, for years that end on a given day.
Date end_of_year(Date date, std::chrono::month_day ends) {
    const auto year = civil(date).year();
    const auto end = same_day_of(year / ends.month(), ends.day());
    if (date <= end) return end;
    return year == std::chrono::year{9999} ? last_date
                                           : same_day_of((year + std::chrono::years{1}) / ends.month(), ends.day());
}

// The first day of that year: the day after the end of the one before.
Date begin_of_year(Date date, std::chrono::month_day ends) {
    const auto year = civil(date).year();
    const auto end = same_day_of(year / ends.month(), ends.day());
    if (date > end) return end + days{1};
    return year == std::chrono::year{1}
               ? first_date
               : same_day_of((year - std::chrono::years{1}) / ends.month(), ends.day()) + days{1};
}

constexpr std::chrono::month_day december_31 = std::chrono::month{12} / 31;

// The first date that has the same start of its period as this one.
Date earliest_trigger(Date start, const Counting& counting) {
    switch (counting.starts) {
    case Starts::at_trigger:
        return start;
    case Starts::end_of_month:
        return first_of(month_of(start));
    case Starts::end_of_year:
        return begin_of_year(start, december_31);
    case Starts::end_of_financial_year:
        return begin_of_year(start, counting.financial_year_ends);
    }
    return start;
}

// The fewest and the most days that so many months have, from any day of the 400 years after which all repeats.
std::pair<std::int64_t, std::int64_t> days_of_months(std::int64_t months) {
    const auto cycles = months / cycle_months;
    const auto rest = months % cycle_months;
    std::int64_t fewest = cycle_days * 2;
    std::int64_t most = 0;
    for (std::int64_t start = first_month; start < first_month + cycle_months; ++start) {
        const auto from = month_at(start);
        const auto to = month_at(start + rest);
        const std::int64_t whole = (first_of(to) - first_of(from)).count();
        const auto lost = static_cast<int>(static_cast<unsigned>(last_day_of(from))) -
                          static_cast<int>(static_cast<unsigned>(last_day_of(to)));
        fewest = std::min(fewest, whole - std::max(lost, 0)); // from the last day of the longer month
        most = std::max(most, whole);
    }
    return {cycles * cycle_days + fewest, cycles * cycle_days + most};
}

// A number of exactly `length` digits at the front of the text, which it is taken off.
std::optional<int> take_digits(std::string_view& text, std::size_t length) {
    if (text.size() < length) return std::nullopt;
    int number = 0;
    for (const char digit : text.substr(0, length)) {
        if (digit < '0' || digit > '9') return std::nullopt;
        number = number * 10 + (digit - '0');
    }
    text.remove_prefix(length);
    return number;
}

bool take_hyphen(std::string_view& text) {
    if (!text.starts_with('-')) return false;
    text.remove_prefix(1);
    return true;
}

} // namespace

Date plus(Date date, Period period) {
    return shifted(date, total(period), period.unit);
}

Date minus(Date date, Period period) {
    return shifted(date, -total(period), period.unit);
}

Date start_of_period(Date trigger, const Counting& counting) {
    switch (counting.starts) {
    case Starts::at_trigger:
        return trigger;
    case Starts::end_of_month:
        return Date{month_of(trigger) / std::chrono::last};
    case Starts::end_of_year:
        return end_of_year(trigger, december_31);
    case Starts::end_of_financial_year:
        return end_of_year(trigger, counting.financial_year_ends);
    }
    return trigger;
}

Date kept_through(Date trigger, Period period, const Counting& counting) {
    return plus(start_of_period(trigger, counting), period);
}

Date cutoff_for(Date as_of, Period period, const Counting& counting) {
    return earliest_trigger(earliest_start(as_of, period), counting);
}

// A record due from F is overdue once F + grace lies before as_of. With the smallest F of which that is not true, the
// cutoff is the one of the day before: kept through F - 1, due from F.
Date overdue_cutoff_for(Date as_of, Period period, Period grace, const Counting& counting) {
    const auto due_from = earliest_start(as_of, grace);
    return due_from == first_date ? first_date : cutoff_for(due_from - days{1}, period, counting);
}

std::int64_t shortest_days(Period period) {
    return counts_months(period.unit) ? days_of_months(total(period)).first : total(period);
}

std::int64_t longest_days(Period period) {
    return counts_months(period.unit) ? days_of_months(total(period)).second : total(period);
}

bool never_ends_before(Period longer, Period shorter) {
    if (counts_months(longer.unit) == counts_months(shorter.unit)) return total(longer) >= total(shorter);
    return shortest_days(longer) >= longest_days(shorter);
}

std::optional<Date> parse_date(std::string_view text) {
    const auto year = take_digits(text, 4);
    if (!year || *year == 0 || !take_hyphen(text)) return std::nullopt;
    const auto month = take_digits(text, 2);
    if (!month || !take_hyphen(text)) return std::nullopt;
    const auto day = take_digits(text, 2);
    if (!day || !text.empty()) return std::nullopt;
    const auto date = std::chrono::year{*year} / *month / *day;
    return date.ok() ? std::optional{Date{date}} : std::nullopt;
}

std::string to_string(Date date) {
    const auto day = static_cast<unsigned>(civil(date).day());
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "-%02u", day);
    return to_string(month_of(date)) + text.data();
}

std::string to_string(Month month) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u", static_cast<int>(month.year()),
                  static_cast<unsigned>(month.month()));
    return text.data();
}

Month month_of(Date date) {
    const auto day = civil(date);
    return day.year() / day.month();
}

} // namespace retention
