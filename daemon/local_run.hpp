#pragma once
// One run in this process, without a daemon: for `purge --local` and `run --once`. It has what the daemon has: the lock
// of the state directory, the audit log, the history of runs. Stores follow one another.

#include "daemon/audit_key.hpp"
#include "daemon/context.hpp"
#include "daemon/history.hpp"
#include "daemon/interrupter.hpp"

namespace retention {

class LocalRun {
public:
    // Once interrupted, a count ends at once, and all else after the batch in hand. The configuration and the
    // interrupter must outlive it. Throws StateHeld, AuditError, std::runtime_error.
    LocalRun(const Configuration&, const Context&, const Interrupter&);
    LocalRun(const LocalRun&) = delete;
    LocalRun& operator=(const LocalRun&) = delete;

    const std::string& warning() const { return key_.warning; } // about the key's place; mostly empty
    std::string lost() const { return history_.lost(); }        // as RunMemory has it
    void show(std::function<void(const Progress&)> progress) { context_.progress = std::move(progress); }

    // What a crash left open; the names of the stores that stay in doubt. Throws AuditError.
    std::vector<std::string> recover() { return retention::recover(configuration_, context_); }

    // Once. Where the history was lost, only an approved request goes on; any other is refused as a whole, and each
    // where it is busy. Throws what keeps it from beginning: AuditError, std::runtime_error.
    RunOutcome enforce(RunRequest);
    // The three after that, and after its outcome was told. Throw std::runtime_error.
    void remember(const RunOutcome&);
    // The schedule's occurrences up to its begin have had their run, but for categories that it could not work on or
    // that were cut short: a daemon catches them up when it starts.
    void serve_schedule(const RunOutcome&);
    // Empty: what it did is in the history. Otherwise why not, after the whole patience; nobody can mend that later.
    std::string not_remembered();

private:
    RunOutcome refuse(RunOutcome asked, const std::string& actor);
    bool comes_again(const CategoryOutcome&);

    const Configuration& configuration_;
    State state_;
    FoundKey key_;
    AuditLog log_;
    History history_;
    RunContext context_;
    Instant started_{};
    bool began_ = false;
};

} // namespace retention
