#pragma once
// A company made up from a seed: a schema with awkward names and keys, data on both sides of the cutoff, and a rule
// for it. The same seed gives the same company. Its rule keeps to what `check` allows: foreign keys into rows that go
// are answered, and no record's evidence goes with another record.

#include "tests/support/naive_model.hpp"
#include "tests/support/rules_from_toml.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace retention::test {

struct RandomCompany {
    explicit RandomCompany(std::uint64_t seed);

    std::string script; // CREATE and INSERT statements
    std::string toml;   // the category "records", and perhaps "removed" on the same table, which deletes
    Date as_of{};
    Zones zones;
    ModelStore store;         // its tables have no rows until they are read back: columns convert what is put into them
    bool shared_rows = false; // a row may be reached from two records, in different batches
};

// Reads the rows of every table of the store, each by its column "tag".
void read_rows(const std::filesystem::path& database, ModelStore&);

} // namespace retention::test
