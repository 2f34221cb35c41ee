#pragma once
// The table in each store that takes one row from each batch, in the batch's own transaction. The one place that knows
// what it looks like.

#include "policies/configuration.hpp"

#include <string>

namespace retention {

inline constexpr char witness_table[] = "retentiond_batches";

// CREATE TABLE IF NOT EXISTS …, without a semicolon; in the database, or the first schema of the search path, that the
// connection has.
std::string create_witness_table(Engine);

} // namespace retention
