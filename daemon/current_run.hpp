#pragma once
// What the parts of one enforcement run share: enforcement.cpp (the run), category_run.cpp (one category) and
// batch_run.cpp (one batch). Not for anyone else.

#include "daemon/courtesy.hpp"
#include "daemon/enforcement.hpp"

namespace retention {

struct CurrentRun {
    const Configuration& configuration;
    const RunRequest& request;
    RunContext& context;
    RunOutcome outcome;
    std::int64_t batches = 0;  // so many were begun; numbers them
    std::int64_t disposed = 0; // records, in the whole run: counts towards --limit
    Pause pause;

    // The time for the next audit line. Never before the last one.
    Instant time() const;
    // Why the clock cannot be believed; nothing where it can.
    std::optional<std::string> clock_fault(bool approved) const;
    // The category ends refused, and the log says so. Throws AuditError.
    void refuse(CategoryOutcome&, const std::string& reason);
};

// One store of the run. Its session is opened when it is first needed, and again after it was lost.
struct StoreInHand {
    StoreInHand(const StoreSettings& of, Connector& through) : settings(of), connector(through) {}
    const StoreSettings& settings;
    Connector& connector;
    std::unique_ptr<Session> session = nullptr;
    Courtesy courtesy = {}; // towards others who work on it

    Session& open(); // ready to write batches; throws StoreError
    // The mark of the session's database, which an intent names; written when it is first asked for, so before a batch.
    // A busy store is waited for. Throws StoreError.
    const std::string& database(const CurrentRun&);
    std::unique_ptr<Session> another(); // on the same database, which has its mark; throws StoreError

private:
    std::string mark_ = {};
};

} // namespace retention
