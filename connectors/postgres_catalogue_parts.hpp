#pragma once
// The parts of read_postgres_catalogue(), each a question or two that adds to the tables. For that function alone.

#include "connectors/catalogue.hpp"
#include "connectors/database.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

namespace retention {

// The catalogue in the making. No table is added once the others look their oids up.
struct PostgresCatalogue {
    Database& database;
    Catalogue catalogue = {};
    std::unordered_map<std::int64_t, std::size_t> by_oid = {};

    std::unique_ptr<Rows> ask(const std::string& question) const;
    // Null for a table that is not among them: another session's temporary one, one of the server's own.
    Table* table(std::int64_t oid);
};

// A condition on pg_class AS c and pg_namespace AS n, which the question must join.
extern const char* const postgres_user_tables;

void read_postgres_server(PostgresCatalogue&);     // its version and its faults
void read_postgres_tables(PostgresCatalogue&);     // and their columns
void read_postgres_partitions(PostgresCatalogue&); // and inheritance, and the estimates of both
void read_postgres_indexes(PostgresCatalogue&);    // primary keys too
void read_postgres_foreign_keys(PostgresCatalogue&);
void read_postgres_triggers(PostgresCatalogue&); // and rules
void read_postgres_views(PostgresCatalogue&);    // what each reads

} // namespace retention
