#pragma once
// A MariaDB trigger, as information_schema has it, for the checks that read its words. Pure.

#include "connectors/catalogue.hpp"

#include <string>
#include <vector>

namespace retention {

struct MariadbTrigger {
    std::string name;
    std::string timing;  // "BEFORE"
    std::string event;   // "UPDATE"; several where the server lets one trigger have them
    bool hidden = false; // no right to read what it does
    std::string statement;
};

// One for each event. `text` is "CREATE TRIGGER `name` BEFORE UPDATE ON `table` FOR EACH ROW BEGIN … END" around the
// plain statement; where the trigger calls a procedure, or may not be read, it says that rows may be changed.
std::vector<DatabaseTrigger> read_mariadb_trigger(const Table&, const MariadbTrigger&);

} // namespace retention
