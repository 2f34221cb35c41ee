#pragma once
// `trigger` and `fallback` in TOML: a column's name, an inline table, or (of triggers) a list of those.

#include "policies/load_reader.hpp"
#include "policies/rule.hpp"

namespace retention {

std::vector<DateSource> read_triggers(TableReader& category);
std::optional<DateSource> read_fallback(TableReader& category);

} // namespace retention
