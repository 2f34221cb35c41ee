#pragma once
// Whole partitions of PostgreSQL: each is a table, locked and emptied within the transaction of its witness.

#include "connectors/partition_walk.hpp"

#include <functional>

namespace retention {

// `commit` writes the witness row and commits. Keeps references to all but that.
std::unique_ptr<PartitionForm> postgres_partitions(Database&, const Dialect&, const Plan&,
                                                   std::function<void(const Witness&)> commit);

} // namespace retention
