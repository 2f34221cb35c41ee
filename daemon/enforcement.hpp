#pragma once
// The enforcement run: one pass over categories, in batches, each proved by the audit log. The heart of the daemon; it
// reads from top to bottom in enforcement.cpp. The only caller of Walk.

#include "daemon/audit_log.hpp"
#include "daemon/digest.hpp"
#include "daemon/pause.hpp"
#include "daemon/planning.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace retention {

enum class Outcome { completed, partial, refused, failed };
std::string to_string(Outcome);

struct RunRequest {
    std::vector<std::string> categories; // empty: all
    Date as_of{};
    std::string actor;                 // "user root (uid 0)", "schedule"
    bool approved = false;             // --yes: an operator's approval of what exceeds the limits, recorded as such
    std::optional<std::int64_t> limit; // of records in the whole run
    std::string run = {};              // its name, where that was promised already; empty: name_of_run
};

struct CategoryOutcome {
    std::string category, store, table;
    Action action = Action::anonymise;
    Outcome outcome = Outcome::completed;
    std::string reason; // of every outcome but completed
    std::int64_t disposed = 0;
    std::vector<RelatedCount> related;
    std::int64_t batches = 0;
    double seconds = 0;
    // Of a failure in the store: what the audit log says instead of the reason; the store's own words may hold values.
    std::string cause = {};
    bool out_of_reach = false; // it failed because the store could not be reached: later it may succeed
};

struct RunOutcome {
    std::string run;
    Date as_of{};
    Outcome outcome = Outcome::completed; // the worst of its categories: failed, refused, partial, completed
    std::vector<CategoryOutcome> categories;
    std::vector<std::string> remains; // what stays on the disk, and `elsewhere`
    std::string log_failure;          // the audit log could not be written: why. It takes no more lines; start again.
};

// Seen by whoever shows progress. Between batches, on the thread of the run; while a batch waits, on any thread, and
// then with what it waits for, or with "" when that is over: it takes calls from several at once.
struct Progress {
    std::string category;
    std::int64_t disposed = 0, due = 0;
    std::optional<std::string> waits_for = {};
};

// What enforce() and recover() learn about open intents is kept in it: one for each AuditLog as long as that lives, or
// one for each store, where stores are worked on at once. One thread at a time has it.
struct RunContext {
    AuditLog& log;
    const AuditKey& key;
    std::function<Instant()> now;                  // time is an argument
    std::function<void(const Progress&)> progress; // may be empty
    const std::atomic<bool>& stop;                 // set: the run ends after the batch in hand, as partial

    // Empty: plan_stores, and sleeping. Tests put theirs here.
    std::function<std::vector<StorePlans>(const Configuration&, Date, const std::vector<std::string>&)> plan = {};
    OpenStore open_store = make_connector;
    Pause pause = {};

    // Intents without outcome. Nothing: not asked yet, then those that the log was opened with count. While one is
    // here, its store is in doubt and enforce() refuses it.
    std::optional<std::vector<OpenIntent>> open_intents = {};
    std::string rules_recorded = {}; // what the last `config.loaded` said
    std::string store = {};          // whose context it is: other stores' intents are not its business; empty: all
};

// "20261121T023000Z-3f9a1c": in the order of time, and unlike any other in every store.
std::string name_of_run(Instant now);

// Never throws for a store or for the log: what could not be done is in the outcome, category by category.
RunOutcome enforce(const Configuration&, const RunRequest&, RunContext&);

// Settles every intent that a crash left open, by the witness rows, and records each. Names of the stores that are in
// doubt (out of reach, no longer configured) come back: nothing is disposed of in them until they were settled. May be
// called again, which tries those again. Throws AuditError.
std::vector<std::string> recover(const Configuration&, RunContext&);

} // namespace retention
