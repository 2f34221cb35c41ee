#pragma once
// One connection to a store, as the shared parts of a session need it: statements put together from Sql, their values
// bound, their rows read. One for each engine; SOCI owns the connection, statements go to the native handle, because
// SOCI's parser rewrites or cuts text that holds a colon. No opinion on what the statements say.
//
// Used by one thread at a time; `cancel` alone may come from another. Everything that goes wrong is a StoreError that
// names the store, the operation and the engine's own message. Nothing is rolled back here: the caller does that.

#include "connectors/catalogue.hpp"
#include "connectors/sql.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace retention {

// The rows of a query, forward only. Destroying it early is allowed and leaves the connection usable.
class Rows {
public:
    virtual ~Rows() = default;
    virtual bool next() = 0; // false: no further row
    virtual std::size_t columns() const = 0;
    // Of the row that next() went to. Columns from 0.
    virtual bool is_null(std::size_t) const = 0;
    // As the engine prints it; bytes as they are where the engine has no text for them (MariaDB; PostgreSQL prints
    // `\x…`). Empty for NULL; valid until next().
    virtual std::string_view text(std::size_t) const = 0;
    // What Dialect::key_value takes back unchanged. SQLite: by the value's own type. PostgreSQL: always text. MariaDB:
    // text, but bytes for binary columns. No engine's numbers lose a digit.
    virtual Value value(std::size_t) const = 0;
    virtual std::int64_t integer(std::size_t) const = 0; // 0 for NULL; a boolean is 0 or 1; fractions are cut off
};

class Database {
public:
    virtual ~Database() = default;

    virtual const std::string& store() const noexcept = 0;
    virtual bool in_transaction() const noexcept = 0;

    // `operation` is said in errors: "count the records of contacts".
    virtual std::unique_ptr<Rows> query(const Sql&, const std::string& operation) = 0;
    // The same where there are as few rows as a batch has: all of them are fetched at once, which costs less for each.
    virtual std::unique_ptr<Rows> query_few(const Sql& sql, const std::string& operation) {
        return query(sql, operation);
    }
    // Runs it to its end; rows that it yields are dropped. Returns how many rows it changed itself, as the engine
    // counts them: rows that matched, also where the new value is the old one.
    virtual std::int64_t execute(const Sql&, const std::string& operation) = 0;
    // Lets the engine parse and resolve it, and throws it away. The types of its result columns.
    virtual std::vector<TypeFamily> prepare(const Sql&, const std::string& operation) = 0;

    // A transaction that only looks, in one snapshot; one that writes. PostgreSQL and MariaDB: READ COMMITTED, whatever
    // the server's default is; each statement of it sees what was committed before it.
    virtual void begin_snapshot() = 0;
    virtual void begin_batch() = 0;
    // For temporary tables alone: writes, whatever the connection was opened for.
    virtual void begin_set_up() { begin_batch(); }
    virtual void commit() = 0;            // StoreError lost: the outcome is unknown
    virtual void rollback() noexcept = 0; // also where none is open, or the connection is dead

    // Statements that make temporary tables, also on a connection that only reads; no transaction is open.
    virtual void set_up(const std::vector<Sql>& statements);

    virtual void cancel() noexcept = 0;
};

// The first column of the only row; 0 where there is none.
std::int64_t count_of(Database&, const Sql&, const std::string& operation);

// A snapshot for as long as it lives, then rolled back.
class Snapshot {
public:
    explicit Snapshot(Database& database) : database_(database) { database_.begin_snapshot(); }
    ~Snapshot() { database_.rollback(); }
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

private:
    Database& database_;
};

} // namespace retention
