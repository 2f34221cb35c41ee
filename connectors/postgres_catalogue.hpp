#pragma once
// What a PostgreSQL server says about its tables: pg_catalog as a Catalogue. A fixed number of questions, however many
// tables there are, and none that waits for whoever has a table locked (but for partition keys that are expressions and
// rules DO ALSO): pg_get_viewdef does, so a view's source is put together from what the view depends on. Any role may
// read it; nothing of the tables themselves is read.

#include "connectors/catalogue.hpp"
#include "connectors/database.hpp"

namespace retention {

// Reads everything in one snapshot, in the caller's where a transaction is open. Throws StoreError.
//   - Tables of every schema but the server's own, those on the search path first and in its order, so that
//     Catalogue::find("contacts") is the one that a statement would find. A partition is a table of its own here.
//   - A foreign table, and a table with a partition that is one, has the kind virtual_table.
//   - A domain has the family, length and values of its base type; its NOT NULL counts.
//   - An index that is invalid is not there; one that is checked only at commit, or holds less apart than its columns
//     do (another operator class, a nondeterministic collation), is not unique.
//   - citext has a collation of its own, "citext": it holds 'A' and 'a' for equal, which text does not.
//   - Triggers that only partitions have are the partitioned table's too; so are rules ("DO INSTEAD" ignores the row).
//   - estimated_rows of a partitioned table is the sum of what is known of its partitions.
Catalogue read_postgres_catalogue(Database&);

} // namespace retention
