// PostgresDialect: on which local day a stored date falls.

#include "connectors/postgres_dialect.hpp"
#include "connectors/postgres_patterns.hpp"
#include "connectors/postgres_readings.hpp"

#include <algorithm>
#include <map>
#include <mutex>

namespace retention {

using namespace postgres;

namespace {

Sql clock_of_utc(const Sql& instant) {
    return "(" + instant + " AT TIME ZONE INTERVAL '0')";
}

std::string time_of(std::chrono::seconds shift) {
    const std::chrono::hh_mm_ss clock{shift};
    return (shift.count() < 0 ? "-" : "") + std::to_string(clock.hours().count()) + ":" +
           std::to_string(clock.minutes().count()) + ":" + std::to_string(clock.seconds().count());
}

struct Arrays {
    std::string from, shifts;
};

// width_bucket() counts the readings that are not after its first argument: the shifts begin at 0, and the first one
// needs no reading.
Arrays arrays_of(const std::vector<DayShift>& list) {
    if (list.size() == 1 && list.front().shift.count() == 0) return {};
    Arrays arrays{"{", "[0:" + std::to_string(list.size() - 1) + "]={"};
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (i > 0) arrays.from += (i > 1 ? "," : "") + ("\"" + written(list[i].from) + "\"");
        arrays.shifts += (i > 0 ? "," : "") + time_of(list[i].shift);
    }
    return {arrays.from + "}", arrays.shifts + "}"};
}

// A list takes some milliseconds to make, a connection should not.
Arrays known_arrays(const Zone& here, const Zone& zone) {
    static std::mutex mutex;
    static std::map<std::pair<std::string, std::string>, Arrays> known;
    const std::lock_guard lock(mutex);
    const auto [found, fresh] = known.try_emplace({here.name(), zone.name()});
    if (fresh) found->second = arrays_of(day_shifts(here, zone));
    return found->second;
}

} // namespace

PostgresDialect::Clock PostgresDialect::clock(const Zone& here, const Zone& zone) {
    auto arrays = known_arrays(here, zone);
    return {zone, std::move(arrays.from), std::move(arrays.shifts)};
}

PostgresDialect::PostgresDialect(Zone here, Zone store)
    : here_(std::move(here)), store_(clock(here_, store)), utc_(clock(here_, Zone::utc())) {}

// Of a reading from year 1 to year 9999; arithmetic may lead out of them by a day.
Sql PostgresDialect::day_of_reading(const Sql& reading, const Clock& clock) const {
    if (clock.shifts.empty()) return "CAST(" + reading + " AS date)";
    const Sql shift = "(CAST(" + Sql::value(clock.shifts) + " AS interval[]))[width_bucket(CAST(" + reading +
                      " AS timestamp), CAST(" + Sql::value(clock.from) + " AS timestamp[]))]"; // of a domain too
    return "GREATEST(LEAST(CAST(" + reading + " + " + shift + " AS date), DATE '9999-12-31'), DATE '0001-01-01')";
}

// Of any finite reading; infinities are no dates, nor is what falls before `earliest`.
Sql PostgresDialect::day_of_usable(const Sql& reading, const Clock& clock, const std::optional<Date>& earliest) const {
    const Sql low =
        earliest ? ">= " + reading_value(first_reading(here_, clock.zone, *earliest)) : Sql("> '-infinity'");
    return "CASE WHEN " + reading + " " + low + " AND " + reading + " < TIMESTAMP '10000-01-01' THEN " +
           day_of_reading(reading, clock) + " WHEN " + reading + " >= TIMESTAMP '10000-01-01' AND " + reading +
           " < 'infinity' THEN DATE '9999-12-31' END";
}

// A day alone is that day everywhere. A day that a text names lies in the years 1 to 9999, its instant may not.
Sql PostgresDialect::day_of_text(const Sql& text, const PlannedDate& date) const {
    const auto earliest = date.earliest && *date.earliest > first_date ? date.earliest : std::nullopt;
    if (date.format == DateFormat::iso_offset) {
        const Sql instant = "CAST(regexp_replace(" + text + ", '[.][0-9]+', '') AS timestamptz)";
        return "CASE WHEN " + matches(text, iso_offset_pattern) + " THEN " +
               day_of_usable(clock_of_utc(instant), utc_, earliest) + " END";
    }
    const Sql alone = "CAST(left(" + text + ", 10) AS date)";
    const Sql early = earliest ? "left(" + text + ", 10) < " + bound_text(to_string(*earliest)) : Sql();
    Sql sql = "CASE WHEN NOT " + matches(text, iso_pattern) + " THEN NULL WHEN ";
    if (store_.shifts.empty() && utc_.shifts.empty())
        return early.empty() ? sql + "true THEN " + alone + " END" : sql + early + " THEN NULL ELSE " + alone + " END";
    const Sql reading = "CAST(left(rtrim(" + text + ", 'Z'), 19) AS timestamp)"; // no day begins within a second
    sql += "length(" + text + ") = 10 THEN ";
    sql += early.empty() ? alone : "CASE WHEN NOT " + early + " THEN " + alone + " END";
    return sql + " WHEN right(" + text + ", 1) = 'Z' THEN " + day_of_usable(reading, utc_, earliest) + " ELSE " +
           day_of_usable(reading, store_, earliest) + " END";
}

// Above zero, and not past the year 9999; a part of a second or millisecond is cut off.
Sql PostgresDialect::day_of_number(const Sql& number, const PlannedDate& date) const {
    Sql seconds = "CAST(floor(" + number + ") AS double precision)";
    if (per_second(date) != 1) seconds = "floor(" + seconds + " / 1000)";
    std::int64_t low = 1;
    if (date.earliest) low = std::max(low, unix_of(here_.first_instant(*date.earliest), date));
    return "CASE WHEN " + number + " >= " + number_value(low) + " AND " + number + " < " +
           number_value(unix_end(date)) + " THEN " +
           day_of_reading(clock_of_utc("to_timestamp(" + seconds + ")"), utc_) + " END";
}

Sql PostgresDialect::day_of_value(const Sql& value, const PlannedDate& date) const {
    std::optional<Date> earliest = first_date; // a type that knows years before it
    if (date.earliest) earliest = std::max(first_date, *date.earliest);
    switch (reading_of(date)) {
    case Reading::day:
        return "CASE WHEN " + value + " >= " + date_value(*earliest) + " AND " + value + " < 'infinity' THEN LEAST(" +
               value + ", DATE '9999-12-31') END";
    case Reading::local:
        return day_of_usable(value, store_, earliest);
    case Reading::instant:
        return day_of_usable(clock_of_utc(value), utc_, earliest);
    case Reading::number:
        return day_of_number(value, date);
    case Reading::digits: {
        const Sql text = as_text(value);
        return "CASE WHEN " + matches(text, "[0-9]{1,19}") + " THEN " +
               day_of_number("CAST(" + text + " AS numeric)", date) + " END";
    }
    case Reading::text:
        break;
    }
    return day_of_text(as_text(value), date);
}

Sql PostgresDialect::day_of(const Sql& value, const PlannedDate& date) const {
    if (date.column) return "(" + day_of_value(value, date) + ")";
    return "(SELECT " + day_of_value("retentiond_value.v", date) + " FROM (SELECT " + value +
           " AS v OFFSET 0) AS retentiond_value)";
}

} // namespace retention
