#include "connectors/partition_walk.hpp"

#include <algorithm>

namespace retention {

namespace {

// TRUNCATE fires no row triggers, and refuses a table at which a foreign key points.
bool is_plain(const Plan& plan, const Table& table) {
    return table.triggers.empty() && table.children.empty() && plan.catalogue->references_to(table).empty();
}

class PartitionWalk : public Walk {
public:
    PartitionWalk(Database& database, const Dialect& dialect, const Plan& plan,
                  std::function<void(const Witness&)> commit)
        : database_(database), dialect_(dialect), on_(database, dialect, plan), commit_(std::move(commit)) {}
    ~PartitionWalk() override { database_.rollback(); }

    Disposed dispose(std::size_t most) override {
        const auto& partitions = on_.plan.table->partitioning->partitions;
        for (; next_ < partitions.size(); ++next_) {
            const Table* table = on_.plan.catalogue->find(partitions[next_].schema, partitions[next_].name);
            if (!table || table->partitioning || !is_plain(on_.plan, *table)) continue;
            Disposed disposed = take(*table, most);
            if (!disposed.empty()) return disposed;
        }
        return {};
    }
    void skip() override { ++next_; }
    void commit(const Witness& witness) override {
        commit_(witness);
        ++next_;
    }
    void rollback() noexcept override {
        database_.rollback();
        ++next_;
    }

private:
    // The partition under the table's name, which the rule's expressions know.
    Sql from(const Table& partition) const {
        return " FROM " + Sql(dialect_.table(partition)) + " AS " + dialect_.quote(on_.plan.table->name);
    }
    bool keeps_something(const Table& partition) const {
        return count_of(database_,
                        "SELECT count(*) FROM (SELECT 1" + from(partition) + " WHERE NOT (" + on_.conditions.due() +
                            ") LIMIT 1) AS retentiond_kept",
                        "look for records that stay in " + partition.name) > 0;
    }

    // A trigger FOR EACH STATEMENT of TRUNCATE, which the catalogue does not list, would run unseen.
    bool is_watched(const Table& partition) const {
        return count_of(database_,
                        "SELECT count(*) FROM pg_catalog.pg_trigger WHERE NOT tgisinternal AND tgtype & 32 <> 0 AND "
                        "tgrelid = CAST(" +
                            Sql::value(dialect_.table(partition)) + " AS regclass)",
                        "look for triggers of " + partition.name) > 0;
    }

    // Looked at without a lock first; then proved under one that nobody can write beside. A partition that somebody
    // uses, or that we may not empty, is left to the ordinary walk.
    Disposed take(const Table& partition, std::size_t most) {
        if (keeps_something(partition) || is_watched(partition)) return {};
        const auto many = count_of(database_, "SELECT count(*)" + from(partition), "count " + partition.name);
        if (many == 0 || static_cast<std::size_t>(many) > most) return {};
        try {
            database_.begin_batch();
            database_.execute("LOCK TABLE " + Sql(dialect_.table(partition)) + " IN ACCESS EXCLUSIVE MODE",
                              "lock the partition " + partition.name);
            Disposed disposed;
            if (!keeps_something(partition)) disposed.keys = keys(partition);
            if (!disposed.empty() && disposed.keys.size() <= most) {
                database_.execute("TRUNCATE TABLE ONLY " + Sql(dialect_.table(partition)),
                                  "empty the partition " + partition.name);
                return disposed;
            }
        } catch (const StoreError& error) {
            database_.rollback();
            if (error.kind != StoreError::Kind::busy && error.kind != StoreError::Kind::refused) throw;
        }
        database_.rollback();
        return {};
    }

    std::vector<std::vector<std::string>> keys(const Table& partition) const {
        const auto rows =
            database_.query("SELECT " + listed(on_.key()) + from(partition), "dispose of records of " + partition.name);
        std::vector<std::vector<std::string>> keys;
        while (rows->next()) {
            auto& key = keys.emplace_back();
            for (std::size_t i = 0; i < on_.plan.key.size(); ++i)
                key.push_back(dialect_.key_text(*on_.plan.key[i], rows->value(i)));
        }
        return keys;
    }

    Database& database_;
    const Dialect& dialect_;
    const BoundPlan on_;
    std::function<void(const Witness&)> commit_;
    std::size_t next_ = 0;
};

} // namespace

bool may_take_partitions(const Plan& plan) {
    const auto& partitioning = plan.table->partitioning;
    if (!plan.deletes() || !plan.related.empty() || !partitioning || partitioning->method != "range") return false;
    if (plan.triggers.size() != 1 || !plan.triggers[0].column || plan.triggers[0].link) return false;
    const bool by_trigger = partitioning->columns == std::vector<std::string>{plan.triggers[0].column->name};
    return by_trigger && is_plain(plan, *plan.table);
}

std::unique_ptr<Walk> walk_partitions(Database& database, const Dialect& dialect, const Plan& plan,
                                      std::function<void(const Witness&)> commit) {
    return std::make_unique<PartitionWalk>(database, dialect, plan, std::move(commit));
}

} // namespace retention
