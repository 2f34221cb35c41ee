// MariaDB's own part of a session.

#include "connectors/mariadb_catalogue.hpp"
#include "connectors/mariadb_connection.hpp"
#include "connectors/mariadb_dialect.hpp"
#include "connectors/mariadb_partitions.hpp"
#include "connectors/mariadb_pending.hpp"
#include "connectors/server_session.hpp"
#include "connectors/witness_table.hpp"

namespace retention {

namespace {

class MariadbSession : public ServerSession {
public:
    MariadbSession(const StoreSettings& settings, const Zone& here, Access access,
                   const std::shared_ptr<Others>& others)
        : ServerSession(settings, connect_mariadb(settings, access, {}, others),
                        std::make_unique<MariadbDialect>(here, settings.zone), others) {}

    Catalogue catalogue() override { return read_mariadb_catalogue(database()); }
    Instant now() override;
    std::vector<std::string> leave_no_trace() override;
    std::optional<std::chrono::milliseconds> replica_lag() override;

    std::unique_ptr<Walk> walk_whole_partitions(const Plan& plan) override {
        if (!may_take_partitions(plan) || !may_empty_partitions(database(), plan)) return nullptr;
        return walk_partitions(database(), dialect(), plan, mariadb_partitions(database(), dialect(), plan));
    }
    Settled settle(const std::string& batch) override {
        if (!has_witnesses()) return Settled::in_doubt;
        const auto settled = settle_pending(database(), dialect(), batch);
        return settled ? *settled : ServerSession::settle(batch);
    }

private:
    std::int64_t others_on(Database& database, Others& others) override { return others_of_mariadb(database, others); }
    bool has_witnesses() override {
        return count_of(database(),
                        "SELECT count(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME "
                        "= 'retentiond_batches'",
                        "look for witness rows") > 0;
    }
    Sql instant(Instant at) const override { return "CAST(" + Sql::value(utc_text(at)) + " AS DATETIME(6))"; }
    // A temporary table cannot be partitioned.
    std::vector<Sql> copy_of(const Table& table, const std::string& name) const override {
        if (table.partitioning) return {};
        return {"DROP TEMPORARY TABLE IF EXISTS " + name,
                "CREATE TEMPORARY TABLE " + Sql(name) + " LIKE " + dialect().table(table)};
    }
};

Instant MariadbSession::now() {
    const auto rows = database().query("SELECT UTC_TIMESTAMP(6)", "read the store's clock");
    return rows->next() ? utc_instant(rows->text(0)) : Instant{};
}

std::vector<std::string> MariadbSession::leave_no_trace() {
    return {database().store() +
            ": MariaDB keeps deleted rows in its pages until new ones overwrite them (OPTIMIZE TABLE "
            "rewrites a table), and in redo and binary logs, replicas and backups"};
}

// A primary does not know how far its replicas are: only whether there are any.
std::optional<std::chrono::milliseconds> MariadbSession::replica_lag() {
    const auto rows = database().query("SHOW GLOBAL STATUS LIKE 'Slaves_connected'", "ask for replicas");
    if (!rows->next() || rows->integer(1) == 0) return std::nullopt;
    throw StoreError(StoreError::Kind::failed,
                     "store '" + database().store() +
                         "': MariaDB does not tell a primary how far its replicas are\nhint: leave max_replica_lag out "
                         "and set rows_per_second");
}

class MariadbConnector : public Connector {
public:
    MariadbConnector(StoreSettings settings, Zone here) : settings_(std::move(settings)), here_(std::move(here)) {}
    std::unique_ptr<Session> open(Access access) override {
        return std::make_unique<MariadbSession>(settings_, here_, access, others_);
    }
    std::size_t most_writers() const override { return settings_.workers == 0 ? 2 : settings_.workers; }

private:
    StoreSettings settings_;
    Zone here_;
    std::shared_ptr<Others> others_ = std::make_shared<Others>();
};

} // namespace

std::unique_ptr<Connector> make_mariadb_connector(const StoreSettings& settings, const Zone& here) {
    return std::make_unique<MariadbConnector>(settings, here);
}

} // namespace retention
