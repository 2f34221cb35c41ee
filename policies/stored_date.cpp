#include "policies/stored_date.hpp"

#include <cstdint>

namespace retention {
namespace {

using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int most_offset_hours = 15; // PostgreSQL's limit; local mean times came within 15:14 of Greenwich

// Takes what it reads off the front of the text, or leaves the text alone.
struct Reader {
    std::string_view text;

    bool take(char wanted) {
        if (!text.starts_with(wanted)) return false;
        text.remove_prefix(1);
        return true;
    }
    bool digit() const { return !text.empty() && text.front() >= '0' && text.front() <= '9'; }
    // Exactly two digits, from 00 to `most`.
    std::optional<int> take_two(int most) {
        const Reader before = *this;
        if (!digit()) return std::nullopt;
        int number = text.front() - '0';
        text.remove_prefix(1);
        if (digit()) {
            number = number * 10 + text.front() - '0';
            text.remove_prefix(1);
            if (number <= most) return number;
        }
        *this = before;
        return std::nullopt;
    }
    // One digit or more, of which the first six count.
    std::optional<microseconds> take_fraction() {
        if (!digit()) return std::nullopt;
        std::int64_t number = 0;
        for (std::int64_t places = 0; digit() || places < 6; ++places) {
            if (places < 6) number = number * 10 + (digit() ? text.front() - '0' : 0);
            if (digit()) text.remove_prefix(1);
        }
        return microseconds{number};
    }
};

// Since midnight; nothing where it is no time of day.
std::optional<microseconds> take_time(Reader& reader) {
    const auto hour = reader.take_two(23);
    if (!hour || !reader.take(':')) return std::nullopt;
    const auto minute = reader.take_two(59);
    if (!minute) return std::nullopt;
    microseconds time = std::chrono::hours{*hour} + minutes{*minute};
    if (!reader.take(':')) return time;
    const auto second = reader.take_two(59);
    if (!second) return std::nullopt;
    time += seconds{*second};
    if (!reader.take('.')) return time;
    const auto fraction = reader.take_fraction();
    return fraction ? std::optional{time + *fraction} : std::nullopt;
}

// Z, +01:00, +0100 or +01: how far the local clock is ahead of UTC.
std::optional<minutes> take_offset(Reader& reader) {
    if (reader.take('Z')) return minutes{0};
    const bool behind = reader.text.starts_with('-');
    if (!behind && !reader.text.starts_with('+')) return std::nullopt;
    reader.text.remove_prefix(1);
    const auto hour = reader.take_two(most_offset_hours);
    if (!hour) return std::nullopt;
    const bool wants_minutes = reader.take(':') || reader.digit();
    const auto minute = wants_minutes ? reader.take_two(59) : std::optional{0};
    if (!minute) return std::nullopt;
    const minutes offset{*hour * 60 + *minute};
    return behind ? -offset : offset;
}

struct Reading {
    Date day;
    std::optional<LocalTime> time;
    std::optional<minutes> offset;
};

std::optional<Reading> read(std::string_view text) {
    constexpr std::size_t date_length = 10;
    const auto day = parse_date(text.substr(0, date_length));
    if (!day) return std::nullopt;
    Reading reading{*day, {}, {}};
    Reader reader{text.substr(date_length)};
    if (reader.text.empty()) return reading;
    if (!reader.take(' ') && !reader.take('T')) return std::nullopt;
    const auto time = take_time(reader);
    if (!time) return std::nullopt;
    reading.time = LocalTime{*day} + *time;
    if (reader.text.empty()) return reading;
    reading.offset = take_offset(reader);
    return reading.offset && reader.text.empty() ? std::optional{reading} : std::nullopt;
}

Instant at_offset(LocalTime time, minutes offset) {
    return Instant{time.time_since_epoch() - offset};
}

} // namespace

std::optional<StoredDate> read_iso(std::string_view text) {
    const auto reading = read(text);
    if (!reading) return std::nullopt;
    if (!reading->time) return reading->day;
    if (!reading->offset) return *reading->time;
    if (!text.ends_with('Z')) return std::nullopt;
    return at_offset(*reading->time, minutes{0});
}

std::optional<StoredDate> read_iso_offset(std::string_view text) {
    const auto reading = read(text);
    if (!reading || !reading->time || !reading->offset) return std::nullopt;
    return at_offset(*reading->time, *reading->offset);
}

std::optional<StoredDate> read_unix(std::int64_t value, std::int64_t per_second) {
    constexpr std::int64_t last_second = seconds{last_date.time_since_epoch() + std::chrono::days{1}}.count() - 1;
    const bool known = per_second == 1 || per_second == 1000;
    if (!known || value <= 0 || value / per_second > last_second) return std::nullopt;
    return Instant{microseconds{value * (1'000'000 / per_second)}};
}

Date local_date_of(const StoredDate& stored, const Zone& here, const Zone& store) {
    if (const auto* day = std::get_if<Date>(&stored)) return *day;
    const auto* reading = std::get_if<LocalTime>(&stored);
    return here.local_date(reading ? store.latest_instant(*reading) : std::get<Instant>(stored));
}

} // namespace retention
