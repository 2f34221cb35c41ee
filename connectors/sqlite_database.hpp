#pragma once
// A SQLite connection as the shared parts of a session see it.

#include "connectors/database.hpp"
#include "connectors/sqlite_native.hpp"

namespace retention {

class SqliteDatabase : public Database {
public:
    explicit SqliteDatabase(SqliteConnection& connection) : connection_(connection) {}

    const std::string& store() const noexcept override { return connection_.store(); }
    bool in_transaction() const noexcept override { return connection_.in_transaction(); }
    std::unique_ptr<Rows> query(const Sql&, const std::string& operation) override;
    std::int64_t execute(const Sql&, const std::string& operation) override;
    std::vector<TypeFamily> prepare(const Sql&, const std::string& operation) override;
    void begin_snapshot() override { connection_.exec("BEGIN"); }
    void begin_batch() override { connection_.exec("BEGIN IMMEDIATE"); }
    void commit() override { connection_.exec("COMMIT"); }
    void rollback() noexcept override;
    void set_up(const std::vector<Sql>&) override;
    void cancel() noexcept override { connection_.cancel(); }

private:
    SqliteConnection& connection_;
};

} // namespace retention
