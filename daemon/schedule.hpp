#pragma once
// When a category runs: systemd's calendar syntax (systemd.time(7)), the common subset. Pure: text in, instants out.
//
//   [weekdays] [date] [time]   or a word: minutely, hourly, daily, weekly, monthly, quarterly, semiannually, yearly
//   weekdays   Mon   Mon..Fri   Sat,Sun
//   date       *-*-*   *-*-01   2026-*-1/2   *-01,07-15   *-*~01 (the last day of the month)
//   time       HH:MM   HH:MM:SS, each * or a list of numbers, ranges a..b and steps a/n, a..b/n
//   left out:  any weekday; every day; 00:00:00; second 00
//
// Not read, each with a clear message: fractions of a second, a time zone of its own, "@" and unix time.

#include "policies/problem.hpp"
#include "policies/zone.hpp"

#include <bitset>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retention {

// A number, a range, or a series: from, from+step, … up to `until` (nothing: to the end of its unit).
struct ScheduleTerm {
    int from = 0;
    std::optional<int> until;
    int step = 0; // 0: `from` alone
    bool covers(int value) const;
};
using ScheduleField = std::vector<ScheduleTerm>; // empty: any value

class Schedule {
public:
    // The first instant after this one at which the wall clock of the zone reads a time of the schedule. A time that
    // the clock skips does not come that day; one that comes twice counts the first time (systemd does the same).
    // Nothing where there is none before the year 2200.
    std::optional<Instant> next(Instant after, const Zone&) const;

private:
    friend std::optional<Schedule> parse_schedule(std::string_view, std::string& why);
    bool covers(Date) const;
    std::optional<std::chrono::seconds> next_time(std::chrono::seconds from) const; // of day

    std::bitset<7> weekdays_ = 0x7f; // Sunday is 0
    ScheduleField year_, month_, day_, hour_, minute_, second_;
    bool from_the_end_ = false; // days count from the end of the month
};

// Nothing, and `why`, for anything that is not understood in full.
std::optional<Schedule> parse_schedule(std::string_view text, std::string& why);

} // namespace retention
