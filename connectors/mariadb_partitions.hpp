#pragma once
// Whole partitions of MariaDB. The table is locked as a whole (LOCK TABLES … WRITE), the partition proved under that
// lock, and emptied by a statement that commits by itself: how that is witnessed and settled stands in
// connectors/mariadb_pending.hpp.

#include "connectors/partition_walk.hpp"

namespace retention {

// Whether this account on this server may, and the plan can be proved under the lock. False is no fault: the rows go
// one by one then. What it takes: an InnoDB table without history; evidence in the record's own columns alone, because
// under LOCK TABLES no other table can be read; a server that takes no changes from others (Galera, a replica), which
// the lock would not hold off; the rights DROP and TRIGGER on the table, LOCK TABLES on the database, PROCESS, and
// SELECT, INSERT, DELETE on the table retentiond_partitions, which is made where it is missing.
bool may_empty_partitions(Database&, const Plan&);

// Keeps references to all of them.
std::unique_ptr<PartitionForm> mariadb_partitions(Database&, const Dialect&, const Plan&);

} // namespace retention
