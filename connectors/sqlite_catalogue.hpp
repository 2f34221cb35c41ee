#pragma once
// The catalogue of a SQLite database: its schema `main`. Temporary and attached databases are no part of a store, and
// SQLite's own tables (sqlite_sequence, …) no part of a catalogue.

#include "connectors/catalogue.hpp"
#include "connectors/sqlite_native.hpp"

namespace retention {

// Reads everything in one read transaction, in the caller's where one is open. Throws StoreError.
//   - Shadow tables (the insides of a virtual table) have the kind virtual_table: they too are not to be touched.
//   - A view or virtual table that SQLite cannot resolve now (a table or module is missing) has no columns.
//   - A foreign key that leaves out its parent's columns gets the parent's primary key; where there is none, which
//     SQLite finds only when it is used, its own columns' names.
//   - A unique index with another collation than its column counts as unique only if it is coarser: the unique index
//     on email COLLATE NOCASE of a BINARY column does, the one COLLATE BINARY of a NOCASE column does not.
Catalogue read_catalogue(SqliteConnection&);

} // namespace retention
