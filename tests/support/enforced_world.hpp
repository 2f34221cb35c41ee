#pragma once
// A small world for enforcement: two naive stores with three categories, a real audit log in a temporary folder, a
// clock that stands still, waits that only count. A "process" is what a crash ends: the log, the context.

#include "daemon/enforcement.hpp"
#include "tests/support/clock.hpp"
#include "tests/support/evidence_check.hpp"

namespace retention::test {

class World {
public:
    // crm: contacts (7 records, 5 due), calls (4, 3 due); shop: orders (6, 4 due). Limits allow everything.
    World();
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    Clock clock{"2026-11-21 02:30:00"};
    Configuration configuration;
    std::map<std::string, NaiveStore> stores;
    Faults faults;
    std::chrono::microseconds waited{0};
    std::atomic<bool> stop{false};
    std::function<void(const Progress&)> progress;
    std::map<std::string, std::string> stopped; // category -> reason: errors in its plan
    std::set<std::string> unreachable;          // stores
    RunRequest request{{}, *parse_date("2026-11-21"), "schedule", false, std::nullopt};
    AuditKey key{};

    // A process from its start to its end, however that comes: settles what is open, then runs once. Nothing: Crash.
    std::optional<RunOutcome> process();
    void with_process(const std::function<void(RunContext&)>&); // the same, for more than one run; lets Crash through
    Lines log() const { return read_log(folder_ / "log"); }
    std::vector<std::string> broken() const { return broken_promises(stores, log(), key); }
    std::int64_t left_due() const;
    const std::filesystem::path& folder() const { return folder_; }
    Rule& rule(const std::string& category);

private:
    std::vector<StorePlans> plan(const Configuration&, Date, const std::vector<std::string>& wanted);
    std::filesystem::path folder_;
};

const CategoryOutcome& of(const RunOutcome&, const std::string& category);

} // namespace retention::test
