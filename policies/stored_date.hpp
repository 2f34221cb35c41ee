#pragma once
// What a stored value means as a date in its declared form: the one reading that every engine must agree with.
// A value that is not so formed, or is zero, infinite or before `earliest`, is not a date at all ("undated"), never
// "very old". Pure; thread-safe.

#include "policies/calendar.hpp"
#include "policies/zone.hpp"

#include <optional>
#include <string_view>
#include <variant>

namespace retention {

// `native`: the column's own date type, on engines that have one. `iso`: text, YYYY-MM-DD alone or followed by a blank
// or T, HH:MM or HH:MM:SS, a fraction of the second, Z. `iso_offset`: the same with a time and a required Z or offset
// (+01:00, +0100, +01; up to 15:59, which is more than any zone ever had). Capital T and Z, no blanks around, hours 00
// to 23, seconds 00 to 59; digits beyond the microsecond are dropped, as if the clock had not yet ticked.
enum class DateFormat { native, iso, iso_offset, unix_seconds, unix_milliseconds };

// A calendar day, a reading of the store's wall clock, or an instant.
using StoredDate = std::variant<Date, LocalTime, Instant>;

// A day alone is a Date, a time without Z a LocalTime, one with Z or an offset an Instant.
std::optional<StoredDate> read_iso(std::string_view text);
std::optional<StoredDate> read_iso_offset(std::string_view text);
// Above zero, and not past the year 9999. `per_second` is 1 or 1,000.
std::optional<StoredDate> read_unix(std::int64_t value, std::int64_t per_second);

// The day of `here`, the zone of the configuration, on which it falls; `store` is the zone of columns without one. A
// day alone is that day everywhere.
Date local_date_of(const StoredDate&, const Zone& here, const Zone& store);

} // namespace retention
