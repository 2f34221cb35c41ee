#include "tests/support/engine_spelling.hpp"

#include "policies/stored_date.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace retention::test {
namespace {

bool is_server(Engine engine) {
    return engine != Engine::sqlite;
}

const std::string* text_in(const Value& value) {
    return std::get_if<std::string>(&value);
}

std::string in_quotes(const std::string& text, char quote) {
    std::string result(1, quote);
    for (const char c : text) result.append(c == quote ? 2 : 1, c);
    return result + quote;
}

std::string doubled_backslashes(const std::string& text) {
    std::string result;
    for (const char c : text) result.append(c == '\\' ? 2 : 1, c);
    return result;
}

// As SQLite prints it into a text column.
std::string printed(const Value& value) {
    if (const auto* blob = std::get_if<Blob>(&value)) return "zz" + blob->bytes;
    return key_text(value);
}

std::string bytes_literal(Engine engine, const Blob& blob) {
    return engine == Engine::postgresql ? "'\\x" + key_text(blob) + "'" : "x'" + key_text(blob) + "'";
}

std::string sized(const std::string& type, const ColumnType& column) {
    return type + "(" + std::to_string(column.length) + ")";
}

std::string sqlite_type(const ColumnType& column) {
    switch (column.kind) {
    case ColumnKind::integer:
    case ColumnKind::boolean:
        return "INTEGER";
    case ColumnKind::real:
    case ColumnKind::decimal:
        return "REAL";
    case ColumnKind::numeric:
        return "DATETIME";
    case ColumnKind::varying:
    case ColumnKind::padded:
        return sized(column.dress == 1 ? "NVARCHAR" : "VARCHAR", column);
    case ColumnKind::loose:
        return column.dress == 1 ? "DATETIME" : "";
    case ColumnKind::bytes:
        return "BLOB";
    case ColumnKind::stamp:
        return column.dress == 1 ? "DATETIME" : "TEXT";
    case ColumnKind::generated:
        return "INTEGER AS (n + 1)";
    default:
        return "TEXT";
    }
}

std::string postgres_type(const ColumnType& column) {
    switch (column.kind) {
    case ColumnKind::integer:
        return "bigint";
    case ColumnKind::boolean:
        return "boolean";
    case ColumnKind::real:
        return "double precision";
    case ColumnKind::decimal:
        return "numeric(12,2)";
    case ColumnKind::numeric:
        return "numeric";
    case ColumnKind::varying:
        return sized("varchar", column);
    case ColumnKind::padded:
        return sized("char", column);
    case ColumnKind::bytes:
        return "bytea";
    case ColumnKind::date:
        return "date";
    case ColumnKind::stamp:
        return "timestamp";
    case ColumnKind::zoned:
    case ColumnKind::self_updating:
        return "timestamptz";
    case ColumnKind::uuid:
        return "uuid";
    case ColumnKind::address:
        return "inet";
    case ColumnKind::generated:
        return "bigint GENERATED ALWAYS AS (n + 1) STORED";
    default:
        return "text";
    }
}

// A key of text needs a length.
std::string mariadb_type(const ColumnType& column) {
    switch (column.kind) {
    case ColumnKind::integer:
        return "bigint";
    case ColumnKind::boolean:
        return "boolean";
    case ColumnKind::real:
    case ColumnKind::numeric:
        return "double";
    case ColumnKind::decimal:
        return "decimal(12,2)";
    case ColumnKind::text:
    case ColumnKind::loose:
        return column.exact || column.nocase ? "varchar(100)" : column.dress == 2 ? "longtext" : "text";
    case ColumnKind::varying:
        return sized("varchar", column);
    case ColumnKind::padded:
        return sized("char", column);
    case ColumnKind::bytes:
        return "varbinary(60)";
    case ColumnKind::date:
        return "date";
    case ColumnKind::stamp:
        return "datetime(6)";
    case ColumnKind::zoned:
        return "timestamp(6) NULL DEFAULT NULL";
    case ColumnKind::self_updating:
        return "timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)";
    case ColumnKind::uuid:
        return "uuid";
    case ColumnKind::address:
        return "inet6";
    case ColumnKind::generated:
        return "bigint AS (n + 1)";
    }
    throw std::logic_error("a kind without a type");
}

std::string collation(Engine engine, const ColumnType& column) {
    if (engine == Engine::sqlite) return column.nocase ? " COLLATE NOCASE" : "";
    if (engine == Engine::postgresql) {
        if (column.nocase) return " COLLATE nocase";
        return column.dress == 1 ? " COLLATE \"C\"" : column.dress == 2 ? " COLLATE \"und-x-icu\"" : "";
    }
    if (column.nocase) return " CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci";
    if (column.exact) return " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
    return column.dress == 1 ? " CHARACTER SET latin1" : "";
}

Value number_held(const Value& value, bool whole) {
    double number = 0;
    if (std::holds_alternative<std::int64_t>(value)) return value;
    if (const auto* real = std::get_if<double>(&value)) number = *real;
    if (const auto* text = text_in(value))
        if (!text->empty() && text->find_first_not_of("0123456789") == text->npos) number = std::stod(*text);
    if (!whole) return number;
    const bool fraction = number != std::floor(number) && number < 1000; // 2.5 months are no period
    return fraction || std::abs(number) > 9e18 ? std::int64_t{0} : static_cast<std::int64_t>(std::floor(number));
}

// PostgreSQL has infinities and years before 1, MariaDB zeros in dates, from 1970 to 2038 where there is a zone.
Held date_held(Engine engine, ColumnKind kind, const std::string& text) {
    const bool zoned = kind == ColumnKind::zoned || kind == ColumnKind::self_updating;
    const std::string day = text.substr(0, 10);
    if (engine == Engine::postgresql) {
        if (text.rfind("0000-00", 0) == 0) return {"-infinity"};
        return text.find("-00-") != text.npos ? Held{"0044-03-15 BC", true, false} : Held{text};
    }
    const std::string time = kind == ColumnKind::date ? "" : " 00:00:00";
    if (text == "-infinity" || text.ends_with("BC")) return {"0000-00-00" + time};
    if (text == "infinity") return {"0000-00-00" + time, true, false};
    if (!zoned) return {text};
    if (text.find("-00") != text.npos && text.find("-00") < 8) return {"0000-00-00" + time, true, false};
    if (day < "1970-01-02") return {"1970-01-02 00:00:00", false, false};
    if (day > "2038-01-01") return {"2038-01-01 00:00:00", true, true};
    return {text};
}

} // namespace

