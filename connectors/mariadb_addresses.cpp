#include "connectors/mariadb_addresses.hpp"

#include "connectors/mariadb_text.hpp"
#include "connectors/mariadb_value.hpp"
#include "policies/mask.hpp"

namespace retention {

namespace {

Sql zeros(std::size_t bytes) {
    std::string hex;
    for (std::size_t i = 0; i < bytes; ++i) hex += "00";
    return "x'" + hex + "'";
}

Sql first_bytes(const Sql& bytes, std::size_t kept, std::size_t all) {
    return "CONCAT(LEFT(" + bytes + ", " + std::to_string(kept) + "), " + zeros(all - kept) + ")";
}

// Of 4 or 16 bytes; anything else is `other`. ::ffff:0:0/96 holds addresses of IPv4.
Sql truncated_bytes(const Sql& bytes, const Sql& other) {
    return "CASE WHEN LENGTH(" + bytes + ") = 4 THEN " + first_bytes(bytes, 3, 4) + " WHEN LENGTH(" + bytes +
           ") <> 16 THEN " + other + " WHEN LEFT(" + bytes + ", 12) = x'00000000000000000000FFFF' THEN " +
           first_bytes(bytes, 15, 16) + " ELSE " + first_bytes(bytes, 6, 16) + " END";
}

// INET6_ATON takes a part of a dotted address with noughts before it, which no other reader does; what it does not take
// is NULL.
Sql bytes_of_text(const Sql& text) {
    const char* padded = "(?:^|[:.])0[0-9]+[.]|[.]0[0-9]+$";
    return "CASE WHEN " + text + " NOT REGEXP '" + padded + "' THEN INET6_ATON(" + text + ") END";
}

// The placeholder as the column gives it back: BINARY fills up with zero bytes.
Sql no_address_bytes(const Column& column, bool stored) {
    const std::size_t length = column.length.value_or(4);
    return zeros(stored && is_mariadb_type(column, "binary") ? length : std::min<std::size_t>(length, 4));
}

Sql no_address_text(const Column& column) {
    const std::string text = "0.0.0.0";
    return "'" + (column.length ? text.substr(0, *column.length) : text) + "'";
}

Sql bytes_of_address(const Column& column, const Sql& value) {
    return "CAST(" + value + " AS BINARY(" + (is_mariadb_type(column, "inet4") ? "4" : "16") + "))";
}

Sql truncated(const Column& column, const Sql& value, bool nullable, bool stored) {
    if (column.family == TypeFamily::binary)
        return truncated_bytes(value, nullable ? Sql("NULL") : no_address_bytes(column, stored));
    if (column.family == TypeFamily::address) return truncated_bytes(bytes_of_address(column, value), "NULL");
    const Sql address = "INET6_NTOA(" + truncated_bytes(bytes_of_text(exact_text(value)), "NULL") + ")";
    const Sql cut = column.length ? "LEFT(" + address + ", " + std::to_string(*column.length) + ")" : address;
    return nullable ? cut : "COALESCE(" + cut + ", " + no_address_text(column) + ")";
}

} // namespace

Sql truncated_address(const Column& column, const Sql& value, bool nullable) {
    return truncated(column, value, nullable, false);
}

Sql is_truncated_address(const Column& column, const Sql& value) {
    const Sql result = truncated(column, value, false, true);
    if (column.family == TypeFamily::binary) return value + " = " + result;
    if (column.family == TypeFamily::address) return bytes_of_address(column, value) + " = " + result;
    return exact_text(value) + " = " + result;
}

} // namespace retention
