#include "connectors/local_days.hpp"

#include <algorithm>

namespace retention {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

// Clocks are moved at whole seconds and days begin at whole seconds, so that no boundary lies between two.
bool reaches(const Zone& store, LocalTime reading, Instant instant) {
    return store.latest_instant(reading) >= instant;
}

// The first reading whose instant is `instant` or later. Instants never fall as readings rise: a reading that comes
// twice counts as its later instant, one that is skipped as the moment after the gap.
LocalTime first_reading_from(const Zone& store, Instant instant) {
    const LocalTime likely = store.local_time(instant);
    if (reaches(store, likely, instant) && !reaches(store, likely - seconds{1}, instant)) return likely;
    LocalTime before = likely - hours{48}, from = likely + hours{48}; // no clock was ever moved by more than a day
    while (from - before > seconds{1}) {
        const LocalTime middle = before + std::chrono::floor<seconds>((from - before) / 2);
        (reaches(store, middle, instant) ? from : before) = middle;
    }
    return from;
}

// Collects shifts; of two for one reading the later one holds.
class Shifts {
public:
    // All readings from `from` on, for 24 hours at the most, fall on `day`.
    void add(LocalTime from, Date day) {
        const auto shift = std::chrono::floor<seconds>(LocalTime{day} - from);
        if (!found_.empty() && found_.back().from == from) found_.pop_back();
        if (found_.empty() || found_.back().shift != shift) found_.push_back({from, shift});
    }
    std::vector<DayShift> take() { return std::move(found_); }

private:
    std::vector<DayShift> found_;
};

} // namespace

// Nothing falls before the first date: what lies before it is clamped to it, or no date at all.
LocalTime first_reading(const Zone& here, const Zone& store, Date day) {
    if (day <= first_date) return LocalTime{first_date};
    return first_reading_from(store, here.first_instant(day));
}

// One shift serves as long as each day begins 24 hours after the one before. A day that is longer (a clock went back)
// takes its last 24 hours from the shift of the next day, a day that is shorter, or left out, ends where the next one
// begins. London on 2026-10-25 in UTC, 25 hours: +1 h for 23:00 to 24:00 of the 24th, +0 h from 2026-10-25 00:00 on.
std::vector<DayShift> day_shifts(const Zone& here, const Zone& store) {
    if (here.name() == Zone::utc().name() && store.name() == here.name()) return {{LocalTime{first_date}, {}}};
    constexpr Date first = std::chrono::local_days{std::chrono::year{1900} / 1 / 1};
    constexpr Date last = std::chrono::local_days{std::chrono::year{2101} / 1 / 1};
    Shifts shifts;
    LocalTime begins = first_reading(here, store, first);
    for (Date day = first; day <= last; day += days{1}) {
        const LocalTime ends = first_reading(here, store, day + days{1});
        shifts.add(begins, day);
        for (LocalTime from = begins; ends - from > days{1};) {
            from = std::min(from + days{1}, ends - days{1});
            shifts.add(from, day);
        }
        begins = ends;
    }
    return shifts.take();
}

} // namespace retention
