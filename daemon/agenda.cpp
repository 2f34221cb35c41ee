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

bool same_schedule(const Configuration& one, const Configuration& other, const std::string& category) {
    const auto *here = one.find_rule(category), *there = other.find_rule(category);
    return here && there && !here->schedule.empty() && here->schedule == there->schedule;
}

Agenda::Agenda(const Configuration& configuration) : zone_(configuration.zone) {
    for (const auto& rule : configuration.rules) {
        std::string why;
        if (rule.schedule.empty()) continue;
        if (auto schedule = parse_schedule(rule.schedule, why)) entries_.push_back({rule.category, *schedule});
    }
}

std::vector<std::string> Agenda::categories() const {
    std::vector<std::string> all;
    for (const auto& entry : entries_) all.push_back(entry.category);
    return all;
}

std::optional<Instant> Agenda::next(const std::string& category, Instant after) const {
    const auto found = std::ranges::find(entries_, category, &Entry::category);
    return found == entries_.end() ? std::nullopt : found->schedule.next(after, zone_);
}

std::optional<Instant> Agenda::next(const Served& served) const {
    std::optional<Instant> first;
    for (const auto& [category, through] : served) {
        const auto at = next(category, through);
        if (at && (!first || *at < *first)) first = at;
    }
    return first;
}

std::vector<std::string> Agenda::due(const Served& served, Instant now) const {
    std::vector<std::string> all;
    for (const auto& entry : entries_) {
        const auto through = served.find(entry.category);
        if (through == served.end()) continue;
        const auto at = entry.schedule.next(through->second, zone_);
        if (at && *at <= now) all.push_back(entry.category);
    }
    return all;
}

} // namespace retention
