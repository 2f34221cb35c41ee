#include "daemon/schedule.hpp"

#include <algorithm>
#include <array>

namespace retention {
namespace {

constexpr Date last_day_of_search = std::chrono::local_days{std::chrono::year{2199} / 12 / 31};

bool covers(const ScheduleField& field, int value) {
    return field.empty() ||
           std::ranges::any_of(field, [value](const ScheduleTerm& term) { return term.covers(value); });
}

// 1 is the last day: in February 2026 "~1..3" is 28, 27, 26, and "~07/1" is 22, 23, … 28.
ScheduleTerm from_the_end(const ScheduleTerm& term, int days) {
    const int from = days + 1 - term.from;
    if (!term.until) return {from, std::nullopt, term.step};
    return {days + 1 - *term.until, from, term.step};
}

int days_in(const std::chrono::year_month_day& date) {
    return static_cast<int>(static_cast<unsigned>((date.year() / date.month() / std::chrono::last).day()));
}

std::optional<int> next_in(const ScheduleField& field, int from, int end) {
    for (int value = from; value < end; ++value)
        if (covers(field, value)) return value;
    return std::nullopt;
}

// The instant of a reading of the wall clock that lies after `after`: the first of two; nothing where it is skipped.
std::optional<Instant> instant_of(LocalTime local, Instant after, const Zone& zone) {
    const Instant latest = zone.latest_instant(local);
    if (zone.local_time(latest) != local) return std::nullopt;
    constexpr std::array overlaps{std::chrono::minutes(180), std::chrono::minutes(120), std::chrono::minutes(60),
                                  std::chrono::minutes(30), std::chrono::minutes(20)};
    for (const auto overlap : overlaps)
        if (latest - overlap > after && zone.local_time(latest - overlap) == local) return latest - overlap;
    return latest > after ? std::optional(latest) : std::nullopt;
}

} // namespace

bool ScheduleTerm::covers(int value) const {
    if (step == 0) return value == from;
    return value >= from && (!until || value <= *until) && (value - from) % step == 0;
}

bool Schedule::covers(Date date) const {
    const std::chrono::year_month_day parts{date};
    const int day = static_cast<int>(static_cast<unsigned>(parts.day()));
    if (!weekdays_[std::chrono::weekday{date}.c_encoding()]) return false;
    if (!retention::covers(year_, static_cast<int>(parts.year()))) return false;
    if (!retention::covers(month_, static_cast<int>(static_cast<unsigned>(parts.month())))) return false;
    if (!from_the_end_ || day_.empty()) return retention::covers(day_, day);
    return std::ranges::any_of(
        day_, [&](const ScheduleTerm& term) { return from_the_end(term, days_in(parts)).covers(day); });
}

std::optional<std::chrono::seconds> Schedule::next_time(std::chrono::seconds from) const {
    const int at = static_cast<int>(from.count());
    for (auto hour = next_in(hour_, at / 3600, 24); hour; hour = next_in(hour_, *hour + 1, 24)) {
        const bool this_hour = *hour == at / 3600;
        for (auto minute = next_in(minute_, this_hour ? at / 60 % 60 : 0, 60); minute;
             minute = next_in(minute_, *minute + 1, 60)) {
            const bool this_minute = this_hour && *minute == at / 60 % 60;
            if (const auto second = next_in(second_, this_minute ? at % 60 : 0, 60))
                return std::chrono::seconds(*hour * 3600 + *minute * 60 + *second);
        }
    }
    return std::nullopt;
}

std::optional<Instant> Schedule::next(Instant after, const Zone& zone) const {
    const LocalTime local = zone.local_time(after);
    Date date = std::chrono::floor<std::chrono::days>(local);
    auto from = std::chrono::floor<std::chrono::seconds>(local - date) + std::chrono::seconds(1);
    for (; date <= last_day_of_search; date += std::chrono::days(1), from = std::chrono::seconds(0)) {
        if (!covers(date)) continue;
        for (auto time = next_time(from); time; time = next_time(*time + std::chrono::seconds(1)))
            if (const auto instant = instant_of(LocalTime(date) + *time, after, zone)) return instant;
    }
    return std::nullopt;
}

} // namespace retention
