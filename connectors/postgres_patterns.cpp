#include "connectors/postgres_patterns.hpp"

#include <array>
#include <cstdio>

namespace retention::postgres {

Sql as_text(const Sql& value) {
    return "(CAST(" + value + " AS text) COLLATE \"C\")";
}

Sql bound_text(std::string text) {
    return "CAST(" + Sql::value(std::move(text)) + " AS text)";
}

Sql bound_bytes(std::string bytes) {
    return "CAST(" + Sql::value(Blob{std::move(bytes)}) + " AS bytea)";
}

Sql matches(const Sql& text, const std::string& pattern) {
    return text + " ~ '^" + pattern + "$'";
}

namespace {

std::string one_of(const std::string& alternatives) {
    return "(?:" + alternatives + ")";
}

// The days that there are: 0001-01-01 to 9999-12-31.
std::string day_pattern() {
    const std::string year = one_of("[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9]");
    const std::string each =
        one_of(one_of("0[13578]|1[02]") + "-" + one_of("0[1-9]|[12][0-9]|3[01]") + "|" + one_of("0[469]|11") + "-" +
               one_of("0[1-9]|[12][0-9]|30") + "|02-" + one_of("0[1-9]|1[0-9]|2[0-8]"));
    const std::string fourth = "0[48]|[2468][048]|[13579][26]";
    const std::string leap = one_of("[0-9]{2}" + one_of(fourth) + "|" + one_of(fourth) + "00");
    return one_of(year + "-" + each + "|" + leap + "-02-29");
}

const std::string day = day_pattern();
const std::string time_of_day =
    "[ T]" + one_of("[01][0-9]|2[0-3]") + ":[0-5][0-9]" + one_of(":[0-5][0-9]" + one_of("[.][0-9]+") + "?") + "?";
const std::string offset = one_of("Z|[+-]" + one_of("0[0-9]|1[0-5]") + one_of(":?[0-5][0-9]") + "?");

const std::string group = "[0-9a-fA-F]{1,4}", before = "(?:" + group + ":)", after = "(?::" + group + ")";
const std::string byte = one_of("[0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5]");
const std::string dotted = byte + "(?:[.]" + byte + "){3}";

// Eight groups, or fewer about one "::"; the last two may be an IPv4 address.
std::string v6_pattern() {
    std::string all = before + "{7}" + group + "|" + before + "{1,7}:|:" + one_of(after + "{1,7}|:");
    for (int i = 1; i <= 6; ++i)
        all += "|" + before + "{1," + std::to_string(7 - i) + "}" + after + "{1," + std::to_string(i) + "}";
    all += "|" + before + "{6}" + dotted + "|" + before + "{1,5}:" + dotted + "|:" + after + "{0,5}:" + dotted;
    for (int i = 1; i <= 4; ++i)
        all += "|" + before + "{1," + std::to_string(5 - i) + "}" + after + "{1," + std::to_string(i) + "}:" + dotted;
    return one_of(all);
}

} // namespace

const std::string iso_pattern = day + one_of(time_of_day + "Z?") + "?";
const std::string iso_offset_pattern = day + time_of_day + offset;
const std::string iso_any_pattern = day + one_of(time_of_day + offset + "?") + "?";
const std::string ip_v4_pattern = dotted;
const std::string ip_v6_pattern = v6_pattern();

std::string written(LocalTime reading) {
    const Date day_of = std::chrono::floor<std::chrono::days>(reading);
    const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(reading - day_of)};
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), " %02d:%02d:%02d", static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
    return to_string(day_of) + text.data();
}

bool is_padded(const std::string& type) {
    return type == "character" || type == "bpchar" || type.starts_with("character(");
}

} // namespace retention::postgres
