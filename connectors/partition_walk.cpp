#include "connectors/partition_walk.hpp"

#include "connectors/check_words.hpp"

#include <algorithm>

namespace retention {

namespace {

class PartitionWalk : public Walk {
public:
    PartitionWalk(Database& database, const Dialect& dialect, const Plan& plan, std::unique_ptr<PartitionForm> form)
        : database_(database), dialect_(dialect), on_(database, dialect, plan), form_(std::move(form)) {}
    ~PartitionWalk() override { form_->release(); }

    Disposed dispose(std::size_t most) override {
        for (; next_ < partitions().size(); ++next_) {
            const Sql rows = form_->rows_of(partition());
            if (rows.empty()) continue;
            Disposed disposed = take(rows, most);
            if (!disposed.empty()) return disposed;
        }
        return {};
    }
    void skip() override { ++next_; }
    void commit(const Witness& witness) override {
        form_->commit(partition(), witness);
        ++next_;
    }
    void rollback() noexcept override {
        form_->release();
        ++next_;
    }

private:
    const std::vector<Partition>& partitions() const { return on_.plan.table->partitioning->partitions; }
    const Partition& partition() const { return partitions()[next_]; }

    bool keeps_something(const Sql& rows) const {
        return count_of(database_,
                        "SELECT count(*) FROM (SELECT 1" + rows + " WHERE NOT (" + on_.conditions.due() +
                            ") LIMIT 1) AS retentiond_kept",
                        "look for records that stay in " + partition().name) > 0;
    }

    // Looked at without a lock first; then proved under one that nobody can write beside. A partition that somebody
    // uses, or that we may not empty, is left to the ordinary walk.
    Disposed take(const Sql& rows, std::size_t most) {
        if (keeps_something(rows) || form_->is_watched(partition())) return {};
        const auto many = count_of(database_, "SELECT count(*)" + rows, "count " + partition().name);
        if (many == 0 || static_cast<std::size_t>(many) > most) return {};
        try {
            form_->lock(partition());
            Disposed disposed;
            if (!keeps_something(rows)) disposed.keys = keys(rows);
            if (!disposed.empty() && disposed.keys.size() <= most && form_->make_ready(partition())) return disposed;
        } catch (const StoreError& error) {
            form_->release();
            if (error.kind != StoreError::Kind::busy && error.kind != StoreError::Kind::refused) throw;
            if (error.kind == StoreError::Kind::busy && form_->locks_all()) next_ = partitions().size() - 1;
        }
        form_->release();
        return {};
    }

    std::vector<std::vector<std::string>> keys(const Sql& rows) const {
        const auto found =
            database_.query("SELECT " + listed(on_.key()) + rows, "dispose of records of " + partition().name);
        std::vector<std::vector<std::string>> keys;
        while (found->next()) {
            auto& key = keys.emplace_back();
            for (std::size_t i = 0; i < on_.plan.key.size(); ++i)
                key.push_back(dialect_.key_text(*on_.plan.key[i], found->value(i)));
        }
        return keys;
    }

    Database& database_;
    const Dialect& dialect_;
    const BoundPlan on_;
    std::unique_ptr<PartitionForm> form_;
    std::size_t next_ = 0;
};

// By the column alone, or by something that is reckoned from it: TO_DAYS(at).
bool goes_by(const Partitioning& partitioning, const Catalogue& catalogue, const std::string& column) {
    if (!partitioning.columns.empty()) return partitioning.columns == std::vector<std::string>{column};
    return names_column(words_of(partitioning.expression), catalogue, column);
}

} // namespace

bool can_be_emptied(const Plan& plan, const Table& table) {
    return table.triggers.empty() && table.children.empty() && plan.catalogue->references_to(table).empty();
}

bool may_take_partitions(const Plan& plan) {
    const auto& partitioning = plan.table->partitioning;
    if (!plan.deletes() || !plan.related.empty() || !partitioning || !partitioning->method.starts_with("range"))
        return false;
    if (plan.triggers.size() != 1 || !plan.triggers[0].column || plan.triggers[0].link) return false;
    return goes_by(*partitioning, *plan.catalogue, plan.triggers[0].column->name) && can_be_emptied(plan, *plan.table);
}

std::unique_ptr<Walk> walk_partitions(Database& database, const Dialect& dialect, const Plan& plan,
                                      std::unique_ptr<PartitionForm> form) {
    return std::make_unique<PartitionWalk>(database, dialect, plan, std::move(form));
}

} // namespace retention
