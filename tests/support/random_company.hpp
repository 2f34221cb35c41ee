#pragma once
// A company made up from a seed: a schema with awkward names and keys, data on both sides of the cutoff, and a rule
// for it. The same seed gives the same company on each engine: only its spelling differs, and what an engine cannot
// hold. Its rule keeps to what `check` allows: foreign keys into rows that go are answered, and no record's evidence
// goes with another record.

#include "tests/support/naive_model.hpp"
#include "tests/support/rules_from_toml.hpp"

#include <cstdint>
#include <string>

namespace retention::test {

struct CompanyKey { // a foreign key
    std::string from;
    std::vector<std::string> columns;
    std::string to;
    std::vector<std::string> referenced;
};

struct RandomCompany {
    explicit RandomCompany(std::uint64_t seed, Engine = Engine::sqlite);

    std::string script; // CREATE and INSERT statements
    std::string toml;   // the category "records", and perhaps "removed" on the same table, which deletes
    Date as_of{};
    Zones zones;
    ModelStore store; // its tables have no rows until they are read back: columns convert what is put into them
    std::vector<CompanyKey> keys;
    bool due_again = false; // a masked record may be: a row of it was kept by another one's link
    bool same = true;       // every report of it must be that of the other engines
};

} // namespace retention::test
