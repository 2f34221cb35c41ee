#pragma once
// The partition that a batch is emptying as one (MariaDB). ALTER TABLE … TRUNCATE PARTITION commits by itself, so that
// no witness row can go with it. Before it stands a row that says which partition, by the number that InnoDB gave it;
// after it the witness row, and that row goes. All of it is one statement to the server, so that only a server that
// ends in the middle leaves the row behind, or an error of that statement.
//
// Emptying is atomic, and gives the partition a new number; rows that come and go do not. So the number tells whether
// it was emptied, whatever came in since.

#include "connectors/connector.hpp"
#include "connectors/database.hpp"
#include "connectors/dialect.hpp"

#include <optional>

namespace retention {

struct PartitionName {
    std::string schema, table, partition;
};

// InnoDB's number of a partition. Nothing where there is none of that name, or where the name is not plain letters,
// digits and underscores, which InnoDB spells in its own way. Needs the right PROCESS.
std::optional<std::int64_t> identity_of(Database&, const PartitionName&);

bool has_pending_table(Database&);
// "LOCK TABLES …": the table and what a batch of partitions writes, against everybody else. Waits for transactions that
// use it, and lets nobody else in meanwhile: for a second.
Sql lock_for_emptying(const Dialect&, const PartitionName&);
// Pending row, emptying, witness row: the statement that disposes of a partition, under that lock.
Sql empty_partition(const Dialect&, const PartitionName&, std::int64_t identity, const Witness&);

// What became of a batch that has a pending row; nothing where it has none: its session has ended then, or never began.
std::optional<Settled> settle_pending(Database&, const Dialect&, const std::string& batch);

} // namespace retention
