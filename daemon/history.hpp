#pragma once
// What the daemon remembers between two starts: its runs, and through which instant each category's schedule was
// served. A SQLite file in the state directory (history.db), through SOCI. Evidence is not here but in the audit log.
//
// It is never forgotten silently. The file carries a name of its own, which `history` beside it repeats: one that is
// missing, damaged or another one is noticed, and the same of both where the audit log shows that there was a past.
// Used by one thread at a time, in the process that holds the State.

#include "daemon/enforcement.hpp"
#include "daemon/state.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace retention {

struct RunRecord {
    RunOutcome outcome; // while it has not ended: the categories that were asked for
    std::string actor;
    Instant started{};
    std::optional<Instant> finished; // nothing: it runs, or the process ended before it did
};

// A category's last run, and the sums of all its runs.
struct CategoryHistory {
    std::string run;
    Instant finished{};
    CategoryOutcome last;
    std::optional<Instant> last_success; // of a run that completed
    std::int64_t disposed = 0, batches = 0;
    double seconds = 0;
};

class History {
public:
    // Opens it, or makes it where there is none and there was no past: `log` has no line but its first. Where it was
    // lost or is damaged, lost() says so; nothing is read from it then, and nothing written until accept_loss().
    History(const State&, const Head& log);
    ~History();
    History(History&&) noexcept;

    const std::string& lost() const; // why, and what to do; empty: it is whole
    // A person said to go on without it: what is left of the old file is kept aside, and a new one begun.
    void accept_loss();

    // Durable when they return. Throws std::runtime_error; nothing is half written then.
    void begin(const RunRecord&);
    void end(const RunOutcome&, Instant finished);
    std::vector<RunRecord> last(std::size_t runs) const; // newest first; the last 10,000 are kept
    std::optional<RunRecord> find(const std::string& run) const;
    std::map<std::string, CategoryHistory> categories() const;

    // Every occurrence of the category's schedule up to here has had its run.
    void serve(const std::string& category, Instant through);
    std::optional<Instant> served_through(const std::string& category) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace retention
