#include "connectors/witness_table.hpp"

namespace retention {

std::string create_witness_table(Engine engine) {
    switch (engine) {
    case Engine::sqlite:
        return "CREATE TABLE IF NOT EXISTS main.retentiond_batches (batch TEXT NOT NULL PRIMARY KEY, "
               "records INTEGER NOT NULL, at TEXT NOT NULL, head TEXT NOT NULL)";
    case Engine::postgresql:
        return "CREATE TABLE IF NOT EXISTS retentiond_batches (batch text PRIMARY KEY, records bigint NOT NULL, "
               "at timestamptz NOT NULL, head text NOT NULL)";
    case Engine::mariadb:
        return "CREATE TABLE IF NOT EXISTS retentiond_batches (batch VARCHAR(190) CHARACTER SET ascii COLLATE "
               "ascii_bin PRIMARY KEY, records BIGINT NOT NULL, at DATETIME(6) NOT NULL, head CHAR(64) CHARACTER SET "
               "ascii NOT NULL) ENGINE=InnoDB";
    }
    return "";
}

} // namespace retention
