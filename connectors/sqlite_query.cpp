#include "connectors/sqlite_query.hpp"

#include <sqlite3.h>

namespace retention {

SqliteText rendered(const Sql& sql) {
    SqliteText rendered;
    for (const auto& part : sql.parts()) {
        if (const auto* piece = std::get_if<std::string>(&part)) {
            rendered.text += *piece;
        } else {
            rendered.text += '?';
            rendered.values.push_back(std::get<Value>(part));
        }
    }
    return rendered;
}

SqliteStatement prepare(const SqliteConnection& connection, const Sql& sql, const std::string& operation) {
    const SqliteText text = rendered(sql);
    SqliteStatement statement(connection, text.text, operation);
    statement.bind_all(text.values);
    return statement;
}

std::int64_t execute(const SqliteConnection& connection, const Sql& sql, const std::string& operation) {
    SqliteStatement statement = prepare(connection, sql, operation);
    const std::int64_t before = sqlite3_total_changes64(connection.handle());
    while (statement.step()) {
    }
    const bool changed = sqlite3_total_changes64(connection.handle()) != before;
    return changed ? sqlite3_changes64(connection.handle()) : 0;
}

std::int64_t count_of(const SqliteConnection& connection, const Sql& sql, const std::string& operation) {
    SqliteStatement statement = prepare(connection, sql, operation);
    return statement.step() ? statement.integer(0) : 0;
}

} // namespace retention
