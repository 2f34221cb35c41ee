// PostgresDialect: masks. connectors/sqlite_functions.hpp says what each makes and what counts as made.

#include "connectors/postgres_dialect.hpp"
#include "connectors/postgres_patterns.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <stdexcept>

namespace retention {

using namespace postgres;

namespace {

constexpr std::string_view no_date = "1900-01-01", no_address = "0.0.0.0";

// One mask over one value.
class Masking {
public:
    Masking(const PlannedMask& planned, Sql value)
        : mask_(planned.mask), column_(*planned.column), value_(std::move(value)), text_(as_text(value_)) {}

    Sql masked(const std::string& pseudonym_key) const {
        if (mask_.kind == MaskKind::null) return "NULL";
        if (mask_.kind == MaskKind::fixed) return fixed();
        return "CASE WHEN " + value_ + " IS NOT NULL THEN " + typed(result(pseudonym_key, column_.nullable)) + " END";
    }

    // What stands where NULL may not, for a value that is no date or address, counts as masked everywhere.
    Sql is_masked() const {
        switch (mask_.kind) {
        case MaskKind::pseudonym:
            return "(1 = 0)";
        case MaskKind::null:
            return "(" + value_ + " IS NULL)";
        case MaskKind::fixed:
            return is_fixed();
        case MaskKind::redact:
            return unless_null(binary() ? "octet_length(btrim(" + value_ + ", decode('00', 'hex'))) = 0"
                                        : text_ + " = " + result({}, false));
        case MaskKind::random:
            return unless_null(matches(text_, token_pattern(10, 26)));
        case MaskKind::random_email:
            return unless_null(matches(text_, token_pattern(10, 10) + "@anonymised[.]invalid"));
        case MaskKind::keep:
            return unless_null((binary() ? "octet_length(" + value_ : "char_length(" + text_) +
                               ") <= " + std::to_string(mask_.keep));
        case MaskKind::year:
        case MaskKind::month:
        case MaskKind::day:
        case MaskKind::ip:
            return unless_null((as_is() ? value_ : text_) + " = " + result({}, false));
        }
        return "(1 = 0)";
    }

private:
    bool binary() const { return column_.family == TypeFamily::binary; }
    // Values that are masked, and compared, in their own type.
    bool as_is() const {
        return binary() || column_.family == TypeFamily::address || column_.family == TypeFamily::date ||
               column_.family == TypeFamily::time_stamp || column_.family == TypeFamily::zoned_time_stamp;
    }
    Sql typed(const Sql& value) const { return "CAST(" + value + " AS " + column_.type + ")"; }
    static Sql unless_null(const Sql& condition) { return "coalesce(" + condition + ", true)"; }
    Sql cut(const Sql& text) const {
        if (!column_.length) return text;
        return "left(" + text + ", " + std::to_string(*column_.length) + ")";
    }
    std::string fitting(std::string_view text) const {
        return column_.length ? first_characters(text, *column_.length) : std::string(text);
    }

    Sql fixed() const {
        if (binary()) return typed(bound_bytes(mask_.value));
        return typed(Sql::value(column_.family == TypeFamily::text ? fitting(mask_.value) : mask_.value));
    }
    Sql is_fixed() const {
        switch (column_.family) {
        case TypeFamily::text:
        case TypeFamily::loose:
        case TypeFamily::other: // may have no equality
            return "coalesce(" + text_ + " = " + as_text(fixed()) + ", false)";
        default:
            return "(" + value_ + " IS NOT DISTINCT FROM " + fixed() + ")";
        }
    }

    // Of a value that is not NULL.
    Sql result(const std::string& key, bool nullable) const {
        switch (mask_.kind) {
        case MaskKind::null:
        case MaskKind::fixed:
            break;
        case MaskKind::redact:
            if (binary()) return "decode(repeat('00', octet_length(" + value_ + ")), 'hex')";
            return bound_text(fitting(redacted));
        case MaskKind::random:
            return token(column_.length.value_or(2 * shortest_token));
        case MaskKind::random_email:
            require_length(shortest_token + email_domain.size());
            return token(shortest_token) + " || " + bound_text(std::string(email_domain));
        case MaskKind::year:
        case MaskKind::month:
        case MaskKind::day:
            return as_is() ? coarse_date(nullable) : coarse_text(nullable);
        case MaskKind::ip:
            if (column_.family == TypeFamily::address) return network(value_);
            return binary() ? network_of_bytes(nullable) : network_of_text(nullable);
        case MaskKind::keep:
            if (binary()) return "substring(" + value_ + " FROM 1 FOR " + std::to_string(mask_.keep) + ")";
            return cut("left(" + text_ + ", " + std::to_string(mask_.keep) + ")");
        case MaskKind::pseudonym:
            return pseudonym(key);
        }
        return "NULL";
    }

    void require_length(std::size_t least) const {
        if (column_.length && *column_.length < least)
            throw std::invalid_argument("the mask " + to_string(mask_) + " needs " + std::to_string(least) +
                                        " characters");
    }

    static std::string token_pattern(int least, int most) {
        return "x[0-9a-f]{4}z[0-9a-f]{" + std::to_string(least) + "," + std::to_string(most) + "}";
    }
    // Another one for each row: gen_random_uuid() is volatile, and cryptographically strong. Six of a uuid's bits are
    // fixed; they lie to the left, where a short token has no part of them, or an x.
    Sql token(std::size_t longest) const {
        require_length(shortest_token);
        const auto size = std::min(longest, 2 * shortest_token);
        return "overlay(overlay(right(replace(CAST(gen_random_uuid() AS text), '-', ''), " + std::to_string(size) +
               ") PLACING 'x' FROM 1) PLACING 'z' FROM 6)";
    }

