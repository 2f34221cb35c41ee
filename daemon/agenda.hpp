#pragma once
// Which categories run when: the schedules of the configuration, read once. Pure.

#include "daemon/schedule.hpp"
#include "policies/configuration.hpp"

#include <map>
#include <string>
#include <vector>

namespace retention {

// Schedules that are not understood, each at its rule. For `check` and for the start of the daemon.
Problems check_schedules(const Configuration&);

// The category has a schedule in both, of the same text.
bool same_schedule(const Configuration&, const Configuration&, const std::string& category);

// By category: each occurrence of its schedule up to here has had its run. One that is not in it is not looked at.
using Served = std::map<std::string, Instant>;

class Agenda {
public:
    // Categories without a schedule, or with one that check_schedules() refuses, never run by themselves.
    explicit Agenda(const Configuration&);
    bool empty() const { return entries_.empty(); }
    std::vector<std::string> categories() const;
    // The first instant after this one at which the category is to run.
    std::optional<Instant> next(const std::string& category, Instant after) const;
    // The first at which one of the categories is to run again, each after it was served.
    std::optional<Instant> next(const Served&) const;
    // The categories that were to run after they were served and up to now, each once however often it was: those that
    // fall on one instant come together, and those that were missed while a run lasted, the machine slept or the daemon
    // was not there follow.
    std::vector<std::string> due(const Served&, Instant now) const;

private:
    struct Entry {
        std::string category;
        Schedule schedule;
    };
    std::vector<Entry> entries_;
    Zone zone_;
};

} // namespace retention
