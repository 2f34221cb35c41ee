// MariadbDialect: masks. connectors/sqlite_functions.hpp says what each makes of a value, and when a value is masked
// already.

#include "connectors/mariadb_addresses.hpp"
#include "connectors/mariadb_dialect.hpp"
#include "connectors/mariadb_text.hpp"
#include "connectors/mariadb_value.hpp"

#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <stdexcept>

namespace retention {

namespace {

constexpr const char* no_date = "1900-01-01";

std::string cut(const Column& column, std::string_view text) {
    return column.length ? first_characters(text, *column.length) : std::string(text);
}

Sql quoted_text(const std::string& plain) {
    return "'" + plain + "'";
}

Sql unless_null(const Sql& value, const Sql& then) {
    return "CASE WHEN " + value + " IS NOT NULL THEN " + then + " END";
}

void require_length(const PlannedMask& mask, std::size_t least) {
    if (mask.column->length && *mask.column->length < least)
        throw std::invalid_argument("the mask " + to_string(mask.mask) + " needs " + std::to_string(least) +
                                    " characters");
}

// `stored`: as the column gives it back. CHAR drops trailing blanks, BINARY fills up with zero bytes.
Sql fixed_value(const PlannedMask& mask, bool stored) {
    const Column& column = *mask.column;
    if (!column.values.empty()) // compared by the type's own collation: it lists no two alike
        return Sql::value(is_mariadb_type(column, "set") ? mariadb_set(column.values, mask.mask.value)
                                                         : mask.mask.value);
    if (column.family == TypeFamily::binary) {
        std::string bytes = column.length ? mask.mask.value.substr(0, *column.length) : mask.mask.value;
        if (stored && is_mariadb_type(column, "binary")) bytes.resize(column.length.value_or(bytes.size()), '\0');
        return Sql::value(Blob{std::move(bytes)});
    }
    if (column.family != TypeFamily::text) return mariadb_value(column, mask.mask.value);
    std::string text = cut(column, mask.mask.value);
    if (stored && is_mariadb_type(column, "char")) text.erase(text.find_last_not_of(' ') + 1);
    return Sql::value(std::move(text));
}

// 64 digits of hexadecimal text that nobody can guess, another for each row: UUID() differs, the secret is told to
// nobody and used once.
Sql random_digits() {
    std::string bytes(32, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1)
        throw std::runtime_error("no randomness to be had");
    return "SHA2(CONCAT(" + Sql::value(key_text(Blob{std::move(bytes)})) + ", UUID()), 256)";
}

Sql random_text(const PlannedMask& mask) {
    const bool email = mask.mask.kind == MaskKind::random_email;
    require_length(mask, email ? shortest_token + email_domain.size() : shortest_token);
    const std::size_t length =
        email ? shortest_token : std::min(mask.column->length.value_or(2 * shortest_token), 2 * shortest_token);
    const Sql digits = "LEFT(" + random_digits() + ", " + std::to_string(length) + ")";
    const Sql token = "INSERT(INSERT(" + digits + ", 1, 1, 'x'), 6, 1, 'z')";
    return email ? "CONCAT(" + token + ", '" + std::string(email_domain) + "')" : token;
}

// HMAC (RFC 2104) with SHA-256, in hexadecimal.
Sql keyed_digest(const Sql& text, const std::string& key) {
    if (key.empty()) throw std::invalid_argument("the mask pseudonym needs a key");
    std::string block(64, '\0');
    if (key.size() > block.size())
        SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(),
               reinterpret_cast<unsigned char*>(block.data()));
    else
        std::copy(key.begin(), key.end(), block.begin());
    const auto padded = [&](char pad) {
        std::string bytes = block;
        for (char& byte : bytes) byte = static_cast<char>(byte ^ pad);
        return "CAST(" + Sql::value(Blob{std::move(bytes)}) + " AS BINARY)";
    };
    const Sql inner = "SHA2(CONCAT(" + padded(0x36) + ", CAST(CONVERT(" + text + " USING utf8mb4) AS BINARY)), 256)";
    return "SHA2(CONCAT(" + padded(0x5c) + ", UNHEX(" + inner + ")), 256)";
}

Sql pseudonym(const PlannedMask& mask, const Sql& value, const std::string& key) {
    require_length(mask, shortest_token);
    const std::size_t longest = std::min<std::size_t>(mask.column->length.value_or(64), 64);
    return "LEFT(" + keyed_digest(value, key) + ", " + std::to_string(longest) + ")";
}

// The first day of a native date's year or month. A TIMESTAMP begins one second after 1970 did.
Sql generalised_date(const PlannedMask& mask, const Sql& value, bool nullable) {
    const bool zoned = mask.column->family == TypeFamily::zoned_time_stamp;
    const Sql number = "TO_DAYS(" + value + ")";
    const Sql day = mask.mask.kind == MaskKind::year    ? "FROM_DAYS(" + number + " - DAYOFYEAR(" + value + ") + 1)"
                    : mask.mask.kind == MaskKind::month ? "FROM_DAYS(" + number + " - DAYOFMONTH(" + value + ") + 1)"
                                                        : "FROM_DAYS(" + number + ")";
    const Sql first = "TIMESTAMP'1970-01-01 00:00:01'";
    const Sql other = nullable ? Sql("NULL") : zoned ? first : "DATE" + quoted_text(no_date);
    return "CASE WHEN MONTH(" + value + ") > 0 AND DAYOFMONTH(" + value + ") = DAYOFMONTH(FROM_DAYS(" + number +
           ")) THEN " + (zoned ? "GREATEST(" + day + ", " + first + ")" : day) + " ELSE " + other + " END";
}

Sql generalised(const PlannedMask& mask, const Sql& value, bool nullable) {
    if (mask.column->family != TypeFamily::text) return generalised_date(mask, value, nullable);
    const Sql text = exact_text(value);
    return "CASE WHEN " + has_form(text, any_iso_form()) + " THEN " + generalised_text(mask.mask.kind, text) +
           " ELSE " + (nullable ? Sql("NULL") : quoted_text(cut(*mask.column, no_date))) + " END";
}

Sql is_generalised(const PlannedMask& mask, const Sql& value) {
    if (mask.column->family != TypeFamily::text) return value + " = " + generalised_date(mask, value, false);
    const Sql text = exact_text(value);
    return has_form(text, generalised_form(mask.mask.kind)) + " OR " + text + " = " +
           quoted_text(cut(*mask.column, no_date));
}

Sql redaction(const PlannedMask& mask, const Sql& value) {
    if (mask.column->family == TypeFamily::binary) return "REPEAT(x'00', LENGTH(" + value + "))";
    return quoted_text(cut(*mask.column, redacted));
}

Sql is_redacted(const PlannedMask& mask, const Sql& value) {
    if (mask.column->family == TypeFamily::binary) return "LENGTH(TRIM(LEADING x'00' FROM " + value + ")) = 0";
    return exact_text(value) + " = " + quoted_text(cut(*mask.column, redacted));
}

std::string kept(const PlannedMask& mask) {
    return std::to_string(std::min(mask.mask.keep, mask.column->length.value_or(mask.mask.keep)));
}

} // namespace

