#pragma once
// What a run did, for a person and for a program. Pure.

#include "daemon/enforcement.hpp"
#include "daemon/terminal.hpp"

#include <iosfwd>
#include <string>

namespace retention {

// design.md section 5; `reason` only where the outcome is not completed.
std::string purge_json(const RunOutcome&);
void print_purge(std::ostream&, const RunOutcome&, const Terminal&);

} // namespace retention
