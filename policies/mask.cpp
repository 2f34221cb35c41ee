#include "policies/mask.hpp"

#include "policies/stored_date.hpp"
#include "policies/utf8.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <stdexcept>

namespace retention {
namespace {

struct Strategy {
    MaskKind kind;
    std::string_view name;
    bool takes_value; // a blank and more follow the name
};

constexpr std::array<Strategy, 11> strategies{{
    {MaskKind::null, "null", false},
    {MaskKind::redact, "redact", false},
    {MaskKind::fixed, "fixed", true},
    {MaskKind::random, "random", false},
    {MaskKind::random_email, "random email", false},
    {MaskKind::year, "year", false},
    {MaskKind::month, "month", false},
    {MaskKind::day, "day", false},
    {MaskKind::ip, "ip", false},
    {MaskKind::keep, "keep", true},
    {MaskKind::pseudonym, "pseudonym", false},
}};

std::nullopt_t refused(std::string& why, const char* reason) {
    why = reason;
    return std::nullopt;
}

Mask mask_of(MaskKind kind) {
    Mask mask;
    mask.kind = kind;
    return mask;
}

std::optional<Mask> parse_keep(std::string_view count, std::string& why) {
    constexpr std::size_t longest = 5; // digits of 10000
    constexpr std::size_t most = 10000;
    constexpr const char* reason = "the mask keep takes a number of characters from 1 to 10000, as in \"keep 2\"";
    if (count.empty() || count.size() > longest || count.front() == '0') return refused(why, reason);
    if (count.find_first_not_of("0123456789") != std::string_view::npos) return refused(why, reason);
    auto mask = mask_of(MaskKind::keep);
    for (const char digit : count) mask.keep = mask.keep * 10 + static_cast<std::size_t>(digit - '0');
    return mask.keep <= most ? std::optional{mask} : refused(why, reason);
}

std::optional<Mask> parse_fixed(std::string_view value, std::string& why) {
    if (value.empty()) return refused(why, "the mask fixed takes a value, as in \"fixed unknown\"");
    auto mask = mask_of(MaskKind::fixed);
    mask.value = value;
    return mask;
}

constexpr std::size_t longest_token = 32;
constexpr std::string_view hex_digits = "0123456789abcdef";

// Where a token has a letter that no digest and no number has there; 0 elsewhere.
char letter_at(std::size_t position) {
    return position == 0 ? 'x' : position == 5 ? 'z' : '\0';
}

bool is_ip_v4_in_v6(std::string_view bytes) { // ::ffff:0:0/96
    return bytes.size() == 16 && bytes.substr(0, 12) == std::string_view{"\0\0\0\0\0\0\0\0\0\0\xff\xff", 12};
}

template <int Family, std::size_t Size>
std::optional<std::string> truncate_text(const std::string& text) {
    std::array<char, Size> bytes{};
    std::array<char, INET6_ADDRSTRLEN> written{};
    if (inet_pton(Family, text.c_str(), bytes.data()) != 1) return std::nullopt;
    const auto truncated = truncate_ip_bytes({bytes.data(), bytes.size()});
    if (!truncated || !inet_ntop(Family, truncated->data(), written.data(), written.size())) return std::nullopt;
    return std::string{written.data()};
}

// The first day of the year or month that contains it, or the day itself.
std::optional<Date> generalised(MaskKind kind, Date day) {
    const auto month = month_of(day);
    switch (kind) {
    case MaskKind::year:
        return Date{month.year() / 1 / 1};
    case MaskKind::month:
        return Date{month / 1};
    case MaskKind::day:
        return day;
    default:
        return std::nullopt;
    }
}

// The bytes of the character at `at`. A byte that is not UTF-8 is one by itself.
std::size_t length_of_character(std::string_view text, std::size_t at) {
    return std::max<std::size_t>(utf8_length(text, at), 1);
}

} // namespace

std::optional<Mask> parse_mask(std::string_view text, std::string& why) {
    for (const auto& [kind, name, takes_value] : strategies) {
        if (!takes_value && text == name) return mask_of(kind);
        if (!takes_value || !text.starts_with(name)) continue;
        const auto rest = text.substr(name.size());
        if (!rest.empty() && rest.front() != ' ') continue;
        const auto value = rest.empty() ? rest : rest.substr(1);
        return kind == MaskKind::keep ? parse_keep(value, why) : parse_fixed(value, why);
    }
    return refused(why, "there is no such mask");
}

std::string to_string(const Mask& mask) {
    const auto strategy =
        std::find_if(strategies.begin(), strategies.end(), [&](const Strategy& s) { return s.kind == mask.kind; });
    const std::string name{strategy->name};
    if (!strategy->takes_value) return name;
    return name + ' ' + (mask.kind == MaskKind::keep ? std::to_string(mask.keep) : mask.value);
}

std::string random_token(std::size_t longest, std::string_view randomness) {
    if (longest < shortest_token) throw std::invalid_argument("a random token has 16 characters or more");
    if (randomness.size() < longest_token / 2)
        throw std::invalid_argument("a random token takes 16 bytes of randomness");
    std::string token(std::min(longest, longest_token), '\0');
    for (std::size_t at = 0; at < token.size(); ++at) {
        const auto byte = static_cast<unsigned char>(randomness[at / 2]);
        const char letter = letter_at(at);
        token[at] = letter ? letter : hex_digits[at % 2 == 0 ? byte >> 4 : byte & 0xF];
    }
    return token;
}

bool is_random_token(std::string_view text) {
    if (text.size() < shortest_token || text.size() > longest_token) return false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char letter = letter_at(at);
        if (letter ? text[at] != letter : hex_digits.find(text[at]) == std::string_view::npos) return false;
    }
    return true;
}

