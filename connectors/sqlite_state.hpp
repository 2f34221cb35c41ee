#pragma once
// What a connection and its statements share: the inside of connectors/sqlite_native.hpp, for its own sources alone.

#include "connectors/sqlite_native.hpp"
#include "connectors/sqlite_soci.hpp"

#include <atomic>

namespace retention {

struct SqliteConnection::State {
    State(std::string name, const std::string& uri) : store(std::move(name)), session(store, uri) {}

    std::string store;
    SociSqlite session;
    std::chrono::milliseconds busy_timeout{};
    std::chrono::steady_clock::time_point waiting_since; // for the lock that a statement needs
    enum { idle, running, cancelled };
    std::atomic<int> activity = idle;

    sqlite3* handle() const noexcept { return session.handle(); }
};

// Marks a statement as running for as long as it lives, so that cancel() hits nothing else.
class SqliteRunning {
public:
    explicit SqliteRunning(SqliteConnection::State& state) : state_(state) { state_.activity = state_.running; }
    ~SqliteRunning() { state_.activity = state_.idle; }
    SqliteRunning(const SqliteRunning&) = delete;
    SqliteRunning& operator=(const SqliteRunning&) = delete;

private:
    SqliteConnection::State& state_;
};

// SQLite's own error, just returned as `code`; and a refusal of ours.
[[noreturn]] void throw_sqlite_error(const SqliteConnection::State&, std::string_view operation, int code);
[[noreturn]] void throw_refusal(const SqliteConnection::State&, std::string_view operation, const std::string& what);

// Binds a copy of the value; a result code.
int bind_value(sqlite3_stmt*, int parameter, const Value&);

} // namespace retention
