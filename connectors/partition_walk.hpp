#pragma once
// A walk over whole partitions: where a delete category's table is range-partitioned by its trigger, and a partition is
// proved, under its lock, to hold nothing but due records, it is emptied as one instead of row by row. Never by its
// name or its bounds. What it leaves is for the ordinary walk.

#include "connectors/bound_plan.hpp"
#include "connectors/connector.hpp"

#include <functional>
#include <memory>

namespace retention {

// Whether the plan may dispose of whole partitions at all: nothing goes with its records, refers to them or is fired by
// their going.
bool may_take_partitions(const Plan&);

// PostgreSQL. `commit` writes the witness row and commits. Keeps references to all but that.
std::unique_ptr<Walk> walk_partitions(Database&, const Dialect&, const Plan&,
                                      std::function<void(const Witness&)> commit);

} // namespace retention
