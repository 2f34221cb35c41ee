#pragma once
// Masks: what takes the place of personal data, and how to tell that it already has. Pure functions of a value.
// Every mask leaves NULL as NULL, but for `fixed`. Not a judge of whether a mask fits a column: connectors/ is.

#include "policies/problem.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace retention {

enum class MaskKind { null, redact, fixed, random, random_email, year, month, day, ip, keep, pseudonym };

struct Mask {
    std::string column;
    MaskKind kind = MaskKind::null;
    std::string value;    // of `fixed`
    std::size_t keep = 0; // characters, of `keep`
    Place place;
};

// "redact", "random email", "fixed VALUE", "keep 2", … ; nothing, and `why`, for anything else.
std::optional<Mask> parse_mask(std::string_view text, std::string& why);
std::string to_string(const Mask&); // the strategy as written

constexpr std::string_view redacted = "REDACTED";                // cut to the column's length
constexpr std::string_view email_domain = "@anonymised.invalid"; // RFC 2606: .invalid never resolves
constexpr std::size_t shortest_token = 16; // characters of a random token or pseudonym; a shorter column is refused

// A random token is 16 to 32 characters of [0-9a-f] with "x" as the 1st and "z" as the 6th, so that its form can be
// told from a name, a number or a digest: "x3f9az81c…". A random e-mail address is such a token of 16 and the domain.
std::string random_token(std::size_t longest, std::string_view randomness); // randomness: at least 16 bytes
bool is_random_token(std::string_view);
std::string random_email(std::string_view randomness);
bool is_random_email(std::string_view);

// Generalises a date in text (iso forms, offsets kept as written) to its year, month or day: 1980-06-15 is 1980-01-01,
// 1980-06-01, 1980-06-15; a time of day becomes 00:00:00 in the form it had. Nothing where the text is no date.
std::optional<std::string> generalise(MaskKind, std::string_view text);
// The same for unix time (UTC days). `per_second` is 1 or 1,000.
std::optional<std::int64_t> generalise(MaskKind, std::int64_t value, std::int64_t per_second);

// 192.0.2.77 -> 192.0.2.0 (/24); 2001:db8:1:2::1 -> 2001:db8:1:: (/48); ::ffff:192.0.2.77 -> ::ffff:192.0.2.0.
// Nothing where the text is no address. The binary form takes 4 or 16 bytes.
std::optional<std::string> truncate_ip(std::string_view text);
std::optional<std::string> truncate_ip_bytes(std::string_view bytes);

// The first `count` characters of UTF-8 text (bytes that are not UTF-8 count as one character each).
std::string first_characters(std::string_view text, std::size_t count);
std::size_t count_characters(std::string_view text);

} // namespace retention
