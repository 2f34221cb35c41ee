#pragma once
// A fragment of Sql as a prepared SQLite statement with its values bound.

#include "connectors/sql.hpp"
#include "connectors/sqlite_native.hpp"

#include <string>

namespace retention {

struct SqliteText {
    std::string text; // with ? for each value
    std::vector<Value> values;
};
SqliteText rendered(const Sql&);

SqliteStatement prepare(const SqliteConnection&, const Sql&, const std::string& operation);
// Runs it to its end. Returns how many rows it changed itself.
std::int64_t execute(const SqliteConnection&, const Sql&, const std::string& operation);
// The first column of its only row.
std::int64_t count_of(const SqliteConnection&, const Sql&, const std::string& operation);

} // namespace retention
