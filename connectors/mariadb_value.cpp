#include "connectors/mariadb_value.hpp"

#include "connectors/mariadb_text.hpp"
#include "policies/mask.hpp"
#include "policies/stored_date.hpp"
#include "policies/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace retention {

namespace {

constexpr std::string_view digits = "0123456789", hexadecimal = "0123456789abcdefABCDEF";

std::string_view word_of(std::string_view type) {
    return type.substr(0, type.find_first_of("( "));
}

template <class Number>
std::optional<Number> number_in(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

// "decimal(10,2)": 10 and 2. Missing ones are 0.
std::array<std::size_t, 2> numbers_of(std::string_view type) {
    std::array<std::size_t, 2> numbers{};
    const auto from = type.find('('), to = type.find(')');
    if (from == type.npos || to == type.npos) return numbers;
    const auto inside = type.substr(from + 1, to - from - 1);
    const auto comma = std::min(inside.find(','), inside.size());
    numbers[0] = number_in<std::size_t>(inside.substr(0, comma)).value_or(0);
    if (comma < inside.size()) numbers[1] = number_in<std::size_t>(inside.substr(comma + 1)).value_or(0);
    return numbers;
}

bool is_decimal(const Column& column, std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    const auto point = std::min(text.find('.'), text.size());
    std::string_view whole = text.substr(0, point), fraction = text.substr(std::min(point + 1, text.size()));
    if (whole.empty() || (point < text.size() && fraction.empty())) return false;
    if (whole.find_first_not_of(digits) != whole.npos || fraction.find_first_not_of(digits) != fraction.npos)
        return false;
    whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size()));
    fraction = fraction.substr(0, fraction.find_last_not_of('0') + 1);
    const auto [all, places] = numbers_of(column.type);
    return whole.size() <= all - places && fraction.size() <= places;
}

bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const std::string_view allowed = dash ? "-" : hexadecimal;
        if (allowed.find(text[i]) == allowed.npos) return false;
    }
    return true;
}

// What stands in text of a column of dates and times; in UTC where it has an offset and `zoned`.
std::optional<LocalTime> clock_in(const std::string& text, bool zoned) {
    auto found = read_iso(text);
    if (!found) found = read_iso_offset(text);
    if (!found) return std::nullopt;
    if (const auto* day = std::get_if<Date>(&*found)) return LocalTime{*day};
    if (const auto* reading = std::get_if<LocalTime>(&*found)) return *reading;
    if (zoned) return LocalTime{std::get<Instant>(*found).time_since_epoch()};
    const auto zone = text.find_first_of("Z+-", 11);
    return std::get<LocalTime>(read_iso(text.substr(0, zone)).value());
}

// A DATETIME has no zone, a TIMESTAMP shall have one.
bool is_clock(const std::string& text, bool zoned) {
    const auto iso = read_iso(text);
    if (zoned) return (iso && std::holds_alternative<Instant>(*iso)) || read_iso_offset(text);
    return iso && !std::holds_alternative<Instant>(*iso);
}

// "-838:59:59.000000"
bool is_time(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    const auto colon = text.find(':');
    if (colon < 2 || colon > 3 || text.substr(0, colon).find_first_not_of(digits) != text.npos) return false;
    return read_iso("2000-01-01 00" + std::string(text.substr(colon))).has_value() && !text.ends_with('Z');
}

std::string charset_of(const Column& column) {
    return column.collation.substr(0, column.collation.find('_'));
}

// Every character set of MariaDB has these characters; latin1 has those of the upper half, utf8mb3 all of three bytes.
bool is_representable(const Column& column, const std::string& text) {
    const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    if (std::all_of(text.begin(), text.end(), is_ascii)) return true;
    const std::string charset = charset_of(column);
    if (charset == "utf8mb4") return true;
    const bool short_ones =
        std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0xF0; });
    return short_ones && (charset == "utf8mb3" || charset == "utf8" || charset == "ucs2");
}

std::string number_type(const Column& column) {
    if (is_mariadb_type(column, "float")) return "FLOAT";
    if (is_mariadb_type(column, "double")) return "DOUBLE";
    const auto [all, places] = numbers_of(column.type);
    return all == 0 ? "DECIMAL(65,30)" : "DECIMAL(" + std::to_string(all) + "," + std::to_string(places) + ")";
}

} // namespace

