#pragma once
// A Session on a server: connectors/sql_session.hpp with what PostgreSQL and MariaDB share. Its walk stands in
// server_walk.cpp, its trial of a plan in server_try.cpp; what is one engine's own in postgres_session.cpp and
// mariadb_session.cpp.

#include "connectors/due_list.hpp"
#include "connectors/others.hpp"
#include "connectors/sql_session.hpp"

#include <memory>
#include <string>

namespace retention {

class ServerSession : public SqlSession {
public:
    Problems try_plan(const Plan&) override;
    // Where few are due: listed by the same query, for the walk that comes next.
    Count count(const Plan&, double share) override;
    std::unique_ptr<Walk> walk(const Plan&) override;
    std::unique_ptr<Walk> join(const Plan&, Walk& other) override;
    void complete(Plan&) override;
    void prepare_witnesses() override;
    std::vector<Witness> witnesses() override;
    void mark(const std::string& name) override;
    Settled settle(const std::string& batch) override;
    std::optional<Traffic> others() override;
    void cancel() noexcept override { database_->cancel(); }

    void commit_batch(const Witness&); // writes the witness row, then commits

protected:
    // `others`: what the database tells of its requests.
    ServerSession(StoreSettings settings, std::unique_ptr<Database> database, std::unique_ptr<Dialect> dialect,
                  std::shared_ptr<Others> others)
        : settings_(std::move(settings))
        , database_(std::move(database))
        , dialect_(std::move(dialect))
        , others_(std::move(others)) {}
    Database& database() override { return *database_; }
    const Dialect& dialect() const override { return *dialect_; }

    // Whether the witness table is there, by a query that needs no right on it.
    virtual bool has_witnesses() = 0;
    virtual std::int64_t others_on(Database&, Others&) = 0;
    // An instant as a value for the witness table's column `at`.
    virtual Sql instant(Instant) const = 0;
    // Makes a copy of a table's form as a temporary table, with its constraints; empty where that cannot be done.
    virtual std::vector<Sql> copy_of(const Table&, const std::string& name) const = 0;

    const StoreSettings settings_;

private:
    friend class ServerWalk;
    friend class ServerTrial;

    // What the last count found due, for one walk of the same plan; found anew where there was none. Null: not few.
    SharedKeys take_listed(const Plan&);

    std::unique_ptr<Database> database_;
    std::unique_ptr<Dialect> dialect_;
    const std::shared_ptr<Others> others_;
    const Plan* counted_ = nullptr; // whose walk has not come yet
    SharedKeys listed_;
};

std::unique_ptr<Connector> make_postgres_connector(const StoreSettings&, const Zone& here);
std::unique_ptr<Connector> make_mariadb_connector(const StoreSettings&, const Zone& here);

} // namespace retention
