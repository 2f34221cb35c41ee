#pragma once
// A SQLite database and its statements, as this program needs them: opened by SOCI, which owns the connection; spoken
// to through the native handle, because SOCI's parser rewrites text with colons and cuts ids to 32 bits in vectors.
//
// A connection and its statements belong to one thread at a time; `cancel` alone may come from another. Everything that
// goes wrong is a StoreError that names the store, what was being done, and SQLite's own message:
//   busy       SQLITE_BUSY, SQLITE_LOCKED       cancelled  SQLITE_INTERRUPT, or a wait for a lock that was cancelled
//   refused    CONSTRAINT, READONLY, AUTH, PERM, MISMATCH   lost  CANTOPEN, IOERR, CORRUPT, NOTADB   failed  all others
// An error resets its statement. It does not roll back: the caller does.

#include "connectors/connector.hpp"
#include "connectors/value.hpp"

#include <chrono>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace retention {

class SqliteConnection {
public:
    // The file must exist. Foreign keys are enforced and (read_write) deleted content is overwritten, both read back;
    // an unknown "name" is an error, never a string. The schema stays trusted: without that, SQLite 3.40 refuses the
    // triggers that keep an FTS5 index up to date. `busy_timeout`: how long to wait for a lock of another connection.
    SqliteConnection(std::string store, const std::filesystem::path& file, Access,
                     std::chrono::milliseconds busy_timeout = std::chrono::seconds{5});

    sqlite3* handle() const noexcept;
    const std::string& store() const noexcept;
    bool in_transaction() const noexcept;

    // Runs one statement to its end; rows that it yields are dropped. Returns how many rows it changed itself (not by
    // cascade or trigger), 0 for what changes none.
    std::int64_t exec(std::string_view sql, std::initializer_list<Value> values = {});
    // From any thread: the statement that runs, if one does, ends with StoreError cancelled. The next is not touched.
    void cancel() noexcept;

    struct State;

private:
    friend class SqliteStatement;
    std::shared_ptr<State> state_;
};

class SqliteStatement {
public:
    // One statement: anything but blanks and comments after it is refused. `operation` is said in errors.
    SqliteStatement(const SqliteConnection&, std::string_view sql, std::string operation = "statement");

    // Parameters and columns both count as SQLite does: parameters from 1, columns from 0. Values are copied. What is
    // not bound is NULL. Only after reset() where the statement has stepped.
    void bind(int parameter, const Value&);
    void bind_all(const std::vector<Value>&); // from 1 on; must be as many as there are parameters
    int parameters() const noexcept;
    int columns() const noexcept;

    bool step(); // false: no further row; the statement is then reset, its bindings kept
    void reset() noexcept;

    Value value(int column) const;
    bool is_null(int column) const noexcept;
    std::int64_t integer(int column) const noexcept;
    double real(int column) const noexcept;
    std::string_view text(int column) const noexcept; // empty for NULL; valid until the next step or reset

    sqlite3_stmt* handle() const noexcept { return statement_.get(); }

private:
    struct Finalize {
        void operator()(sqlite3_stmt*) const noexcept;
    };
    std::shared_ptr<SqliteConnection::State> state_; // keeps the connection open as long as its statements live
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
    std::string operation_;
};

} // namespace retention
