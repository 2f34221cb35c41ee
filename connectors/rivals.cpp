#include "connectors/rivals.hpp"

#include "connectors/check_readings.hpp"

#include <algorithm>

namespace retention {

namespace {

// How much of a row an action leaves.
int keeps(Action action) {
    switch (action) {
    case Action::keep:
        return 3;
    case Action::detach:
        return 2;
    case Action::anonymise:
        return 1;
    case Action::erase:
        return 0;
    }
    return 0;
}

bool stands_below(const PlannedRelated& entry, std::size_t parent) {
    return std::ranges::find(entry.parents, parent) != entry.parents.end();
}

} // namespace

// Conditions on the last table tell entries of one link apart, those on the way to it make another link.
bool same_link(const PlannedRelated& a, const PlannedRelated& b) {
    if (a.parents != b.parents || a.link.hops.size() != b.link.hops.size()) return false;
    const auto same_hop = [&](const PlannedHop& x, const PlannedHop& y) {
        const bool last = &x == &a.link.hops.back();
        const auto source = [](const PlannedHop& hop) { return hop.where ? hop.where->source : std::string(); };
        return x.table == y.table && x.on == y.on && x.via == y.via && (last || source(x) == source(y));
    };
    return std::equal(a.link.hops.begin(), a.link.hops.end(), b.link.hops.begin(), same_hop);
}

bool beats(const Plan& plan, std::size_t strong, std::size_t weak) {
    const PlannedRelated &winner = plan.related[strong], &loser = plan.related[weak];
    if (strong == weak || &winner.link.table() != &loser.link.table()) return false;
    const int more = keeps(winner.action) - keeps(loser.action);
    if (more != 0) return more > 0;
    if (winner.action == Action::erase) {
        if (stands_below(loser, strong)) return true;
        return strong > weak && !stands_below(winner, weak);
    }
    if (winner.action == Action::detach && winner.link.hops.back().on != loser.link.hops.back().on) return false;
    return strong < weak;
}

namespace {

// A row is reached from one row at most: each step leads to a whole key.
bool has_one_parent(const Plan& plan, const PlannedRelated& entry) {
    const Table* before = entry.parents.empty() ? plan.table : &plan.related[entry.parents.front()].link.table();
    for (const PlannedHop& hop : entry.link.hops) {
        if (!before->is_unique(hop.via)) return false;
        before = hop.table;
    }
    return true;
}

// Which of two for one link takes a row depends on the row alone, or there is but one record to reach it from.
bool told_apart(const Plan& plan, const PlannedRelated& first, const PlannedRelated& second) {
    return same_link(first, second) && (!first.link.sql || has_one_parent(plan, first));
}

// The same becomes of a row, and of what hangs on it, whichever of the two has it.
bool interchangeable(const Plan& plan, std::size_t a, std::size_t b) {
    if (plan.related[a].action != Action::erase || plan.related[b].action != Action::erase) return false;
    return std::ranges::all_of(
        plan.related, [&](const PlannedRelated& below) { return stands_below(below, a) == stands_below(below, b); });
}

} // namespace

bool beats_across_records(const Plan& plan, std::size_t strong, std::size_t weak) {
    const auto [first, second] = std::minmax(strong, weak);
    return beats(plan, strong, weak) && !told_apart(plan, plan.related[first], plan.related[second]) &&
           !interchangeable(plan, strong, weak);
}

bool shares_rows(const Plan& plan) {
    for (std::size_t strong = 0; strong < plan.related.size(); ++strong)
        for (std::size_t weak = 0; weak < plan.related.size(); ++weak)
            if (beats_across_records(plan, strong, weak)) return true;
    return false;
}

bool judged_as_a_whole(const Plan& plan) {
    return takes_own_evidence(plan) || shares_rows(plan);
}

} // namespace retention
