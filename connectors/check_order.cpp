#include "connectors/check.hpp"
#include "connectors/check_findings.hpp"
#include "connectors/check_memory.hpp"
#include "connectors/check_moved_dates.hpp"
#include "connectors/check_readings.hpp"

#include <algorithm>
#include <map>

namespace retention {

namespace {

using Plans = std::vector<std::shared_ptr<Plan>>;
using Edges = std::vector<std::map<std::size_t, std::string>>; // first -> then -> why

std::string category(const Plan& plan) {
    return shown(plan.rule.category);
}

// Why `first` must run before `then`; empty where it need not.
std::string reason(const Plan& first, const Plan& then) {
    const Catalogue& catalogue = *first.catalogue;
    if (same_table(catalogue, *first.table, *then.table)) {
        if (!first.deletes() || then.deletes()) return "";
        return category(first) + " deletes from " + shown(*first.table) + " before " + category(then) +
               " anonymises there";
    }
    for (const Reading& reading : readings_of(first))
        for (const Change& change : changes_of(then))
            if (takes(catalogue, change, reading))
                return category(first) + " reads " + shown(*reading.table) + " before " + category(then) +
                       " takes from it";
    return "";
}

Edges edges_of(const Plans& plans) {
    Edges edges(plans.size());
    for (std::size_t a = 0; a < plans.size(); ++a)
        for (std::size_t b = 0; b < plans.size(); ++b)
            if (a != b)
                if (std::string why = reason(*plans[a], *plans[b]); !why.empty()) edges[a].emplace(b, std::move(why));
    return edges;
}

// The shortest way from `from` back to itself, or nothing.
std::vector<std::size_t> cycle_through(const Edges& edges, std::size_t from) {
    std::vector<std::vector<std::size_t>> paths{{from}};
    std::vector<bool> seen(edges.size());
    for (std::size_t next = 0; next < paths.size(); ++next) {
        const std::vector<std::size_t> path = paths[next];
        for (const auto& [to, why] : edges[path.back()]) {
            std::vector<std::size_t> longer = path;
            longer.push_back(to);
            if (to == from) return longer;
            if (!seen[to]) paths.push_back(std::move(longer));
            seen[to] = true;
        }
    }
    return {};
}

std::vector<bool> reachable(const Edges& edges, std::size_t from) {
    std::vector<bool> seen(edges.size());
    std::vector<std::size_t> open{from};
    while (!open.empty()) {
        const std::size_t at = open.back();
        open.pop_back();
        for (const auto& [to, why] : edges[at]) {
            if (!seen[to]) open.push_back(to);
            seen[to] = true;
        }
    }
    return seen;
}

Problem cycle_problem(const Plans& plans, const Edges& edges, const std::vector<std::size_t>& cycle) {
    std::vector<std::string> names, reasons;
    for (const std::size_t i : cycle) names.push_back(plans[i]->rule.category);
    for (std::size_t i = 0; i + 1 < cycle.size(); ++i) reasons.push_back(edges[cycle[i]].at(cycle[i + 1]));
    const Rule& rule = plans[cycle.front()]->rule;
    return {Severity::error, rule.place, rule.category, "no order is right for the cycle " + listing(names, " -> "),
            "take one of these out of the rules: " + listing(reasons, "; ")};
}

// In the order of the configuration wherever nothing speaks against it. Inside a cycle nothing can be obeyed.
std::vector<std::size_t> sorted(const Edges& edges) {
    const std::size_t count = edges.size();
    std::vector<std::vector<bool>> reach;
    for (std::size_t i = 0; i < count; ++i) reach.push_back(reachable(edges, i));
    std::vector<std::size_t> order;
    std::vector<bool> done(count);
    while (order.size() < count)
        for (std::size_t i = 0; i < count; ++i) {
            bool free = !done[i];
            for (std::size_t j = 0; j < count; ++j)
                free = free && (done[j] || j == i || !edges[j].contains(i) || reach[i][j]);
            if (!free) continue;
            order.push_back(i);
            done[i] = true;
            break;
        }
    return order;
}

// A BEFORE or accepted trigger on what one rule changes may not move the date of another.
Problems moved_dates(const Plan& changer, const Plan& reader) {
    Problems problems;
    for (const FiredTrigger& fired : fired_by(changer)) {
        const std::string date = date_moved(fired, reader);
        if (date.empty() || date == date_moved(fired, changer)) continue;
        problems.push_back({Severity::error, fired.place.line ? fired.place : changer.rule.place, changer.rule.category,
                            "the trigger " + shown(fired.trigger->name) + " on " + shown(*fired.table) + " moves " +
                                date + ", from which category " + category(reader) + " counts",
                            "let the trigger leave the date alone, or count from another one"});
    }
    return problems;
}

void append(Problems& problems, const Problems& more) {
    for (const Problem& problem : more) {
        const bool said = std::any_of(problems.begin(), problems.end(), [&](const Problem& other) {
            return other.category == problem.category && other.what == problem.what &&
                   other.place.line == problem.place.line;
        });
        if (!said) problems.push_back(problem);
    }
}

} // namespace

Ordered order_plans(const Plans& plans) {
    const Edges edges = edges_of(plans);
    Ordered ordered{sorted(edges), {}};
    for (std::size_t a = 0; a < plans.size(); ++a) {
        if (const auto cycle = cycle_through(edges, a); !cycle.empty())
            append(ordered.problems, {cycle_problem(plans, edges, cycle)});
        for (std::size_t b = 0; b < plans.size(); ++b) {
            if (a == b) {
                append(ordered.problems, check_own_memory(*plans[a]));
                continue;
            }
            append(ordered.problems, check_memory(*plans[a], *plans[b]));
            append(ordered.problems, check_kept_longer(*plans[a], *plans[b]));
            append(ordered.problems, moved_dates(*plans[a], *plans[b]));
        }
    }
    return ordered;
}

} // namespace retention
