#include "connectors/mariadb_partitions.hpp"

#include "connectors/evidence_elsewhere.hpp"
#include "connectors/mariadb_pending.hpp"
#include "connectors/mariadb_rights.hpp"
#include "connectors/mariadb_schema.hpp"
#include "connectors/witness_table.hpp"

namespace retention {

namespace {

class MariadbPartitions : public PartitionForm {
public:
    MariadbPartitions(Database& database, const Dialect& dialect, const Plan& plan)
        : database_(database), dialect_(dialect), plan_(plan) {}

    // One with sub-partitions has no identity: it would be emptied part by part, and a crash could come between.
    Sql rows_of(const Partition& partition) override {
        if (!identity_of(database_, named(partition))) return {};
        return " FROM " + Sql(dialect_.table(*plan_.table)) + " PARTITION (" + dialect_.quote(partition.name) +
               ") AS " + dialect_.quote(plan_.table->name);
    }
    bool is_watched(const Partition&) override { return has_triggers(); }
    void lock(const Partition& partition) override;
    bool make_ready(const Partition&) override;
    void commit(const Partition&, const Witness&) override;
    void release() noexcept override;
    bool locks_all() const override { return true; }

private:
    PartitionName named(const Partition& partition) const {
        return {plan_.table->schema, plan_.table->name, partition.name};
    }
    Sql of_table(const char* schema, const char* table) const {
        return " WHERE " + Sql(schema) + " = " + Sql::value(plan_.table->schema) + " AND " + table + " = " +
               Sql::value(plan_.table->name);
    }
    bool has_triggers() const {
        return count_of(database_,
                        "SELECT count(*) FROM information_schema.TRIGGERS" +
                            of_table("EVENT_OBJECT_SCHEMA", "EVENT_OBJECT_TABLE"),
                        "look for triggers of " + plan_.table->name) > 0;
    }
    bool would_give_numbers_again(const Partition&) const;

    Database& database_;
    const Dialect& dialect_;
    const Plan& plan_;
    std::int64_t identity_ = 0; // of the partition that is locked
    bool locked_ = false;
};

// A minute of silence, and the server takes the lock back: everybody else waits.
void MariadbPartitions::lock(const Partition& partition) {
    const std::string operation = "lock the table of partition " + partition.name;
    locked_ = true;
    database_.execute("SET SESSION wait_timeout = 60", operation);
    database_.execute(lock_for_emptying(dialect_, named(partition)), operation);
}

// An emptied partition forgets the highest number that was given in it, which counts where none outside is higher:
// after a restart the numbers of what went would be given again.
bool MariadbPartitions::would_give_numbers_again(const Partition& partition) const {
    std::string column;
    read_rows(database_,
              "SELECT COLUMN_NAME FROM information_schema.COLUMNS" + of_table("TABLE_SCHEMA", "TABLE_NAME") +
                  " AND EXTRA LIKE '%auto_increment%'",
              [&](const Rows& row) { column = row.text(0); });
    if (column.empty()) return false;
    // Two questions: a table that is locked under one name stands once in a statement.
    const auto rows = dialect_.table(*plan_.table);
    const auto highest = [&](const std::string& of) {
        std::string number;
        read_rows(database_, "SELECT max(" + Sql(dialect_.quote(column)) + ") FROM " + of,
                  [&](const Rows& row) { number = row.text(0); });
        return number;
    };
    return highest(rows) == highest(rows + " PARTITION (" + dialect_.quote(partition.name) + ")");
}

// What could have come about since the catalogue was read; and a batch on this table that has not been settled must
// find the partition as it left it.
bool MariadbPartitions::make_ready(const Partition& partition) {
    const auto identity = identity_of(database_, named(partition));
    if (!identity || has_triggers() || would_give_numbers_again(partition)) return false;
    identity_ = *identity;
    return count_of(database_, "SELECT count(*) FROM retentiond_partitions" + of_table("schema_name", "table_name"),
                    "look for partitions in hand") == 0;
}

// What went wrong in the middle is settled at once, as it is after a crash.
void MariadbPartitions::commit(const Partition& partition, const Witness& witness) {
    try {
        database_.execute(empty_partition(dialect_, named(partition), identity_, witness),
                          "empty the partition " + partition.name);
        release();
    } catch (const StoreError& error) {
        release();
        if (error.kind == StoreError::Kind::lost) throw;
        const auto settled = settle_pending(database_, dialect_, witness.batch);
        if (settled == Settled::in_doubt) throw StoreError(StoreError::Kind::lost, error.what());
        if (settled != Settled::committed) throw;
    }
}

void MariadbPartitions::release() noexcept {
    for (int tries = 0; locked_ && tries < 3; ++tries) { // a kill that was meant for another statement may hit this one
        try {
            database_.execute("UNLOCK TABLES", "let go of a partition");
            database_.execute("SET SESSION wait_timeout = 28800", "let go of a partition");
            locked_ = false;
        } catch (const std::exception&) { // NOLINT(bugprone-empty-catch): a dead connection has let go of it
        }
    }
    locked_ = false;
}

bool has_rights(Database& database, const Table& table) {
    MariadbRights rights;
    std::string own;
    read_rows(database, "SHOW GRANTS", [&](const Rows& row) { rights.add(row.text(0)); });
    read_rows(database, "SELECT DATABASE()", [&](const Rows& row) { own = row.text(0); });
    for (const char* right : {"DROP", "TRIGGER", "LOCK TABLES"})
        if (!rights.has(right, table.schema, table.name)) return false;
    for (const char* right : {"SELECT", "INSERT", "DELETE", "LOCK TABLES"})
        if (!rights.has(right, own, pending_table)) return false;
    return true;
}

// Rows that another server has changed would go unseen, and come here later.
bool takes_changes_from_others(Database& database) {
    bool takes = false;
    const auto look = [&](const char* show, const auto& is_quiet) {
        read_rows(database, show, [&](const Rows& row) { takes = takes || !is_quiet(row.text(1)); });
    };
    look("SHOW GLOBAL VARIABLES LIKE 'wsrep_on'", [](std::string_view value) { return value == "OFF"; });
    look("SHOW GLOBAL VARIABLES LIKE 'gtid_slave_pos'", [](std::string_view value) { return value.empty(); });
    look("SHOW GLOBAL STATUS LIKE 'Slaves_running'", [](std::string_view value) { return value == "0"; });
    return takes;
}

} // namespace

bool may_empty_partitions(Database& database, const Plan& plan) {
    if (!plan.catalogue->server.starts_with("MariaDB")) return false;
    if (plan.table->engine != "InnoDB" || !plan.table->source.empty() || has_evidence_elsewhere(plan)) return false;
    if (!has_rights(database, *plan.table) || takes_changes_from_others(database)) return false;
    try {
        identity_of(database, {plan.table->schema, plan.table->name, ""}); // refused without PROCESS
        if (!has_pending_table(database)) database.set_up({create_pending_table()});
        return true;
    } catch (const StoreError& error) {
        if (error.kind == StoreError::Kind::lost) throw;
        return false;
    }
}

std::unique_ptr<PartitionForm> mariadb_partitions(Database& database, const Dialect& dialect, const Plan& plan) {
    return std::make_unique<MariadbPartitions>(database, dialect, plan);
}

} // namespace retention
