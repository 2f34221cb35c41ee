#pragma once
// What the form of a disposal depends on: a record that is judged by its own columns alone can be proved by the row
// itself. Pure.

#include "connectors/plan.hpp"

namespace retention {

// Whether other rows than the record's own bear on whether it is due. In doubt, as with a function that may read a
// table: yes.
bool has_evidence_elsewhere(const Plan&);

} // namespace retention
