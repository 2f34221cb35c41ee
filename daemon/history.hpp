#pragma once
// What the daemon remembers between two starts: its runs, and through which instant each category's schedule was
// served. A SQLite file (history.db) in the state directory, through SOCI. Evidence is not here but in the audit log.
//
// It is never forgotten silently: the file has a name of its own that the state directory's `history` file repeats, so a lost,
// replaced or damaged one is noticed. Used by one thread at a time; whoever has the State may have one.

#include "daemon/enforcement.hpp"
#include "daemon/state.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace retention {

struct RunRecord {
    RunOutcome outcome; // while it has not ended: the categories that were asked for, without outcome
    std::string actor;
    Instant started{};
    std::optional<Instant> finished; // nothing: it runs, or the process ended before it did
};

// What a category's last runs were, for status and metrics.
struct CategoryHistory {
    std::string run;
    Instant finished{};
    CategoryOutcome outcome;
    std::optional<Instant> last_success;
    std::int64_t disposed = 0, batches = 0; // of all runs that are remembered, and those before
    double seconds = 0;
};

class History {
public:
    // Opens or, at the very first start, makes it. Where it was lost or is damaged, `lost()` says what is wrong and
    // what to do, and nothing is written until accept_loss().
    explicit History(const State&);
    ~History();
    History(History&&) noexcept;

    std::string lost() const; // empty: it is whole
    // A person said to go on without what was lost: keeps the damaged file aside and begins a new one.
    void accept_loss();

    void begin(const RunRecord&);
    void end(const RunOutcome&, Instant finished);
    std::vector<RunRecord> last(std::size_t runs) const; // newest first
    std::optional<RunRecord> find(const std::string& run) const;
    std::map<std::string, CategoryHistory> categories() const;

    // Each occurrence of the category's schedule up to here has had its run, or was seen to need none.
    void served(const std::string& category, Instant through);
    std::optional<Instant> served_through(const std::string& category) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace retention
