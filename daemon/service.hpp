#pragma once
// The daemon, in the foreground, for systemd: each category at its schedule, purges that are asked for, until SIGTERM
// or SIGINT, which end the runs after their batches in hand; SIGHUP loads the configuration anew. It holds the state
// directory for as long as it lives.
//
// One thread waits for signals, for the time and for whoever asks (an io_context); each store has threads of its own
// (daemon/lane.hpp), because databases block. Idle, it sleeps until the next thing is to be done.

#include "daemon/enforcement.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/run_memory.hpp"
#include "daemon/service_status.hpp"
#include "daemon/wake_up.hpp"
#include "policies/loader.hpp"

namespace retention {

class Control;

struct ServiceSettings {
    Directories directories;
    std::function<Instant()> now;
    OpenStore open_store = make_connector;
    // The configuration as it stands now, at SIGHUP; empty: it cannot be reloaded.
    std::function<Loaded()> load = {};
    MakeMemory memory = {}; // what it remembers over its end
    MakeWakeUp wake_up = wall_clock_wake_up;
    // Whoever speaks to the outside (control socket, metrics' port): made before READY, and told of each configuration
    // that replaces the one before. It goes before the service does.
    class Outside {
    public:
        virtual ~Outside() = default;
        virtual void reloaded(const Configuration&) {}
        // Takes nothing more; what is on its way out still goes, for a short while. Then the io_context has nothing
        // of it left.
        virtual void stop() {}
    };
    std::function<std::unique_ptr<Outside>(boost::asio::io_context&, Control&, const Configuration&)> outside = {};
};

// Schedules must be those that check_schedules() accepts. Throws what keeps it from starting: StateHeld, AuditError,
// std::runtime_error. Ends with `done` after a signal, `incomplete` where the audit log takes no more lines: a new
// start reads it from the disk again.
ExitCode run_service(const Configuration&, const ServiceSettings&);

} // namespace retention
