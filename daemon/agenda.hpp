#pragma once
// Which categories run when: the schedules of the configuration, read once. Pure.

#include "daemon/schedule.hpp"
#include "policies/configuration.hpp"

#include <string>
#include <vector>

namespace retention {

// Schedules that are not understood, each at its rule. For `check` and for the start of the daemon.
Problems check_schedules(const Configuration&);

class Agenda {
public:
    // Categories without a schedule, or with one that check_schedules() refuses, never run by themselves.
    explicit Agenda(const Configuration&);
    bool empty() const { return entries_.empty(); }
    // The first instant after this one at which a category is to run.
    std::optional<Instant> next(Instant after) const;
    // The categories that were to run after `after` and up to `through`, each once however often it was: those that
    // fall on one instant run as one run, and those that were missed while a run lasted or the machine slept follow.
    std::vector<std::string> between(Instant after, Instant through) const;

private:
    struct Entry {
        std::string category;
        Schedule schedule;
    };
    std::vector<Entry> entries_;
    Zone zone_;
};

} // namespace retention
