#pragma once
// The exit codes that --help lists. Stable: scripts and timers rely on them.

namespace retention {

enum class ExitCode {
    done = 0,
    incomplete = 1, // could not do all of it
    usage = 2,      // wrong usage or configuration
    refused = 3,    // guard, hold, approval, permission
    log_broken = 4, // the audit log does not verify
    unanchored = 5  // it is whole as far as it goes, but its end is not anchored
};

} // namespace retention
