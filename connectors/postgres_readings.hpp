#pragma once
// How PostgresDialect reads the value of a date, and what it compares one with. Inside its files alone.

#include "connectors/plan.hpp"
#include "connectors/sql.hpp"
#include "policies/zone.hpp"

namespace retention::postgres {

// A date type is read as itself, whatever format the rule names.
enum class Reading { day, local, instant, text, number, digits };
Reading reading_of(const PlannedDate&);

// Bound, with their types: date, timestamp, timestamptz (of a reading of UTC's clock), bigint.
Sql date_value(Date);
Sql reading_value(LocalTime);
Sql instant_value(LocalTime utc);
Sql number_value(std::int64_t);

// Unix time in the date's unit. `unix_end`: the first number past the year 9999.
std::int64_t per_second(const PlannedDate&);
std::int64_t unix_of(Instant, const PlannedDate&);
std::int64_t unix_end(const PlannedDate&);

} // namespace retention::postgres
