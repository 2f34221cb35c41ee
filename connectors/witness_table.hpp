#pragma once
// The table in each store that takes one row from each batch, in the batch's own transaction. The one place that knows
// what it looks like.

#include "policies/configuration.hpp"
#include "policies/zone.hpp"

#include <string>
#include <string_view>

namespace retention {

inline constexpr char witness_table[] = "retentiond_batches";

// The row that marks a database, and tells it from any other that has such a table: by a name nobody else uses.
std::string mark_row(const std::string& name);
bool is_mark(std::string_view row);

// CREATE TABLE IF NOT EXISTS …, without a semicolon; in the database, or the first schema of the search path, that the
// connection has.
std::string create_witness_table(Engine);

// Its column `at`: 2026-11-21 02:30:00.000000 in UTC, and back; with or without an offset of zero.
std::string utc_text(Instant);
Instant utc_instant(std::string_view text);

// MariaDB: one row for each partition that is being emptied as one, from before until its witness row is there.
// Emptying commits by itself, and no row can go with it.
inline constexpr char pending_table[] = "retentiond_partitions";
std::string create_pending_table();

} // namespace retention
