#pragma once
// A Session on a SQLite file: connectors/sql_session.hpp with what is SQLite's own. Its parts stand in sqlite_try.cpp
// and sqlite_walk.cpp.

#include "connectors/sql_session.hpp"
#include "connectors/sqlite_database.hpp"
#include "connectors/sqlite_dialect.hpp"
#include "connectors/sqlite_native.hpp"

#include <memory>

namespace retention {

class SqliteSession : public SqlSession {
public:
    SqliteSession(const StoreSettings&, const Zone& here, Access);

    Catalogue catalogue() override;
    Problems try_plan(const Plan&) override;
    std::unique_ptr<Walk> walk(const Plan&) override;
    void prepare_witnesses() override;
    std::vector<Witness> witnesses() override;
    void mark(const std::string& name) override;
    Settled settle(const std::string& batch) override;
    std::vector<std::string> leave_no_trace() override;
    std::optional<std::chrono::milliseconds> replica_lag() override { return std::nullopt; }
    Instant now() override;
    void cancel() noexcept override { connection_.cancel(); }

private:
    Database& database() override { return database_; }
    const Dialect& dialect() const override { return dialect_; }
    bool rewrite(); // whether the file now holds nothing but what is there

    SqliteConnection connection_;
    SqliteDatabase database_;
    SqliteDialect dialect_;
    Zone here_;
};

std::unique_ptr<Connector> make_sqlite_connector(const StoreSettings&, const Zone& here);
std::unique_ptr<Walk> make_sqlite_walk(SqliteConnection&, SqliteDatabase&, const SqliteDialect&, const Plan&);

} // namespace retention
