#pragma once
// Which local day a stored date and time falls on, told beforehand, so that a database can find it out without time
// zones of its own (a server's tzdata may be older than ours, and MariaDB's is often not loaded). The one reading stays
// Zone's: these are its answers, put so that SQL can use them. Pure; thread-safe.

#include "policies/zone.hpp"

#include <vector>

namespace retention {

// The first reading of the clock of `store` (a column without a zone; Zone::utc() for instants) that falls on the local
// day of `here`, or later: a reading r falls before the day if and only if r < first_reading(here, store, day).
// 2026-03-29 in Europe/London of a UTC column: 2026-03-29 00:00:00; 2026-03-30: 2026-03-29 23:00:00.
LocalTime first_reading(const Zone& here, const Zone& store, Date day);

// From this reading on, up to the next one of the list, the local day of a reading r is the calendar day of r + shift.
struct DayShift {
    LocalTime from;
    std::chrono::seconds shift;
};
// In order; the first one holds for all readings before it too. Exact from 1900 to 2100; the last one goes on.
std::vector<DayShift> day_shifts(const Zone& here, const Zone& store);

} // namespace retention
