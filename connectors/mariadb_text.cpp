#include "connectors/mariadb_text.hpp"

namespace retention {

namespace {

constexpr const char* no_more = "(?![^a]|a)"; // `$` would let a line end follow
constexpr const char* day_form = "(?!0000)(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|"
                                 "(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|"
                                 "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|"
                                 "(?:[02468][048]|[13579][26])00)-02-29)";
constexpr const char* time_form = "[ T](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]+)?)?";
constexpr const char* offset_form = "(?:Z|[+-](?:0[0-9]|1[0-5])(?::?[0-5][0-9])?)";
constexpr const char* midnight_form = "[ T]00:00(?::00(?:[.]0+)?)?";

std::string whole(const std::string& pattern) {
    return "^" + pattern + no_more;
}

std::string optional(const std::string& pattern) {
    return "(?:" + pattern + ")?";
}

Sql part_of(const Sql& text, const std::string& pattern) {
    return "REGEXP_SUBSTR(" + text + ", '" + pattern + "')";
}

} // namespace

Sql exact_text(const Sql& value) {
    return "CONVERT(" + value + " USING utf8mb4) COLLATE utf8mb4_nopad_bin";
}

Sql has_form(const Sql& exact, const std::string& pattern) {
    return "(" + exact + " REGEXP '" + pattern + "')";
}

std::string iso_form() {
    return whole(day_form + optional(time_form + optional("Z")));
}

std::string iso_offset_form() {
    return whole(std::string(day_form) + time_form + offset_form);
}

std::string any_iso_form() {
    return whole(day_form + optional(time_form + optional(offset_form)));
}

std::string generalised_form(MaskKind kind) {
    const std::string rest = optional(midnight_form + optional(offset_form));
    if (kind == MaskKind::day) return whole(day_form + rest);
    const std::string month = kind == MaskKind::year ? "01" : "(?:0[1-9]|1[0-2])";
    return whole("(?!0000)[0-9]{4}-" + month + "-01" + rest);
}

std::string digits_form() {
    return whole("[0-9]{1,19}");
}

std::string random_token_form() {
    return whole("x[0-9a-f]{4}z[0-9a-f]{10,26}");
}

std::string random_email_form() {
    std::string domain;
    for (const char letter : email_domain) domain += letter == '.' ? "[.]" : std::string(1, letter);
    return whole("x[0-9a-f]{4}z[0-9a-f]{10}" + domain);
}

Sql day_in(const Sql& exact) {
    return "CAST(LEFT(" + exact + ", 10) AS DATE)";
}

// With a colon after the minutes there are seconds.
Sql seconds_in(const Sql& exact) {
    return "TO_SECONDS(CAST(LEFT(" + exact + ", CASE WHEN SUBSTR(" + exact +
           ", 17, 1) = ':' THEN 19 ELSE 16 END) AS DATETIME))";
}

// +01, +0100 and +01:00 become the number 100, and with two noughts more a time of day; Z becomes 0.
Sql utc_seconds_in(const Sql& exact) {
    const Sql offset = "RPAD(REPLACE(" + part_of(exact, "[+-][0-9:]+$") + ", ':', ''), 5, '0')";
    return "(" + seconds_in(exact) + " - TIME_TO_SEC(100 * CAST(" + offset + " AS SIGNED)))";
}

Sql generalised_text(MaskKind kind, const Sql& exact) {
    const Sql time = part_of(exact, "[ T][0-9:.]+"); // empty for a day alone
    const Sql zeros = "REGEXP_REPLACE(" + time + ", '[0-9]', '0')";
    const Sql offset = "SUBSTR(" + exact + ", 11 + CHAR_LENGTH(" + time + "))";
    const Sql day = kind == MaskKind::year    ? "LEFT(" + exact + ", 4), '-01-01'"
                    : kind == MaskKind::month ? "LEFT(" + exact + ", 7), '-01'"
                                              : "LEFT(" + exact + ", 10)";
    return "CONCAT(" + day + ", " + zeros + ", " + offset + ")";
}

} // namespace retention