bool is_text(ColumnKind kind) {
    return kind == ColumnKind::text || kind == ColumnKind::varying || kind == ColumnKind::padded;
}

bool is_native_date(ColumnKind kind) {
    return kind == ColumnKind::date || kind == ColumnKind::stamp || kind == ColumnKind::zoned ||
           kind == ColumnKind::self_updating;
}

std::string quoted(Engine engine, const std::string& name) {
    return in_quotes(name, engine == Engine::mariadb ? '`' : '"');
}

std::string literal(Engine engine, const ColumnType& column, const Value& value) {
    if (value.index() == 0) return "NULL";
    if (const auto* blob = std::get_if<Blob>(&value)) return bytes_literal(engine, *blob);
    if (const auto* real = std::get_if<double>(&value)) {
        std::array<char, 40> text{};
        std::snprintf(text.data(), text.size(), "%.17e", *real);
        return text.data();
    }
    if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        if (engine == Engine::postgresql && column.kind == ColumnKind::boolean) return *whole ? "true" : "false";
        return std::to_string(*whole);
    }
    std::string text = *text_in(value);
    if (engine != Engine::mariadb) return in_quotes(text, '\'');
    if (is_native_date(column.kind) && text.ends_with('Z')) text.pop_back(); // the script's session is in UTC
    if (column.kind == ColumnKind::address) text.insert(0, "::ffff:");
    return in_quotes(doubled_backslashes(text), '\'');
}

std::string declared(Engine engine, const ColumnType& column) {
    std::string type = engine == Engine::sqlite       ? sqlite_type(column)
                       : engine == Engine::postgresql ? postgres_type(column)
                                                      : mariadb_type(column);
    const bool text = is_text(column.kind) || column.kind == ColumnKind::loose;
    if (text && column.kind != ColumnKind::padded) type += collation(engine, column);
    if (!column.not_null || column.kind == ColumnKind::generated) return type;
    if (const auto null = type.find(" NULL DEFAULT NULL"); null != type.npos) type.resize(null);
    return type + " NOT NULL";
}

std::string as_text(Engine engine, const std::string& sql) {
    if (engine == Engine::sqlite) return sql;
    return "CAST(" + sql + (engine == Engine::mariadb ? " AS CHAR)" : " AS text)");
}

Held held(Engine engine, const ColumnType& column, const Value& value) {
    if (value.index() == 0 || !is_server(engine)) return {value};
    switch (column.kind) {
    case ColumnKind::integer:
    case ColumnKind::boolean:
        return {number_held(value, true), true, std::holds_alternative<std::int64_t>(value)};
    case ColumnKind::real:
    case ColumnKind::numeric:
    case ColumnKind::decimal:
        return {number_held(value, false), true, value.index() <= 2};
    case ColumnKind::bytes:
        if (std::holds_alternative<Blob>(value)) return {value};
        return {Blob{key_text(value)}};
    case ColumnKind::date:
    case ColumnKind::stamp:
    case ColumnKind::zoned:
    case ColumnKind::self_updating:
        return date_held(engine, column.kind, *text_in(value));
    case ColumnKind::address:
        return {*text_in(value) == "localhost" ? Value("203.0.113.9") : value};
    case ColumnKind::generated:
        throw std::logic_error("nothing is put into a generated column");
    default:
        return {printed(value), true, text_in(value) != nullptr};
    }
}

std::string no_date(Engine engine, ColumnKind kind) {
    if (engine == Engine::sqlite || !is_native_date(kind) || kind == ColumnKind::date) return "1900-01-01";
    if (kind == ColumnKind::stamp) return "1900-01-01T00:00:00.000000";
    return engine == Engine::mariadb ? "1970-01-01T00:00:01.000000Z" : "1900-01-01T00:00:00.000000Z";
}

} // namespace retention::test
