#pragma once
// What the daemon remembers between two starts: its runs, and through which instant which schedule of each category was
// served. A SQLite file in the state directory (history.db), through SOCI. Evidence is not here but in the audit log.
//
// It is never forgotten silently. The file carries a name of its own, which `history` beside it repeats: one that is
// missing, damaged or another one is noticed, and the same of both where the audit log shows that there was a past. One
// that another process has locked for longer than `patience` is busy, and not lost: nobody waits for it again before a
// look proved it free, it may be read where the lock lets that be, and what ended or was served meanwhile is kept in
// memory, in order, until it can be written.
// Used by one thread at a time, in the process that holds the State.

#include "daemon/run_memory.hpp"

#include <chrono>
#include <memory>

namespace retention {

class History : public RunMemory {
public:
    // Opens it, or makes it where there is none and there was no past: `log` has no line but its first. Where it was
    // lost or is damaged, lost() says so; nothing is read from it then, and nothing written, until accept_loss().
    History(const State&, const Head& log, std::chrono::milliseconds patience);
    ~History() override; // what was kept is written, if need be after `patience` once more

    // Now, with patience, what was kept; what cannot be written then is given up. False: it was, or all is lost.
    bool settle();

    std::string lost() const override;
    bool busy() const override;
    void look_again() override;
    // What is left of the old file is kept aside, and a new one begun. Where that fails it stays lost.
    void accept_loss() override;

    // Durable when they return, unless it is busy; whole or not at all. Where the file cannot be used any more, it is
    // lost, or busy, from then on.
    void begin(const RunRecord&) override;
    void end(const RunOutcome&, Instant finished) override;
    void serve(const std::string& category, Instant through, const std::string& schedule) override;
    void keep_served(const std::vector<std::string>& categories) override;
    std::vector<RunRecord> last(std::size_t runs) const override; // the newest 10,000 are kept
    std::optional<RunRecord> find(const std::string& run) const override;
    std::map<std::string, CategoryHistory> categories() const override;
    std::optional<ServedSchedule> served(const std::string& category) const override;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace retention
