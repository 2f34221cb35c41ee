#pragma once
// The audit log's writer: JSON Lines, hash-chained, append-only, in segments. The one process that holds the State may
// have one. What append() returned for is on the disk. Thread-safe: lines of several stores' runs come in one after the
// other, each whole and durable before its append() returns. Verification is daemon/audit_verify.hpp.
//
// Once a write or fsync failed, every later append throws: a descriptor whose fsync failed must not be trusted again.
// No audit, no disposal: callers let AuditError end the run.

#include "daemon/state.hpp"
#include "policies/zone.hpp"

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace retention {

class AuditError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};
// The log that is there does not verify: altered, cut, or parts of it missing. Only a person can say what happened.
class AuditBroken : public AuditError {
    using AuditError::AuditError;
};

// An intent that has no outcome in the log: recovery settles it by the witness row in its store.
struct OpenIntent {
    std::string run, batch, category, store;
    std::int64_t records = 0;
    std::string database = {}; // the mark of the database that the batch was in; empty in older logs
    // Known to this process alone: the url names a database now that does not have that mark.
    bool elsewhere = false;
};

class AuditLog {
public:
    // Opens the log in `directory`, created (0750) where missing. Reads the last segment, repairs a torn last line (and
    // records that), refuses one that does not continue its chain or is shorter than the state's head. Writes
    // `log.opened` once for a new log, and at the head of each further segment: with the one before it and the batches
    // that are open. `segment_bytes`: a segment is closed once it is longer. An intent needs `reserve_bytes` free on
    // the disk, so that outcomes and refusals can still be written when it is full.
    AuditLog(const std::filesystem::path& directory, State&, Instant now, std::uint64_t segment_bytes = 64u << 20,
             std::uint64_t reserve_bytes = 1u << 20);
    ~AuditLog(); // makes lazily appended lines durable where that is still possible

    // Appends one line and makes it durable. `members` stand between `event` and `prev`, in their order. A line that
    // does not fit (an outcome without its intent, a member named like one of the line's own) or an intent without
    // room on the disk throws AuditError and leaves the log as it was, for other lines; what fails after that is final.
    // `now` is written as given, also where it lies before last_time(): a refusal of a wrong clock must be recorded.
    // Only where it lies less than a minute before, the last line's time is: a line of another thread came in between.
    Head append(std::string_view event, const boost::json::object& members, Instant now);
    // As append, but durable only with the next append: for lines that nothing depends on. The state's head follows
    // then.
    Head append_lazily(std::string_view event, const boost::json::object& members, Instant now);

    // Appends a `checkpoint`, whose members are made from the line that it follows, whichever that will be.
    Head append_checkpoint(const std::function<boost::json::object(const Head&)>& members, Instant now);

    Head head() const;
    // Of the last line; the epoch for a new log. To compare it with the clock, ask for this first: another thread's
    // line may be newer than a reading of the clock that was taken before.
    Instant last_time() const;
    // Stores with batches that no checkpoint follows yet. Nothing: the log is of an older program and does not say.
    std::optional<std::set<std::string>> stores_since_checkpoint() const;
    // Intents without outcome, oldest first, as found when the log was opened.
    const std::vector<OpenIntent>& open_intents() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace retention
