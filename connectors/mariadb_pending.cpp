#include "connectors/mariadb_pending.hpp"

#include "connectors/server_session.hpp"
#include "connectors/witness_table.hpp"

#include <algorithm>

namespace retention {

namespace {

struct Pending {
    PartitionName name;
    std::int64_t identity = 0;
};

bool is_plain(const std::string& name) {
    return std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
}

std::string table_of(const Dialect& dialect, const PartitionName& name) {
    return dialect.quote(name.schema) + "." + dialect.quote(name.table);
}

class Settlement {
public:
    Settlement(Database& database, const Dialect& dialect, const std::string& batch)
        : database_(database), dialect_(dialect), batch_(batch) {}
    ~Settlement() {
        try {
            if (locked_) database_.execute("UNLOCK TABLES", "let go of a partition");
        } catch (const StoreError&) { // NOLINT(bugprone-empty-catch): the next transaction lets go of it, or the end
        }
    }
    Settlement(const Settlement&) = delete;
    Settlement& operator=(const Settlement&) = delete;

    std::optional<Settled> result() {
        const auto pending = read();
        if (!pending) return std::nullopt;
        database_.execute(lock_for_emptying(dialect_, pending->name), "settle a partition");
        locked_ = true;
        return judge(*pending);
    }

private:
    // Whoever empties a partition holds this table locked: an answer means that it is over.
    std::optional<Pending> read() {
        const auto row = database_.query("SELECT schema_name, table_name, partition_name, identity FROM "
                                         "retentiond_partitions WHERE batch = " +
                                             Sql::value(batch_),
                                         "look for a partition in hand");
        if (!row->next()) return std::nullopt;
        return Pending{{std::string(row->text(0)), std::string(row->text(1)), std::string(row->text(2))},
                       row->integer(3)};
    }

    Settled judge(const Pending& pending) {
        if (count("retentiond_batches WHERE batch = " + Sql::value(batch_)) > 0) return conclude(Settled::committed);
        const auto now = identity_of(database_, pending.name);
        if (!now) return Settled::in_doubt; // the partition is gone, by another hand
        if (*now == pending.identity) return conclude(Settled::rolled_back);
        // Another number and rows: emptied and filled again, or rebuilt with what was in it. A person knows.
        if (count(table_of(dialect_, pending.name) + " PARTITION (" + dialect_.quote(pending.name.partition) + ")") > 0)
            return Settled::in_doubt;
        database_.execute("INSERT INTO retentiond_batches (batch, records, at, head) SELECT batch, records, at, head "
                          "FROM retentiond_partitions WHERE batch = " +
                              Sql::value(batch_),
                          "write the witness row");
        return conclude(Settled::committed);
    }

    std::int64_t count(const Sql& rows) {
        return count_of(database_, "SELECT count(*) FROM " + rows, "settle a partition");
    }
    Settled conclude(Settled settled) {
        database_.execute("DELETE FROM retentiond_partitions WHERE batch = " + Sql::value(batch_),
                          "settle a partition");
        return settled;
    }

    Database& database_;
    const Dialect& dialect_;
    const std::string& batch_;
    bool locked_ = false;
};

} // namespace

std::optional<std::int64_t> identity_of(Database& database, const PartitionName& name) {
    if (!is_plain(name.schema) || !is_plain(name.table) || !is_plain(name.partition)) return std::nullopt;
    const auto rows = database.query("SELECT TABLE_ID FROM information_schema.INNODB_SYS_TABLES WHERE NAME = " +
                                         Sql::value(name.schema + "/" + name.table + "#P#" + name.partition),
                                     "ask for the identity of a partition");
    std::optional<std::int64_t> identity;
    while (rows->next()) {
        if (identity) return std::nullopt; // two that differ by case
        identity = rows->integer(0);
    }
    return identity;
}

bool has_pending_table(Database& database) {
    return count_of(database,
                    "SELECT count(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = "
                    "'retentiond_partitions'",
                    "look for partitions in hand") > 0;
}

Sql lock_for_emptying(const Dialect& dialect, const PartitionName& name) {
    return "LOCK TABLES " + Sql(table_of(dialect, name)) +
           " WRITE, retentiond_batches WRITE, retentiond_partitions WRITE WAIT 1";
}

Sql empty_partition(const Dialect& dialect, const PartitionName& name, std::int64_t identity, const Witness& witness) {
    const Sql of_batch = " WHERE batch = " + Sql::value(witness.batch);
    const std::vector<Sql> row{Sql::value(witness.batch),
                               Sql::value(witness.records),
                               "CAST(" + Sql::value(utc_text(witness.at)) + " AS DATETIME(6))",
                               Sql::value(witness.head),
                               Sql::value(name.schema),
                               Sql::value(name.table),
                               Sql::value(name.partition),
                               Sql::value(identity)};
    return "BEGIN NOT ATOMIC INSERT INTO retentiond_partitions (batch, records, at, head, schema_name, table_name, "
           "partition_name, identity) VALUES (" +
           listed(row) + "); ALTER TABLE " + table_of(dialect, name) + " TRUNCATE PARTITION " +
           dialect.quote(name.partition) +
           "; INSERT INTO retentiond_batches (batch, records, at, head) SELECT batch, records, at, head FROM "
           "retentiond_partitions" +
           of_batch + "; DELETE FROM retentiond_partitions" + of_batch + "; END";
}

std::optional<Settled> settle_pending(Database& database, const Dialect& dialect, const std::string& batch) {
    if (!has_pending_table(database)) return std::nullopt; // made before the first intent of its kind
    try {
        return Settlement(database, dialect, batch).result();
    } catch (const StoreError& error) {
        if (error.kind == StoreError::Kind::busy || error.kind == StoreError::Kind::refused) return Settled::in_doubt;
        throw;
    }
}

} // namespace retention
