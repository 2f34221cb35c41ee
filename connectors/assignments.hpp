#pragma once
// What an UPDATE writes where personal data stood: masks, a marker, NULL for a link. Pure; for every engine.

#include "connectors/dialect.hpp"

#include <string>
#include <vector>

namespace retention {

// column = mask(column), for rows of a table under its bare name. Columns that the server sets by itself at every
// UPDATE are written back unchanged, here and below.
Sql assignments(const Dialect&, const std::vector<PlannedMask>&, const Table&, const std::string& pseudonym_key);
// The record's own masks, and the marker where the rule has one.
Sql record_assignments(const Dialect&, const Plan&, const std::string& pseudonym_key);
// NULL in each column by which the row is linked.
Sql detachment(const Dialect&, const PlannedLink&);

} // namespace retention
