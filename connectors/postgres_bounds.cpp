// PostgresDialect: days as values, and as bounds in the type of a column.

#include "connectors/postgres_dialect.hpp"
#include "connectors/postgres_patterns.hpp"
#include "connectors/postgres_readings.hpp"

#include <algorithm>

namespace retention {

using namespace postgres;

Sql PostgresDialect::day(Date date) const {
    return date_value(date);
}

Sql PostgresDialect::date(Date date) const {
    return date_value(date);
}

// As an untyped literal it takes the type of what it is compared with, and timestamp passes over the offset. The
// rejected form, always a timestamp, would be read as UTC beside a timestamp with time zone.
Sql PostgresDialect::first_instant(Date date) const {
    const LocalTime reading = first_reading(here_, store_.zone, date);
    if (store_.zone.name() == "UTC") return reading_value(reading);
    const auto ahead = std::chrono::floor<std::chrono::seconds>(reading.time_since_epoch() -
                                                                here_.first_instant(date).time_since_epoch());
    const std::string sign = ahead.count() < 0 ? "-" : "+";
    const std::string offset = written(LocalTime{std::chrono::abs(ahead)}).substr(11); // of 1970-01-01
    return "'" + written(reading) + sign + offset + "'";
}

Sql PostgresDialect::maybe_before(const Sql&, const PlannedDate&, Date) const {
    return {};
}

// Bounds in the type of the column, so that its index serves; empty where it has no such type. `from` and `before` are
// days; without `before`, all that are usable.
Sql PostgresDialect::from_to(const Sql& value, const PlannedDate& date, std::optional<Date> from,
                             std::optional<Date> before) const {
    const Date first = std::max({from.value_or(first_date), date.earliest.value_or(first_date), first_date});
    const auto between = [&](const Sql& low, const Sql& end) {
        return "(" + value + " >= " + low + " AND " + value + " < " + end + ")";
    };
    const auto reading = [&](Date day, const Zone& zone) { return first_reading(here_, zone, day); };
    const Sql infinity = "'infinity'";
    if (!date.column) return {};
    switch (reading_of(date)) {
    case Reading::day:
        return between(date_value(first), before ? date_value(*before) : infinity);
    case Reading::local:
        return between(reading_value(reading(first, store_.zone)),
                       before ? reading_value(reading(*before, store_.zone)) : infinity);
    case Reading::instant:
        return between(instant_value(reading(first, utc_.zone)),
                       before ? instant_value(reading(*before, utc_.zone)) : infinity);
    case Reading::number: {
        const auto unix_day = [&](Date day) { return unix_of(here_.first_instant(day), date); };
        return between(number_value(std::max<std::int64_t>(1, unix_day(first))),
                       number_value(before ? std::min(unix_day(*before), unix_end(date)) : unix_end(date)));
    }
    case Reading::text:
    case Reading::digits:
        break;
    }
    return {};
}

Sql PostgresDialect::falls_before(const Sql& value, const PlannedDate& date, Date day_after) const {
    const Sql bounds = from_to(value, date, std::nullopt, day_after);
    if (!bounds.empty()) return bounds;
    const Sql falls = day_of(value, date) + " < " + day(day_after);
    // Text dates sort by their day where bytes do; a zone moves one by less than two days.
    const bool by_bytes = date.column && (date.column->collation == "C" || date.column->collation == "POSIX");
    if (!by_bytes || reading_of(date) != Reading::text || date.column->family != TypeFamily::text ||
        day_after > last_date - std::chrono::days{2})
        return falls;
    return "(" + value + " < " + bound_text(to_string(day_after + std::chrono::days{2})) + " AND " + falls + ")";
}

Sql PostgresDialect::falls_from(const Sql& value, const PlannedDate& date, Date first) const {
    const Sql bounds = from_to(value, date, first, std::nullopt);
    return bounds.empty() ? day_of(value, date) + " >= " + day(first) : bounds;
}

} // namespace retention