std::string random_email(std::string_view randomness) {
    return random_token(shortest_token, randomness).append(email_domain);
}

bool is_random_email(std::string_view text) {
    return text.size() == shortest_token + email_domain.size() && text.ends_with(email_domain) &&
           is_random_token(text.substr(0, shortest_token));
}

std::optional<std::string> generalise(MaskKind kind, std::string_view text) {
    constexpr std::size_t date_length = 10;
    if (!read_iso(text) && !read_iso_offset(text)) return std::nullopt;
    const auto day = generalised(kind, parse_date(text.substr(0, date_length)).value());
    if (!day) return std::nullopt;
    std::string rest{text.substr(date_length)};
    const auto zone = std::min(rest.find_first_of("Z+-"), rest.size());
    for (std::size_t at = 0; at < zone; ++at)
        if (rest[at] >= '0' && rest[at] <= '9') rest[at] = '0';
    return to_string(*day) + rest;
}

std::optional<std::int64_t> generalise(MaskKind kind, std::int64_t value, std::int64_t per_second) {
    constexpr std::int64_t day_seconds = 86400;
    if (per_second != 1 && per_second != 1000) return std::nullopt;
    const auto per_day = day_seconds * per_second;
    const auto number = value / per_day - (value % per_day < 0 ? 1 : 0); // rounded down, also before 1970
    const Date date{std::chrono::days{number}};
    if (date < first_date || date > last_date) return std::nullopt;
    const auto day = generalised(kind, date);
    return day ? std::optional{day->time_since_epoch().count() * per_day} : std::nullopt;
}

std::optional<std::string> truncate_ip(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) return std::nullopt;
    const std::string address{text};
    const auto v4 = truncate_text<AF_INET, 4>(address);
    return v4 ? v4 : truncate_text<AF_INET6, 16>(address);
}

std::optional<std::string> truncate_ip_bytes(std::string_view bytes) {
    constexpr std::size_t v6_kept = 48 / 8;
    if (bytes.size() != 4 && bytes.size() != 16) return std::nullopt;
    std::string truncated{bytes};
    const auto kept = bytes.size() == 4 || is_ip_v4_in_v6(bytes) ? bytes.size() - 1 : v6_kept;
    std::fill(truncated.begin() + static_cast<std::ptrdiff_t>(kept), truncated.end(), '\0');
    return truncated;
}

std::string first_characters(std::string_view text, std::size_t count) {
    std::size_t end = 0;
    for (; count > 0 && end < text.size(); --count) end += length_of_character(text, end);
    return std::string{text.substr(0, end)};
}

std::size_t count_characters(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); ++count) at += length_of_character(text, at);
    return count;
}

} // namespace retention
