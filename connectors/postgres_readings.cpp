#include "connectors/postgres_readings.hpp"

#include "connectors/postgres_patterns.hpp"

namespace retention::postgres {

namespace {

TypeFamily family_of(const PlannedDate& date) {
    return date.column ? date.column->family : date.query_family;
}

bool is_unix(const PlannedDate& date) {
    return date.format == DateFormat::unix_seconds || date.format == DateFormat::unix_milliseconds;
}

} // namespace

Reading reading_of(const PlannedDate& date) {
    switch (family_of(date)) {
    case TypeFamily::date:
        return Reading::day;
    case TypeFamily::time_stamp:
        return Reading::local;
    case TypeFamily::zoned_time_stamp:
        return Reading::instant;
    case TypeFamily::integer:
    case TypeFamily::real:
        return is_unix(date) ? Reading::number : Reading::text;
    default:
        return is_unix(date) ? Reading::digits : Reading::text;
    }
}

Sql date_value(Date date) {
    return "CAST(" + Sql::value(to_string(date)) + " AS date)";
}

Sql reading_value(LocalTime reading) {
    return "CAST(" + Sql::value(written(reading)) + " AS timestamp)";
}

Sql instant_value(LocalTime utc) {
    return "CAST(" + Sql::value(written(utc) + "+00") + " AS timestamptz)";
}

Sql number_value(std::int64_t number) {
    return "CAST(" + Sql::value(std::to_string(number)) + " AS bigint)";
}

std::int64_t per_second(const PlannedDate& date) {
    return date.format == DateFormat::unix_milliseconds ? 1000 : 1;
}

std::int64_t unix_of(Instant instant, const PlannedDate& date) {
    return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count() * per_second(date);
}

std::int64_t unix_end(const PlannedDate& date) {
    return unix_of(Instant{(last_date + std::chrono::days{1}).time_since_epoch()}, date);
}

} // namespace retention::postgres
