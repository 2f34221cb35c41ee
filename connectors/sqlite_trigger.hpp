#pragma once
// What a SQLite trigger does, read from its own text: SQLite has no other place that says it. Not a parser of SQL: it
// knows words, quoted names, literals and comments, which is enough for the head of a trigger that SQLite accepted.

#include "connectors/catalogue.hpp"

#include <string_view>

namespace retention {

// name, and text as given; timing (BEFORE where none is said), event, columns of UPDATE OF, RAISE(IGNORE) in the body.
DatabaseTrigger read_trigger(std::string name, std::string text);

} // namespace retention
