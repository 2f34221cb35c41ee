#pragma once
// What a daemon remembers of its runs, and through which instant which schedule of each category was served: as an
// interface. daemon/history.hpp keeps it in the state directory.

#include "daemon/enforcement.hpp"

#include <functional>
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

// Every occurrence of a category's schedule up to here has had its run.
struct ServedSchedule {
    Instant through{};
    std::optional<std::string> schedule; // its text; nothing: it is not known, a form of the file before this one
};

class RunMemory {
public:
    virtual ~RunMemory() = default;
    virtual std::string lost() const = 0; // why, and what to do; empty: it is whole
    // Nothing is lost: another process has it locked, and lost() says that. Nobody may go on without it. What ends or
    // is served meanwhile is kept, and written when a look finds it free.
    virtual bool busy() const { return false; }
    // A file that could not be used for a while (a full disk, somebody else's lock) may be whole again. Does not wait.
    virtual void look_again() {}
    // A person said to go on without it. One that turns out to be whole, or busy, stays: see lost().
    virtual void accept_loss() = 0;

    // What is lost remembers nothing, and says so by lost(); it never throws for that.
    virtual void begin(const RunRecord&) = 0;
    virtual void end(const RunOutcome&, Instant finished) = 0;
    virtual std::vector<RunRecord> last(std::size_t runs) const = 0; // newest first
    virtual std::optional<RunRecord> find(const std::string& run) const = 0;
    virtual std::map<std::string, CategoryHistory> categories() const = 0;

    // `schedule`: the text of the category's; empty: it has none now, and what was known of it stays.
    virtual void serve(const std::string& category, Instant through, const std::string& schedule) = 0;
    // What was served of any other category is forgotten: one that comes back begins then, as a new one does.
    virtual void keep_served(const std::vector<std::string>& categories) = 0;
    virtual std::optional<ServedSchedule> served(const std::string& category) const = 0;
};

// `log`: its end, which shows whether there was a past.
using MakeMemory = std::function<std::unique_ptr<RunMemory>(const State&, const Head& log)>;

} // namespace retention
