// PostgreSQL's own part of a session.

#include "connectors/postgres_catalogue.hpp"
#include "connectors/postgres_connection.hpp"
#include "connectors/postgres_dialect.hpp"
#include "connectors/postgres_partitions.hpp"
#include "connectors/server_session.hpp"
#include "connectors/witness_table.hpp"

namespace retention {

namespace {

class PostgresSession : public ServerSession {
public:
    PostgresSession(const StoreSettings& settings, const Zone& here, Access access,
                    const std::shared_ptr<Others>& others)
        : ServerSession(settings, connect_postgres(settings, access, {}, others),
                        std::make_unique<PostgresDialect>(here, settings.zone), others) {}

    Catalogue catalogue() override { return read_postgres_catalogue(database()); }
    Instant now() override;
    std::vector<std::string> leave_no_trace() override;
    std::optional<std::chrono::milliseconds> replica_lag() override;
    void spare_processors() override {
        database().execute("SET max_parallel_workers_per_gather = 0", "spare processors");
    }

    std::unique_ptr<Walk> walk_whole_partitions(const Plan& plan) override {
        if (!may_take_partitions(plan)) return nullptr;
        const auto commit = [this](const Witness& witness) { commit_batch(witness); };
        return walk_partitions(database(), dialect(), plan, postgres_partitions(database(), dialect(), plan, commit));
    }

private:
    std::int64_t others_on(Database& database, Others& others) override { return others_of_postgres(database, others); }
    bool has_witnesses() override {
        return count_of(database(), "SELECT count(to_regclass('retentiond_batches'))", "look for witness rows") > 0;
    }
    Sql instant(Instant at) const override { return "CAST(" + Sql::value(utc_text(at) + "+00") + " AS timestamptz)"; }
    std::vector<Sql> copy_of(const Table& table, const std::string& name) const override {
        if (table.partitioning) return {}; // LIKE takes its columns, but not what its partitions demand
        return {"DROP TABLE IF EXISTS pg_temp." + name, "CREATE TEMPORARY TABLE " + Sql(name) + " (LIKE " +
                                                            dialect().table(table) +
                                                            " INCLUDING CONSTRAINTS INCLUDING INDEXES INCLUDING "
                                                            "GENERATED)"};
    }
};

Instant PostgresSession::now() {
    const auto rows = database().query("SELECT clock_timestamp()", "read the store's clock");
    return rows->next() ? utc_instant(rows->text(0)) : Instant{};
}

std::vector<std::string> PostgresSession::leave_no_trace() {
    return {database().store() +
            ": PostgreSQL keeps deleted and old versions of rows in its pages until VACUUM and new "
            "rows overwrite them (VACUUM FULL rewrites a table), and in WAL, its archive, replicas "
            "and backups"};
}

// What the replicas report. One that hides it (the right to pg_monitor is missing) or has not said anything is unknown.
std::optional<std::chrono::milliseconds> PostgresSession::replica_lag() {
    const auto rows = database().query(
        "SELECT count(*), count(*) FILTER (WHERE replay_lsn IS NULL), "
        "coalesce(max(CASE WHEN replay_lsn >= pg_current_wal_lsn() THEN 0 "
        "ELSE coalesce(extract(epoch FROM replay_lag) * 1000, 0) END), 0)::bigint FROM pg_stat_replication",
        "ask how far the replicas are");
    if (!rows->next() || rows->integer(0) == 0) return std::nullopt;
    if (rows->integer(1) > 0)
        throw StoreError(StoreError::Kind::failed,
                         "store '" + database().store() +
                             "': a replica does not say how far it is\nhint: GRANT pg_monitor to retentiond's role");
    return std::chrono::milliseconds{rows->integer(2)};
}

class PostgresConnector : public Connector {
public:
    PostgresConnector(StoreSettings settings, Zone here) : settings_(std::move(settings)), here_(std::move(here)) {}
    std::unique_ptr<Session> open(Access access) override {
        return std::make_unique<PostgresSession>(settings_, here_, access, others_);
    }
    std::size_t most_writers() const override { return settings_.workers == 0 ? 2 : settings_.workers; }

private:
    StoreSettings settings_;
    Zone here_;
    std::shared_ptr<Others> others_ = std::make_shared<Others>();
};

} // namespace

std::unique_ptr<Connector> make_postgres_connector(const StoreSettings& settings, const Zone& here) {
    return std::make_unique<PostgresConnector>(settings, here);
}

} // namespace retention
