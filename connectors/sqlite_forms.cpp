// SqliteDialect: keys, and statements about sets of rows.

#include "connectors/sqlite_dialect.hpp"

#include <charconv>

namespace retention {

std::string SqliteDialect::key_text(const Column&, const Value& value) const {
    return retention::key_text(value);
}

Sql SqliteDialect::key_value(const Column&, const Value& value) const {
    return Sql::value(value);
}

namespace {

template <class Number>
std::optional<Number> number_in(const std::string& text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<Blob> bytes_in(const std::string& text) {
    if (text.size() % 2) return std::nullopt;
    Blob blob;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        unsigned byte = 0;
        const auto [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
        if (error != std::errc{} || end != text.data() + i + 2) return std::nullopt;
        blob.bytes += static_cast<char>(byte);
    }
    return blob;
}

std::string row_of(const std::vector<std::string>& names) {
    std::string all;
    for (const auto& name : names) all += (all.empty() ? "" : ", ") + name;
    return names.size() == 1 ? all : "(" + all + ")";
}

} // namespace

// A column may hold values of any type.
Sql SqliteDialect::key_is(const Sql& column, const Column&, const std::string& text) const {
    Sql sql = "(" + column + " = " + Sql::value(text);
    if (const auto whole = number_in<std::int64_t>(text))
        sql += " OR " + column + " = " + Sql::value(*whole);
    else if (const auto real = number_in<double>(text))
        sql += " OR " + column + " = " + Sql::value(*real);
    if (const auto blob = bytes_in(text)) sql += " OR " + column + " = " + Sql::value(*blob);
    return sql + ")";
}

std::string SqliteDialect::temporary(const std::string& name) const {
    return "temp." + name;
}

// Without types: a value goes in and comes out as it is. The caller empties it before each batch.
std::vector<Sql> SqliteDialect::make_temporary(const std::string& name, const Table&,
                                               const std::vector<SetColumn>& columns, std::size_t keys, bool) const {
    std::string all, key;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        all += columns[i].name + ", ";
        if (i < keys) key += (key.empty() ? "" : ", ") + columns[i].name;
    }
    return {"DROP TABLE IF EXISTS temp." + name, "CREATE TEMP TABLE " + name + " (" + all +
                                                     "retentiond_taken DEFAULT 1, PRIMARY KEY (" + key +
                                                     ")) WITHOUT ROWID"};
}

Sql SqliteDialect::add_rows(const std::string& name, const std::vector<std::string>& columns, const Sql& select) const {
    std::string all;
    for (const auto& column : columns) all += (all.empty() ? "" : ", ") + column;
    return "INSERT OR IGNORE INTO temp." + name + " (" + all + ") " + select;
}

namespace {

Sql in_set(const SqliteDialect& dialect, const Table& table, const std::vector<std::string>& identity,
           const std::string& set, const std::vector<std::string>& set_identity, const Sql& which) {
    std::vector<std::string> columns;
    for (const auto& column : identity) columns.push_back(dialect.column(table.name, column));
    std::string names;
    for (const auto& name : set_identity) names += (names.empty() ? "" : ", ") + name;
    const Sql chosen = which.empty() ? Sql("") : " WHERE " + which;
    return " WHERE " + Sql(row_of(columns)) + " IN (SELECT " + names + " FROM temp." + set + chosen + ")";
}

} // namespace

Sql SqliteDialect::erase_set(const Table& of, const std::vector<std::string>& identity, const std::string& set,
                             const std::vector<std::string>& set_identity, const Sql& which) const {
    return "DELETE FROM " + Sql(table(of)) + in_set(*this, of, identity, set, set_identity, which);
}

Sql SqliteDialect::update_set(const Table& of, const Sql& assignments, const std::vector<std::string>& identity,
                              const std::string& set, const std::vector<std::string>& set_identity,
                              const Sql& which) const {
    return "UPDATE " + Sql(table(of)) + " SET " + assignments + in_set(*this, of, identity, set, set_identity, which);
}

Sql SqliteDialect::lock_set(const Table&, const std::vector<std::string>&, const std::string&,
                            const std::vector<std::string>&) const {
    return {};
}

} // namespace retention
