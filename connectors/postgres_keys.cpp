// PostgresDialect: keys, as the audit log writes them and as the server takes them back.

#include "connectors/postgres_dialect.hpp"
#include "connectors/postgres_patterns.hpp"

#include "policies/mask.hpp"
#include "policies/stored_date.hpp"
#include "policies/utf8.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace retention {

using namespace postgres;

namespace {

// "2022-02-05 19:55:59.40195+00" -> "2022-02-05T19:55:59.401950Z". Infinities, and years before 1, as they are.
std::string time_text(std::string text, bool zoned) {
    constexpr std::size_t time_length = 8, places = 6;
    const auto blank = text.find(' ');
    if (blank == std::string::npos || text.ends_with("BC")) return text;
    if (zoned && !text.ends_with("+00")) return text; // no session of ours prints that
    if (zoned) text.resize(text.size() - 3);
    std::string fraction = text.size() > blank + 1 + time_length ? text.substr(blank + 2 + time_length) : "";
    fraction.resize(places, '0');
    return text.substr(0, blank) + "T" + text.substr(blank + 1, time_length) + "." + fraction + (zoned ? "Z" : "");
}

std::string unpadded(std::string text) {
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

template <class Number>
bool reads_as(const std::string& text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}

template <class Number>
bool reads_as_finite(const std::string& text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() && std::isfinite(number);
}

bool only(std::string_view text, std::string_view characters) {
    return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

// "-12.50"; a numeric has up to 131,072 digits before the point.
bool is_decimal(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    const auto point = text.find('.');
    const auto whole = text.substr(0, point);
    if (text.size() > 16384 || !only(whole, "0123456789")) return false;
    return point == std::string_view::npos || only(text.substr(point + 1), "0123456789");
}

bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (!only(text.substr(i, 1), dash ? "-" : "0123456789abcdefABCDEF")) return false;
    }
    return true;
}

bool is_bytes(std::string_view text) {
    return text.size() % 2 == 0 && (text.empty() || only(text, "0123456789abcdefABCDEF"));
}

// An address as inet_pton reads it, alone or with the length of its netmask.
bool is_network(const std::string& text) {
    const auto slash = text.find('/');
    const std::string address = text.substr(0, slash);
    if (!truncate_ip(address)) return false;
    if (slash == std::string::npos) return true;
    const std::string bits = text.substr(slash + 1);
    const int most = address.find(':') == std::string::npos ? 32 : 128;
    return bits.size() <= 3 && only(bits, "0123456789") && std::stoi(bits) <= most;
}

bool is_moment(const std::string& text, bool zoned) {
    if (zoned && read_iso_offset(text)) return true;
    const auto read = read_iso(text);
    return read && (zoned || !std::holds_alternative<Instant>(*read));
}

// The type in which the column is compared with a text that reads as one of its values; empty where it does not.
std::string comparable_type(const Column& column, const std::string& text) {
    const auto if_reads = [](bool reads, const char* type) { return reads ? std::string(type) : std::string(); };
    switch (column.family) {
    case TypeFamily::integer:
        return if_reads(reads_as<std::int64_t>(text), "bigint");
    case TypeFamily::real:
        if (column.type == "double precision") return if_reads(reads_as_finite<double>(text), "double precision");
        if (column.type == "real") return if_reads(reads_as_finite<float>(text), "real");
        return if_reads(column.type.starts_with("numeric") && is_decimal(text), "numeric");
    case TypeFamily::text:
        return is_padded(column.type) ? "bpchar" : "text";
    case TypeFamily::boolean:
        return if_reads(text == "true" || text == "false", "boolean");
    case TypeFamily::date:
        return if_reads(parse_date(text).has_value(), "date");
    case TypeFamily::time_stamp:
        return if_reads(is_moment(text, false), "timestamp");
    case TypeFamily::zoned_time_stamp:
        return if_reads(is_moment(text, true), "timestamptz");
    case TypeFamily::uuid:
        return if_reads(is_uuid(text), "uuid");
    case TypeFamily::address:
        return if_reads(is_network(text), "inet");
    default:
        return {};
    }
}

} // namespace

std::string PostgresDialect::key_text(const Column& column, const Value& value) const {
    const auto* given = std::get_if<std::string>(&value);
    if (!given) return retention::key_text(value);
    switch (column.family) {
    case TypeFamily::text:
        return is_padded(column.type) ? unpadded(*given) : *given;
    case TypeFamily::boolean:
        return *given == "t" ? "true" : *given == "f" ? "false" : *given;
    case TypeFamily::time_stamp:
    case TypeFamily::zoned_time_stamp:
        return time_text(*given, column.family == TypeFamily::zoned_time_stamp);
    case TypeFamily::binary:
        return given->starts_with("\\x") ? given->substr(2) : *given;
    default:
        return *given;
    }
}

Sql PostgresDialect::key_value(const Column& column, const Value& value) const {
    return "CAST(" + Sql::value(value) + " AS " + column.type + ")";
}

namespace {

// {"7","it \\"says\\" so"}: values of one column as an array.
std::string array_of(const std::vector<Key>& keys, std::size_t column) {
    std::string array = "{";
    for (const Key& key : keys) {
        array += array.size() > 1 ? ",\"" : "\"";
        for (const char letter : std::get<std::string>(key[column])) {
            if (letter == '"' || letter == '\\') array += '\\';
            array += letter;
        }
        array += '"';
    }
    return array + "}";
}

} // namespace

// One value for all keys, however many: thousands of parameters take the server longer than the rows.
Sql PostgresDialect::key_among(const std::vector<Sql>& key, const std::vector<const Column*>& of,
                               const std::vector<Key>& keys) const {
    std::vector<Sql> arrays;
    for (std::size_t i = 0; i < key.size(); ++i)
        arrays.push_back("CAST(" + Sql::value(array_of(keys, i)) + " AS " + of[i]->type + "[])");
    if (key.size() == 1) return key.front() + " = ANY (" + arrays.front() + ")";
    return "(" + listed(key) + ") IN (SELECT * FROM unnest(" + listed(arrays) + "))";
}

// What does not read as the type is compared with the column as the server prints it: an infinity, a label of an enum,
// a value of a domain. That has no index, and no text makes it fail.
Sql PostgresDialect::key_is(const Sql& column, const Column& of, const std::string& text) const {
    if (!is_utf8(text) || text.find('\0') != std::string::npos) return "(1 = 0)";
    if (of.family == TypeFamily::binary) {
        if (!is_bytes(text)) return "(1 = 0)";
        return "(" + column + " = decode(" + bound_text(text) + ", 'hex'))";
    }
    const std::string type = comparable_type(of, text);
    if (!type.empty()) return "(" + column + " = CAST(" + Sql::value(text) + " AS " + type + "))";
    return "(" + as_text(column) + " = " + bound_text(text) + ")";
}

} // namespace retention
