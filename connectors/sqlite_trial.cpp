#include "connectors/sqlite_trial.hpp"

#include "connectors/sqlite_functions.hpp"
#include "connectors/sqlite_state.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <new>

namespace retention {
namespace {

std::string quoted(const std::string& name) {
    std::string result = "\"";
    for (const char letter : name) result += letter == '"' ? std::string("\"\"") : std::string(1, letter);
    return result + '"';
}

// A database in memory that is no store: no file, no SOCI, gone with its last line.
class Scratch {
public:
    Scratch() {
        if (sqlite3_open(":memory:", &handle_) != SQLITE_OK) throw std::bad_alloc();
        sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_FKEY, 0, nullptr);
        sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DDL, 1, nullptr); // as SQLite reads the schema of a file
        sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
        register_functions(handle_, Zone::utc(), Zone::utc());
    }
    ~Scratch() { sqlite3_close(handle_); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    // What SQLite says against the statement; nothing where it ran.
    std::optional<std::string> run(const std::string& sql, const std::vector<Value>& values) {
        sqlite3_stmt* statement = nullptr;
        int code = sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr);
        const auto wanted = static_cast<std::size_t>(sqlite3_bind_parameter_count(statement));
        for (std::size_t i = 0; code == SQLITE_OK && i < std::min(wanted, values.size()); ++i)
            code = bind_value(statement, static_cast<int>(i) + 1, values[i]);
        if (code == SQLITE_OK)
            while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
            }
        std::optional<std::string> error;
        if (code != SQLITE_DONE) error = sqlite3_errmsg(handle_);
        sqlite3_finalize(statement);
        return error;
    }

private:
    sqlite3* handle_ = nullptr;
};

std::string insert_into(const std::string& table, const std::vector<std::string>& columns) {
    std::string names, parameters;
    for (const auto& column : columns) {
        names += (names.empty() ? "" : ", ") + quoted(column);
        parameters += parameters.empty() ? "?" : ", ?";
    }
    return "INSERT INTO " + quoted(table) + " (" + names + ") VALUES (" + parameters + ")";
}

} // namespace

std::optional<std::string> try_update(const std::vector<std::string>& ddl, const std::string& table,
                                      const std::vector<std::string>& columns,
                                      const std::vector<std::vector<Value>>& samples, const std::string& set_clause,
                                      const std::vector<Value>& parameters) {
    Scratch scratch;
    for (const auto& statement : ddl)
        if (scratch.run(statement, {})) return {};
    const std::string insert = insert_into(table, columns);
    for (const auto& sample : samples) scratch.run(insert, sample); // one that is refused as it stands is left out
    return scratch.run("UPDATE " + quoted(table) + " SET " + set_clause, parameters);
}

} // namespace retention