bool is_mariadb_type(const Column& column, std::string_view name) {
    const auto word = word_of(column.type);
    return std::equal(word.begin(), word.end(), name.begin(), name.end(),
                      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

std::string mariadb_clock_text(LocalTime time) {
    const Date day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::hh_mm_ss clock{time - day};
    std::array<char, 24> text{};
    std::snprintf(text.data(), text.size(), " %02d:%02d:%02d", static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
    std::string all = to_string(day) + text.data();
    if (clock.subseconds().count() == 0) return all;
    std::snprintf(text.data(), text.size(), ".%06d", static_cast<int>(clock.subseconds().count()));
    return all + text.data();
}

bool is_mariadb_value(const Column& column, const std::string& text) {
    switch (column.family) {
    case TypeFamily::boolean:
    case TypeFamily::integer:
        return number_in<std::int64_t>(text) || number_in<std::uint64_t>(text);
    case TypeFamily::real:
        if (is_mariadb_type(column, "decimal")) return is_decimal(column, text);
        return std::isfinite(number_in<double>(text).value_or(HUGE_VAL));
    case TypeFamily::date:
        return parse_date(text).has_value();
    case TypeFamily::time_stamp:
    case TypeFamily::zoned_time_stamp:
        return is_clock(text, column.family == TypeFamily::zoned_time_stamp);
    case TypeFamily::uuid:
        return is_uuid(text);
    case TypeFamily::address:
        return truncate_ip(text).has_value();
    case TypeFamily::binary:
        return text.size() % 2 == 0 && text.find_first_not_of(hexadecimal) == text.npos;
    case TypeFamily::other:
        if (is_mariadb_type(column, "time")) return is_time(text);
        [[fallthrough]];
    case TypeFamily::text:
    case TypeFamily::loose:
        break;
    }
    return is_utf8(text);
}

Sql mariadb_value(const Column& column, const std::string& text) {
    switch (column.family) {
    case TypeFamily::boolean:
    case TypeFamily::integer:
        if (const auto number = number_in<std::int64_t>(text)) return Sql::value(*number);
        if (number_in<std::uint64_t>(text)) return "CAST(" + Sql::value(text) + " AS UNSIGNED)";
        break;
    case TypeFamily::real:
        if (number_in<double>(text)) return "CAST(" + Sql::value(text) + " AS " + number_type(column) + ")";
        break;
    case TypeFamily::date:
        return "CAST(" + Sql::value(text) + " AS DATE)";
    case TypeFamily::time_stamp:
    case TypeFamily::zoned_time_stamp: {
        const auto clock = clock_in(text, column.family == TypeFamily::zoned_time_stamp);
        return "CAST(" + Sql::value(clock ? mariadb_clock_text(*clock) : text) + " AS DATETIME(" +
               std::to_string(numbers_of(column.type)[0]) + "))";
    }
    case TypeFamily::text:
    case TypeFamily::binary:
    case TypeFamily::uuid:
    case TypeFamily::address:
    case TypeFamily::loose:
    case TypeFamily::other:
        break;
    }
    return Sql::value(text);
}

std::string mariadb_set(const std::string& declared, const std::string& text) {
    const auto lower = [](std::string word) {
        for (char& c : word)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
        return word;
    };
    const std::string wanted = lower("," + text + ",");
    std::string all;
    for (std::size_t at = 1; at < declared.size(); at += 3) { // past a quote, or past quote, comma and quote
        std::string member;
        for (; at < declared.size(); member += declared[at++])
            if (declared[at] == '\'' && declared.compare(at++, 2, "''") != 0) break;
        at -= 1;
        if (wanted.find(lower("," + member + ",")) != wanted.npos) all += (all.empty() ? "" : ",") + member;
    }
    return all;
}

// MariaDB refuses to compare a column with text that its character set has not ("illegal mix of collations"). The
// column is converted then, and compared exactly; no index serves.
Sql mariadb_equals(const Sql& column, const Column& declared, const std::string& text) {
    if (!declared.collation.empty() && !is_representable(declared, text))
        return exact_text(column) + " = " + Sql::value(text);
    return column + " = " + mariadb_value(declared, text);
}

} // namespace retention
