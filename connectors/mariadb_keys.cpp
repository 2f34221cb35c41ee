// MariadbDialect: keys.

#include "connectors/mariadb_dialect.hpp"
#include "connectors/mariadb_value.hpp"

#include <algorithm>

namespace retention {

namespace {

// "2022-02-05 19:55:59.4" as "2022-02-05T19:55:59.400000"
std::string clock_key(std::string text, bool zoned) {
    constexpr std::size_t to_the_second = 19, to_the_microsecond = 26;
    if (text.size() < to_the_second) return text;
    text[10] = 'T';
    if (text.size() == to_the_second) text += '.';
    text.resize(std::max(text.size(), to_the_microsecond), '0');
    return zoned ? text + 'Z' : text;
}

// ZEROFILL prints 7 as 00007.
std::string without_padding(const std::string& number) {
    const auto first = number.find_first_not_of('0');
    if (first == number.npos) return number.empty() ? "" : "0";
    return number.substr(first);
}

std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return text;
}

// A BIT as a number.
std::uint64_t bits(const std::string& bytes) {
    std::uint64_t number = 0;
    for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
    return number;
}

std::string bytes_in(const std::string& hex) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 32) - 'a' + 10; };
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
    return bytes;
}

} // namespace

std::string MariadbDialect::key_text(const Column& column, const Value& value) const {
    if (const auto* blob = std::get_if<Blob>(&value); blob && is_mariadb_type(column, "bit"))
        return std::to_string(bits(blob->bytes));
    if (column.family == TypeFamily::time_stamp || column.family == TypeFamily::zoned_time_stamp)
        return clock_key(retention::key_text(value), column.family == TypeFamily::zoned_time_stamp);
    if (column.family == TypeFamily::integer) return without_padding(retention::key_text(value));
    if (column.family == TypeFamily::uuid) return lower(retention::key_text(value));
    return retention::key_text(value);
}

Sql MariadbDialect::key_value(const Column& column, const Value& value) const {
    const auto* text = std::get_if<std::string>(&value);
    // An ENUM sorts by the place of its label, and compares with a number by it, but with a text by its letters.
    if (text && is_mariadb_type(column, "enum") && !column.values.empty())
        return "FIELD(" + mariadb_value(column, *text) + ", " + column.values + ")";
    if (text) return mariadb_value(column, *text);
    if (std::holds_alternative<Blob>(value) && is_mariadb_type(column, "bit"))
        return mariadb_value(column, key_text(column, value));
    return Sql::value(value);
}

Sql MariadbDialect::key_is(const Sql& column, const Column& declared, const std::string& text) const {
    if (!is_mariadb_value(declared, text)) return "(1 = 0)";
    if (declared.family == TypeFamily::binary) return "(" + column + " = " + Sql::value(Blob{bytes_in(text)}) + ")";
    return "(" + mariadb_equals(column, declared, text) + ")";
}

// MariaDB walks no index for (a, b) > (x, y). Put as a >= x AND (a > x OR (a = x AND b > y)) the first column's range
// is walked at least, and of a composite key the rest too.
Sql MariadbDialect::compare(const std::vector<Sql>& columns, const char* comparison,
                            const std::vector<Sql>& values) const {
    const std::string last = comparison, strict = last.substr(0, 1), loose = strict + "=";
    const std::size_t end = columns.size() - 1;
    Sql sql = columns[end] + " " + last + " " + values[end];
    for (std::size_t i = end; i-- > 0;) {
        const Sql beyond = columns[i] + " " + strict + " " + values[i];
        const Sql same = columns[i] + " = " + values[i];
        sql = columns[i] + " " + loose + " " + values[i] + " AND (" + beyond + " OR (" + same + " AND " + sql + "))";
    }
    return "(" + sql + ")";
}

} // namespace retention
