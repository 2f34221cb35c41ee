#pragma once
// A period: how long a record is kept, in calendar units. It is not a duration: "1 month" has no length in seconds
// until a day is added to it (policies/calendar.hpp). Plain values, thread-safe.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace retention {

enum class Unit { day, week, month, year };

struct Period {
    std::int32_t count = 0; // above zero in every period that was parsed
    Unit unit = Unit::day;
    bool operator==(const Period&) const = default;
};

// A longer period is a slip of the pen: no law and no notice asks for more than 1,000 years.
constexpr std::int32_t longest_years = 1000;
// The same limit in any unit: 12,000 months, 52,178 weeks, 365,250 days (years of 365.25 days, rounded down).
std::int32_t longest_count(Unit);

// Reads "36 months", "1 year", "P36M", "P2W" (ISO 8601, one unit, capital letters). Blanks around it do not matter.
// Blank, zero, negative, fractional, overflowing or unit-less text gives nothing, and `why` then says what is wrong
// with it, as a clause about "a period": "a period must be above zero".
std::optional<Period> parse_period(std::string_view text, std::string& why);

// "36 months", "1 year": as a person writes it, singular and plural.
std::string to_string(Period);

} // namespace retention
