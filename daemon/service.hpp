#pragma once
// The daemon, in the foreground, for systemd: each category at its schedule, one run at a time, until SIGTERM or
// SIGINT, which ends the run after the batch in hand. It holds the state directory for as long as it lives.
//
// One thread waits for signals and for the time (an io_context); a second one does the runs, because databases block.
// Idle, it wakes at the next run and once an hour, so that a clock that was set is noticed (a timer counts from where
// the clock stood when it was set).

#include "daemon/enforcement.hpp"
#include "daemon/exit_code.hpp"
#include "policies/loader.hpp"

namespace retention {

struct ServiceSettings {
    Directories directories;
    std::function<Instant()> now;
    OpenStore open_store = make_connector;
};

// Schedules must be those that check_schedules() accepts. Throws what keeps it from starting: StateHeld, AuditError,
// std::runtime_error. Ends with `done` after a signal, `incomplete` where the audit log takes no more lines: a new
// start reads it from the disk again.
ExitCode run_service(const Configuration&, const ServiceSettings&);

// One line for the journal: "contacts in crm: anonymised 1,204 records in 3 batches".
std::string summary(const CategoryOutcome&);

} // namespace retention
