#pragma once
// How a test reads the rows of a server's table back, every value as it is there, whatever connectors/ makes of it.

#include "tests/support/engine_spelling.hpp"

#include <utility>

namespace retention::test {

// A query of one text column: `number`, then each column, joined by '|', in hexadecimal, '-' for NULL.
std::string reading(Engine, const std::string& number, const std::string& table,
                    const std::vector<std::pair<std::string, ColumnType>>& columns);
// Such a cell as the model has it: dates and times as 2026-03-01, 2026-03-01T10:00:00.000000, with Z where they have
// a zone; decimals as they are printed; booleans 0 and 1.
Value value_read(const ColumnType&, const std::string& cell);

} // namespace retention::test
