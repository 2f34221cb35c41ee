#pragma once
// A fragment of Sql as PostgreSQL takes it: $1, $2 … for the values, and the values as text. Pure.

#include "connectors/sql.hpp"

#include <optional>
#include <string>
#include <vector>

namespace retention {

struct PostgresText {
    std::string text;
    std::vector<std::optional<std::string>> values; // nothing: NULL
};

// Throws std::invalid_argument where the text or a value holds a zero byte: the protocol would cut it there.
PostgresText postgres_text(const Sql&);

} // namespace retention
