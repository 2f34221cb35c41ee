#pragma once
// A history that was lost stops every disposal until a person goes on without it. The audit log says who did, and who
// was refused; the times are such that a refusal does not move the mark of the clock's guard.

#include "daemon/audit_log.hpp"
#include "daemon/run_memory.hpp"

#include <functional>
#include <string>

namespace retention {

// By this person's approval. The line is written when a new history was begun, and not where the old one turns out to
// be whole. False: nothing can be disposed of yet, because another process has it locked, or what is left of it cannot
// be set aside; lost() says so. Throws AuditError.
bool go_on_without_history(RunMemory&, AuditLog&, const std::string& by, const std::function<Instant()>& now);

// Who wanted to dispose of what; `store` may be empty: all of them.
struct Unremembered {
    std::string run, store, actor;
};
// The reason, on one line. Throws AuditError.
std::string refuse_without_history(const RunMemory&, AuditLog&, const Unremembered&,
                                   const std::function<Instant()>& now);

} // namespace retention
