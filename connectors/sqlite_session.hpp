#pragma once
// A Session on a SQLite file. Its parts stand in sqlite_survey.cpp, sqlite_explain.cpp, sqlite_try.cpp and
// sqlite_walk.cpp; here is what they share: the connection and one plan's expressions on it.

#include "connectors/conditions.hpp"
#include "connectors/connector.hpp"
#include "connectors/sqlite_dialect.hpp"
#include "connectors/sqlite_native.hpp"

#include <memory>

namespace retention {

// A plan on a connection: its conditions with the periods that are in the data now.
class SqlitePlan {
public:
    SqlitePlan(const SqliteConnection&, const SqliteDialect&, const Plan&);
    SqlitePlan(const SqlitePlan&) = delete;
    SqlitePlan& operator=(const SqlitePlan&) = delete;

    const SqliteConnection& connection;
    const SqliteDialect& dialect;
    const Plan& plan;

private:
    AllStoredCutoffs stored_;

public:
    const Conditions conditions;

    const StoredCutoffs& periods() const;
    Sql from() const { return " FROM " + dialect.table(*plan.table); }
    std::vector<Sql> key() const;
};

class SqliteSession : public Session {
public:
    SqliteSession(const StoreSettings&, const Zone& here, Access);

    Catalogue catalogue() override;
    Problems try_plan(const Plan&) override;
    Problems advise(const Plan&) override;
    Survey survey(const Plan&) override;
    Count count(const Plan&) override;
    std::optional<Explanation> explain(const Plan&, const std::vector<std::string>& key) override;
    std::unique_ptr<Walk> walk(const Plan&) override;
    std::int64_t shared_records(const Plan&, const Plan&) override;
    std::int64_t rows_kept_longer(const Plan&, std::size_t entry, const Plan& own, bool today) override;
    void prepare_witnesses() override;
    std::vector<Witness> witnesses() override;
    Settled settle(const std::string& batch) override;
    std::vector<std::string> leave_no_trace() override;
    std::optional<std::chrono::milliseconds> replica_lag() override { return std::nullopt; }
    Instant now() override;
    void cancel() noexcept override { connection_.cancel(); }

private:
    bool rewrite(); // whether the file now holds nothing but what is there

    SqliteConnection connection_;
    SqliteDialect dialect_;
    Zone here_;
};

// A transaction that only looks: one snapshot for as long as it lives, then rolled back.
class SqliteSnapshot {
public:
    explicit SqliteSnapshot(SqliteConnection& connection, const char* begin = "BEGIN") : connection_(connection) {
        connection_.exec(begin);
    }
    ~SqliteSnapshot();
    SqliteSnapshot(const SqliteSnapshot&) = delete;
    SqliteSnapshot& operator=(const SqliteSnapshot&) = delete;

private:
    SqliteConnection& connection_;
};

std::unique_ptr<Walk> make_sqlite_walk(SqliteConnection&, const SqliteDialect&, const Plan&);

} // namespace retention
