#include "connectors/check.hpp"
#include "connectors/check_findings.hpp"
#include "connectors/check_footprint.hpp"
#include "connectors/check_index.hpp"

#include <algorithm>

namespace retention {

namespace {

std::string family_name(const Column& column) {
    switch (column.family) {
    case TypeFamily::integer:
        return "an integer";
    case TypeFamily::real:
        return "a real number";
    case TypeFamily::text:
        return "text";
    case TypeFamily::binary:
        return "binary";
    case TypeFamily::boolean:
        return "a boolean";
    case TypeFamily::date:
        return "a date";
    case TypeFamily::time_stamp:
        return "a timestamp";
    case TypeFamily::zoned_time_stamp:
        return "a timestamp with its zone";
    case TypeFamily::uuid:
        return "a uuid";
    case TypeFamily::address:
        return "a network address";
    case TypeFamily::loose:
        return "without a type";
    case TypeFamily::other:
        return "of another type";
    }
    return "";
}

std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

std::string described(const Table& table, const Column& column) {
    return shown(table, column) + " is " + family_name(column) + (column.type.empty() ? "" : " (" + column.type + ")");
}

// Types that are in no family ("json", an enum) are comparable only where they are declared alike.
bool one_family(const Column& a, const Column& b) {
    if (a.family != b.family) return false;
    return a.family != TypeFamily::other || upper(a.type) == upper(b.type);
}

// The default collation has no name here, "BINARY" in SQLite and "default" in PostgreSQL.
std::string collation_of(const Column& column) {
    const std::string name = upper(column.collation);
    return name == "BINARY" || name == "DEFAULT" ? "" : name;
}

std::string remedy(const FollowedLink& link, const std::string& declare, const std::string& in_sql) {
    return link.entry ? declare : declare + ", or leave the link out and write " + in_sql;
}

void judge_pair(CheckFindings& findings, const FollowedLink& link, const Table& here, const Column& via,
                const Table& there, const Column& on) {
    const std::string pair = described(there, on) + " and " + described(here, via);
    if (!one_family(on, via)) {
        findings.error(link.place, link.purpose + ": " + pair + ", which engines compare each in a way of its own",
                       remedy(link, "declare both columns with one type", "`sql` with an explicit CAST"));
    } else if (collation_of(on) != collation_of(via)) {
        const auto name = [](const Column& c) { return collation_of(c).empty() ? "the default" : c.collation; };
        findings.error(link.place,
                       link.purpose + ": " + shown(there, on) + " has the collation " + name(on) + " and " +
                           shown(here, via) + " " + name(via) + ", so equal is not the same for both",
                       remedy(link, "declare both columns with one collation", "`sql` with an explicit COLLATE"));
    }
}

// Kept rows are not touched, so it does not matter whose they are; unless rows that belong to them are.
bool touches_rows(const Plan& plan, const PlannedRelated& entry) {
    if (entry.action != Action::keep) return true;
    const auto index = static_cast<std::size_t>(&entry - plan.related.data());
    return std::any_of(plan.related.begin(), plan.related.end(), [&](const PlannedRelated& other) {
        return std::find(other.parents.begin(), other.parents.end(), index) != other.parents.end();
    });
}

void judge_ownership(CheckFindings& findings, const Plan& plan, const FollowedLink& link, const Table& here,
                     const PlannedHop& hop) {
    if (!link.entry || !touches_rows(plan, *link.entry) || here.is_unique(hop.via)) return;
    findings.error(
        link.place,
        link.purpose + ": " + shown(here, hop.via) + " is not unique, so the same rows of " + shown(*hop.table) +
            " may belong to a row that stays; rows reached through shared columns are not supported yet",
        "leave the entry out, or link by the key of " + shown(here) + " or by columns that carry a unique index");
}

void judge_index(CheckFindings& findings, const Catalogue& catalogue, const FollowedLink& link, const PlannedHop& hop) {
    if (hop.table->kind != TableKind::table || hop.on.empty() || has_index(catalogue, *hop.table, hop.on)) return;
    findings.warning(link.place,
                     link.purpose + ": no index begins with " + shown(*hop.table, hop.on) +
                         ", so every record makes the store read the whole table",
                     index_to_make(catalogue, *hop.table, hop.on));
}

void judge_hop(CheckFindings& findings, const Plan& plan, const FollowedLink& link, const Table& here,
               const PlannedHop& hop) {
    for (std::size_t i = 0; i < std::min(hop.on.size(), hop.via.size()); ++i) {
        const Column* on = hop.table->find(hop.on[i]);
        const Column* via = here.find(hop.via[i]);
        if (on && via) judge_pair(findings, link, here, *via, *hop.table, *on);
    }
    judge_ownership(findings, plan, link, here, hop);
    judge_index(findings, *plan.catalogue, link, hop);
}

// Several links that miss one index miss it together.
void say_each_index_once(Problems& problems) {
    std::vector<std::string> said;
    std::erase_if(problems, [&](const Problem& problem) {
        if (problem.severity != Severity::warning) return false;
        const bool again = std::find(said.begin(), said.end(), problem.hint) != said.end();
        said.push_back(problem.hint);
        return again;
    });
}

} // namespace

Problems check_links(const Plan& plan) {
    CheckFindings findings(plan);
    for (const FollowedLink& link : links_of(plan)) {
        const Table* here = link.from;
        for (const PlannedHop& hop : link.link->hops) {
            judge_hop(findings, plan, link, *here, hop);
            here = hop.table;
        }
    }
    Problems problems = findings.take();
    say_each_index_once(problems);
    return problems;
}

} // namespace retention
