#pragma once
// The catalogue of one database of a MariaDB server (MySQL 8 where it behaves alike), out of information_schema.

#include "connectors/catalogue.hpp"
#include "connectors/database.hpp"

namespace retention {

// Reads everything in about a dozen queries, however many tables there are. Throws StoreError.
//   - Tables of other databases are there too, after the own ones, where their foreign keys lead to an own table, over
//     however many steps: what is deleted here could take their rows along.
//   - A system-versioned table has the source "SYSTEM VERSIONED": a DELETE leaves its old rows in its history.
//   - The source of a view and the text of a trigger are put so that connectors/check_words.hpp can read them.
//   - Names ignore case, though names of tables do not on every server: column names always do, and where two tables
//     differ by case alone, the exact one is found first and the checks find too much rather than too little.
//   - Faults: the server's, and `unsafe` where the user's rights do not show it foreign keys (it needs any right but
//     SELECT on *.*) or the triggers of a table that it may change (TRIGGER on that table).
//   - A foreign key whose action is not shown to the user counts as CASCADE, the worst that it can be.
Catalogue read_mariadb_catalogue(Database&);

} // namespace retention
