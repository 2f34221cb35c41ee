#pragma once
// `unless`, `related` and masks in TOML.

#include "policies/load_reader.hpp"
#include "policies/rule.hpp"

namespace retention {

std::vector<Unless> read_unless(TableReader& category);
std::vector<Related> read_related(TableReader& category);
// The table under `mask`: column = "strategy". Asks for the key; says nothing where it is missing.
std::vector<Mask> read_masks(TableReader&);

} // namespace retention
