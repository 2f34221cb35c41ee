#include "connectors/postgres_partitions.hpp"

#include <utility>

namespace retention {

namespace {

class PostgresPartitions : public PartitionForm {
public:
    PostgresPartitions(Database& database, const Dialect& dialect, const Plan& plan,
                       std::function<void(const Witness&)> commit)
        : database_(database), dialect_(dialect), plan_(plan), commit_(std::move(commit)) {}

    Sql rows_of(const Partition& partition) override {
        const Table* table = plan_.catalogue->find(partition.schema, partition.name);
        if (!table || table->partitioning || !can_be_emptied(plan_, *table)) return {};
        return " FROM " + Sql(name(partition)) + " AS " + dialect_.quote(plan_.table->name);
    }

    // A trigger FOR EACH STATEMENT of TRUNCATE, which the catalogue does not list, would run unseen.
    bool is_watched(const Partition& partition) override {
        return count_of(database_,
                        "SELECT count(*) FROM pg_catalog.pg_trigger WHERE NOT tgisinternal AND tgtype & 32 <> 0 AND "
                        "tgrelid = CAST(" +
                            Sql::value(name(partition)) + " AS regclass)",
                        "look for triggers of " + partition.name) > 0;
    }

    void lock(const Partition& partition) override {
        database_.begin_batch();
        database_.execute("LOCK TABLE " + Sql(name(partition)) + " IN ACCESS EXCLUSIVE MODE",
                          "lock the partition " + partition.name);
    }
    bool make_ready(const Partition& partition) override {
        database_.execute("TRUNCATE TABLE ONLY " + Sql(name(partition)), "empty the partition " + partition.name);
        return true;
    }
    void commit(const Partition&, const Witness& witness) override { commit_(witness); }
    void release() noexcept override { database_.rollback(); }

private:
    std::string name(const Partition& partition) const {
        return dialect_.quote(partition.schema) + "." + dialect_.quote(partition.name);
    }

    Database& database_;
    const Dialect& dialect_;
    const Plan& plan_;
    std::function<void(const Witness&)> commit_;
};

} // namespace

std::unique_ptr<PartitionForm> postgres_partitions(Database& database, const Dialect& dialect, const Plan& plan,
                                                   std::function<void(const Witness&)> commit) {
    return std::make_unique<PostgresPartitions>(database, dialect, plan, std::move(commit));
}

} // namespace retention
