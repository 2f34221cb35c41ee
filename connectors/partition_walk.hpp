#pragma once
// A walk over whole partitions: where a delete category's table is range-partitioned by its trigger, and a partition is
// proved, under its lock, to hold nothing but due records, it is emptied as one instead of row by row. Never by its
// name or its bounds. What it leaves is for the ordinary walk.

#include "connectors/bound_plan.hpp"
#include "connectors/connector.hpp"

#include <memory>
#include <optional>

namespace retention {

// How an engine empties a partition. A partition that somebody uses, or that we may not empty, throws StoreError busy
// or refused from lock() or make_ready(), and goes row by row.
class PartitionForm {
public:
    virtual ~PartitionForm() = default;
    // " FROM …": its rows, under the table's name, which the rule's expressions know. Empty: it is never emptied as
    // one. No lock is held.
    virtual Sql rows_of(const Partition&) = 0;
    // Whether somebody would notice that it is emptied who is not in the catalogue.
    virtual bool is_watched(const Partition&) = 0;
    // From here to release(), or to the end of commit(), nobody else writes into the partition.
    virtual void lock(const Partition&) = 0;
    // It is proved. False: it is not to be emptied as one all the same.
    virtual bool make_ready(const Partition&) = 0;
    // Disposes of it with its witness. As Walk::commit.
    virtual void commit(const Partition&, const Witness&) = 0;
    virtual void release() noexcept = 0; // also where nothing is locked
    // A lock that is not had for one partition is not had for the next either.
    virtual bool locks_all() const { return false; }
};

// Whether the plan may dispose of whole partitions at all: nothing goes with its records, refers to them or is fired by
// their going.
bool may_take_partitions(const Plan&);

// Keeps references to all but the form.
std::unique_ptr<Walk> walk_partitions(Database&, const Dialect&, const Plan&, std::unique_ptr<PartitionForm>);

// The row triggers are not fired when a table is emptied, and one at which a foreign key points cannot be.
bool can_be_emptied(const Plan&, const Table&);

} // namespace retention
