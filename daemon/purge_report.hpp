#pragma once
// What a run did, for a person and for a program. Pure.

#include "daemon/enforcement.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/terminal.hpp"

#include <iosfwd>
#include <string>
#include <string_view>

namespace retention {

// design.md section 5; `reason` only where the outcome is not completed. `remains` stands last.
std::string purge_json(const RunOutcome&);
// What purge_json wrote, of a run somewhere else. Throws std::runtime_error for another text.
RunOutcome purge_from_json(std::string_view);
void print_purge(std::ostream&, const RunOutcome&, const Terminal&);
// How the command ends: a failure before a refusal before what is left for another run.
ExitCode exit_code_of(const RunOutcome&);

} // namespace retention