    const char* unit() const {
        return mask_.kind == MaskKind::year ? "'year'" : mask_.kind == MaskKind::month ? "'month'" : "'day'";
    }
    Sql coarse_date(bool nullable) const {
        const bool zoned = column_.family == TypeFamily::zoned_time_stamp;
        Sql coarse = zoned ? "(" + value_ + " AT TIME ZONE INTERVAL '0')" : "CAST(" + value_ + " AS timestamp)";
        coarse = "date_trunc(" + Sql(unit()) + ", " + coarse + ")";
        if (zoned) coarse += " AT TIME ZONE INTERVAL '0'";
        const Sql otherwise =
            nullable ? Sql("NULL") : "'" + Sql(std::string(no_date)) + (zoned ? " 00:00:00+00'" : "'");
        return "CASE WHEN NOT isfinite(" + value_ + ") THEN " + value_ + " WHEN " + value_ + " >= '0001-01-01' AND " +
               value_ + " < '10000-01-01' THEN " + typed(coarse) + " ELSE " + typed(otherwise) + " END";
    }
    // The time keeps its form, and its offset.
    Sql coarse_text(bool nullable) const {
        const char* day = mask_.kind == MaskKind::year    ? "left(#, 4) || '-01-01'"
                          : mask_.kind == MaskKind::month ? "left(#, 7) || '-01'"
                                                          : "left(#, 10)";
        const std::string form = day;
        const auto at = form.find('#');
        const Sql kept = form.substr(0, at) + text_ + form.substr(at + 1);
        const Sql rest = "substr(" + text_ + ", 11)";
        return "CASE WHEN " + matches(text_, iso_any_pattern) + " THEN " + kept + " || regexp_replace(substring(" +
               rest + " FROM '^[^Z+-]*'), '[0-9]', '0', 'g') || coalesce(substring(" + rest + " FROM '[Z+-].*$'), '')" +
               otherwise(no_date, nullable) + " END";
    }
    Sql otherwise(std::string_view constant, bool nullable) const {
        return nullable ? Sql("") : " ELSE " + bound_text(fitting(constant));
    }

    // The address cut to /24 or /48; ::ffff:0:0/96 holds IPv4 addresses.
    static Sql network(const Sql& address) {
        const Sql host = "CAST(host(" + address + ") AS inet)";
        return "set_masklen(" + host + " & CASE WHEN family(" + address + ") = 4 THEN INET '255.255.255.0' WHEN " +
               host + " << INET '::ffff:0:0/96' THEN INET 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ff00'" +
               " ELSE INET 'ffff:ffff:ffff::' END, masklen(" + address + "))";
    }
    Sql network_of_text(bool nullable) const {
        const Sql address = "CAST(" + text_ + " AS inet)";
        return "CASE WHEN " + matches(text_, "(?:" + ip_v4_pattern + "|" + ip_v6_pattern + ")") + " THEN " +
               cut("host(" + network(address) + ")") + otherwise(no_address, nullable) + " END";
    }
    Sql network_of_bytes(bool nullable) const {
        const auto cut_to = [&](int kept, const char* zeros) {
            return "substring(" + value_ + " FROM 1 FOR " + std::to_string(kept) + ") || decode('" + zeros +
                   "', 'hex')";
        };
        return "CASE WHEN octet_length(" + value_ + ") = 4 THEN " + cut_to(3, "00") + " WHEN octet_length(" + value_ +
               ") = 16 THEN CASE WHEN substring(" + value_ +
               " FROM 1 FOR 12) = decode('00000000000000000000ffff', 'hex') THEN " + cut_to(15, "00") + " ELSE " +
               cut_to(6, "00000000000000000000") + " END" + (nullable ? "" : " ELSE decode('00000000', 'hex')") +
               " END";
    }

    // HMAC (RFC 2104) out of the server's sha256(); the key itself does not reach it.
    Sql pseudonym(const std::string& key) const {
        require_length(shortest_token);
        if (key.empty()) throw std::invalid_argument("the mask pseudonym needs a key");
        constexpr std::size_t block = 64;
        std::string padded = key;
        if (key.size() > block) {
            padded.resize(SHA256_DIGEST_LENGTH);
            SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(),
                   reinterpret_cast<unsigned char*>(padded.data()));
        }
        padded.resize(block, '\0');
        const auto pad = [&](char with) {
            std::string bytes = padded;
            for (char& byte : bytes) byte = static_cast<char>(byte ^ with);
            return bound_bytes(std::move(bytes));
        };
        const Sql inner = "sha256(" + pad(0x36) + " || convert_to(" + text_ + ", 'UTF8'))";
        return cut("encode(sha256(" + pad(0x5c) + " || " + inner + "), 'hex')");
    }

    const Mask& mask_;
    const Column& column_;
    Sql value_, text_;
};

} // namespace

Sql PostgresDialect::masked(const PlannedMask& mask, const Sql& value, const std::string& pseudonym_key) const {
    return Masking(mask, value).masked(pseudonym_key);
}

Sql PostgresDialect::is_masked(const PlannedMask& mask, const Sql& value) const {
    return Masking(mask, value).is_masked();
}

} // namespace retention
