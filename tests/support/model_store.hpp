#pragma once
// A throw-away database of one engine, that a test fills by script and reads back without connectors/: SQLite in a file
// of its own, PostgreSQL and MariaDB on the test process's shared server. One suite runs on all of them.

#include "policies/configuration.hpp"
#include "tests/support/naive_model.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace retention::test {

class EngineStore {
public:
    virtual ~EngineStore() = default;
    virtual Engine engine() const = 0;
    // Throws everything away and runs the script. PostgreSQL has a collation `nocase`; MariaDB's session is in UTC.
    virtual void fill(const std::string& script) = 0;
    virtual void run(const std::string& script) = 0;
    // The first column of each row, as the engine prints it as text.
    virtual std::vector<std::string> column(const std::string& query) const = 0;
    std::string value(const std::string& query) const; // the first of them; empty where there is no row
    // Reads the rows of every table of the model, each by its column "tag".
    virtual void read(ModelStore&) const = 0;
    virtual StoreSettings settings() const = 0; // of the store "shop"
};

// Null where its server is not installed: the caller says "skipped" and missing(). Only one at a time an engine.
std::unique_ptr<EngineStore> make_store(Engine);
std::string missing(Engine);

} // namespace retention::test