Sql MariadbDialect::masked(const PlannedMask& mask, const Sql& value, const std::string& pseudonym_key) const {
    switch (mask.mask.kind) {
    case MaskKind::null:
        return "NULL";
    case MaskKind::fixed:
        return fixed_value(mask, false);
    case MaskKind::redact:
        return unless_null(value, redaction(mask, value));
    case MaskKind::random:
    case MaskKind::random_email:
        return unless_null(value, random_text(mask));
    case MaskKind::year:
    case MaskKind::month:
    case MaskKind::day:
        return unless_null(value, generalised(mask, value, mask.column->nullable));
    case MaskKind::ip:
        return unless_null(value, truncated_address(*mask.column, value, mask.column->nullable));
    case MaskKind::keep:
        return "LEFT(" + value + ", " + kept(mask) + ")";
    case MaskKind::pseudonym:
        return pseudonym(mask, value, pseudonym_key);
    }
    return "NULL";
}

Sql MariadbDialect::is_masked(const PlannedMask& mask, const Sql& value) const {
    const auto or_null = [&](const Sql& condition) { return "(" + value + " IS NULL OR " + condition + ")"; };
    switch (mask.mask.kind) {
    case MaskKind::null:
        return "(" + value + " IS NULL)";
    case MaskKind::fixed: {
        const bool text = mask.column->family == TypeFamily::text && mask.column->values.empty();
        return "(" + (text ? exact_text(value) : value) + " <=> " + fixed_value(mask, true) + ")";
    }
    case MaskKind::redact:
        return or_null(is_redacted(mask, value));
    case MaskKind::random:
        return or_null(has_form(exact_text(value), random_token_form()));
    case MaskKind::random_email:
        return or_null(has_form(exact_text(value), random_email_form()));
    case MaskKind::year:
    case MaskKind::month:
    case MaskKind::day:
        return or_null(is_generalised(mask, value));
    case MaskKind::ip:
        return or_null(is_truncated_address(*mask.column, value));
    case MaskKind::keep:
        return or_null("CHAR_LENGTH(" + value + ") <= " + kept(mask));
    case MaskKind::pseudonym:
        return "(1 = 0)";
    }
    return "(1 = 0)";
}

} // namespace retention
