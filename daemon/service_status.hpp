#pragma once
// How the daemon is, on one screen: is it healthy, what ran last and with what result, what is next, what waits for a
// person, what is late. A plain value; Service fills it, the socket hands it out as JSON, `retentiond status` shows it.

#include "daemon/terminal.hpp"
#include "policies/calendar.hpp"
#include "policies/zone.hpp"

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace retention {

struct RunInHand {
    std::string run, actor;
    std::string state; // "waiting" or "running"
    Instant since{};
    std::vector<std::string> categories;
    std::string category; // now; empty between categories
    std::int64_t disposed = 0, due = 0;
    std::string waits_for; // empty: nothing
};

struct StoreStatus {
    std::string store;
    std::string state;  // "ready", "running", "unreachable" or "in doubt"
    std::string reason; // of the last two
    std::optional<Instant> since, next_try;
};

// For what, and how long in all since the daemon started: "window", "replicas", "busy store", "others", "other".
struct Waited {
    std::string reason;
    double seconds = 0;
};

struct CategoryStatus {
    std::string category, store, action;
    std::optional<Instant> next_run; // nothing: not scheduled
    // The last run, if there was one.
    std::string run, outcome, reason;
    std::optional<Instant> finished;
    std::int64_t disposed = 0;
    std::optional<Instant> last_success; // of a run that completed
    // Of all runs that the history has.
    std::int64_t disposed_total = 0, batches_total = 0;
    double seconds_total = 0;
    std::vector<Waited> waited;
    std::string not_counted; // why the last count failed; empty: it did not
    // As last counted; nothing where it never was, and where the last count failed though the store was there.
    std::optional<Date> counted_as_of;
    std::int64_t due = 0, overdue = 0, exempt = 0, undated = 0;
    std::optional<Date> oldest_due;                  // trigger date of the oldest record that is due
    std::optional<std::int64_t> oldest_overdue_days; // for so many days it should have been gone
};

struct ServiceStatus {
    std::string version;
    Instant now{}, started{};
    std::string timezone;
    std::string configuration; // the file
    Instant loaded{};
    std::string not_loaded; // why the newest reload was refused; empty: it was not
    std::uint64_t audit_seq = 0;
    std::optional<Instant> audit_time;
    std::string stopped; // why nothing is disposed of anywhere (audit log, lost state, clock); empty: it goes on
    std::vector<RunInHand> runs;
    std::vector<StoreStatus> stores;
    std::vector<CategoryStatus> categories;
    std::vector<std::string> waits_for_you; // what a person has to decide, with the command to say it
    std::vector<std::string> late;          // "contacts: 3 records overdue, the oldest for 12 days"

    // Every reason why it is not: empty where it is healthy.
    std::vector<std::string> faults() const;
};

std::string status_json(const ServiceStatus&);
// Throws std::runtime_error for a text that status_json did not write.
ServiceStatus status_from_json(const std::string&);
void print_status(std::ostream&, const ServiceStatus&, const Terminal&);

} // namespace retention
