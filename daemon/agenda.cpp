#include "daemon/agenda.hpp"

#include <algorithm>

namespace retention {

Problems check_schedules(const Configuration& configuration) {
    Problems problems;
    for (const auto& rule : configuration.rules) {
        std::string why;
        if (rule.schedule.empty() || parse_schedule(rule.schedule, why)) continue;
        const Place& place = rule.schedule_place;
        const bool said = std::ranges::any_of(problems, [&](const Problem& other) { // one line for all categories
            return other.place.file == place.file && other.place.line == place.line;
        });
        if (said && place.line > 0) continue;
        problems.push_back({Severity::error, place, rule.category,
                            "schedule \"" + rule.schedule + "\" is not understood: " + why,
                            "systemd calendar syntax, as in \"Mon..Fri 02:30\" (systemd.time(7))"});
    }
    return problems;
}

Agenda::Agenda(const Configuration& configuration) : zone_(configuration.zone) {
    for (const auto& rule : configuration.rules) {
        std::string why;
        if (rule.schedule.empty()) continue;
        if (auto schedule = parse_schedule(rule.schedule, why)) entries_.push_back({rule.category, *schedule});
    }
}

std::optional<Instant> Agenda::next(Instant after) const {
    std::optional<Instant> first;
    for (const auto& entry : entries_) {
        const auto next = entry.schedule.next(after, zone_);
        if (next && (!first || *next < *first)) first = next;
    }
    return first;
}

std::vector<std::string> Agenda::between(Instant after, Instant through) const {
    std::vector<std::string> due;
    for (const auto& entry : entries_) {
        const auto next = entry.schedule.next(after, zone_);
        if (next && *next <= through) due.push_back(entry.category);
    }
    return due;
}

} // namespace retention
