#include "policies/period.hpp"

#include <algorithm>
#include <array>

namespace retention {
namespace {

struct UnitName {
    Unit unit;
    std::string_view singular, plural;
    char letter; // of ISO 8601
    std::int32_t longest;
};

constexpr std::array<UnitName, 4> unit_names{{
    {Unit::day, "day", "days", 'D', longest_years * 1461 / 4},
    {Unit::week, "week", "weeks", 'W', longest_years * 1461 / 28},
    {Unit::month, "month", "months", 'M', longest_years * 12},
    {Unit::year, "year", "years", 'Y', longest_years},
}};

const UnitName& name_of(Unit unit) {
    return *std::find_if(unit_names.begin(), unit_names.end(), [&](const UnitName& n) { return n.unit == unit; });
}

constexpr std::string_view blanks = " \t";
constexpr std::string_view digits = "0123456789";
constexpr const char* wants_unit = "a period needs a unit: day, week, month or year";
constexpr const char* wants_one_unit = "a period has exactly one number and one unit";

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::nullopt_t refused(std::string& why, const char* reason) {
    why = reason;
    return std::nullopt;
}

// Takes the digits off the front of the text. A number that is beyond every limit stays so, however long it is.
std::optional<std::int64_t> take_number(std::string_view& text, std::string& why) {
    if (text.starts_with('-')) return refused(why, "a period must be above zero");
    const auto length = std::min(text.find_first_not_of(digits), text.size());
    if (length == 0) return refused(why, "a period begins with a whole number");
    std::int64_t number = 0;
    for (const char digit : text.substr(0, length)) number = std::min<std::int64_t>(number * 10 + digit - '0', 1 << 30);
    text.remove_prefix(length);
    if (text.starts_with('.') || text.starts_with(',')) return refused(why, "a period is a whole number of units");
    return number;
}

std::optional<Period> within_limits(std::int64_t number, const UnitName& unit, std::string& why) {
    if (number == 0) return refused(why, "a period must be above zero");
    if (number > unit.longest) return refused(why, "a period is at most 1,000 years");
    return Period{static_cast<std::int32_t>(number), unit.unit};
}

std::optional<Period> read_iso_8601(std::string_view text, std::string& why) {
    if (text.starts_with('T')) return refused(why, "a period counts whole days, not hours, minutes or seconds");
    const auto number = take_number(text, why);
    if (!number) return std::nullopt;
    if (text.empty()) return refused(why, wants_unit);
    const auto unit = std::find_if(unit_names.begin(), unit_names.end(),
                                   [&](const UnitName& name) { return name.letter == text.front(); });
    if (unit == unit_names.end()) return refused(why, wants_unit);
    if (text.size() > 1) return refused(why, wants_one_unit);
    return within_limits(*number, *unit, why);
}

std::optional<Period> read_words(std::string_view text, std::string& why) {
    const auto number = take_number(text, why);
    if (!number) return std::nullopt;
    const auto word = trimmed(text);
    const auto unit = std::find_if(unit_names.begin(), unit_names.end(),
                                   [&](const UnitName& name) { return word == name.singular || word == name.plural; });
    if (unit == unit_names.end())
        return refused(why,
                       word.find_first_of(" \t0123456789") == std::string_view::npos ? wants_unit : wants_one_unit);
    if (word.size() == text.size()) return refused(why, "a period has a blank between its number and its unit");
    return within_limits(*number, *unit, why);
}

} // namespace

std::int32_t longest_count(Unit unit) {
    return name_of(unit).longest;
}

std::optional<Period> parse_period(std::string_view text, std::string& why) {
    const auto written = trimmed(text);
    if (written.empty()) return refused(why, "a period must not be blank");
    return written.front() == 'P' ? read_iso_8601(written.substr(1), why) : read_words(written, why);
}

std::string to_string(Period period) {
    const auto& name = name_of(period.unit);
    return std::to_string(period.count) + ' ' + std::string(period.count == 1 ? name.singular : name.plural);
}

} // namespace retention
