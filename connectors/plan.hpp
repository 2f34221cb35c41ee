#pragma once
// The plan: a rule with a day and with a store's catalogue. Every name in it has been looked up and is spelled as the
// store spells it. The pivot of the program: check judges it, report counts it, purge executes it, so that they cannot
// disagree. A plain value; making one is a pure function. It says what to do, not how: the SQL is in the connectors.

#include "connectors/catalogue.hpp"
#include "policies/cutoffs.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace retention {

// One step of a link: table.on[i] = (record or the step before).via[i] AND (where).
struct PlannedHop {
    const Table* table = nullptr; // of the plan's catalogue
    std::vector<std::string> on, via;
    std::optional<RuleSql> where;
};
struct PlannedLink {
    std::vector<PlannedHop> hops; // one, or two where the rule says `through`: from the record outwards
    std::optional<RuleSql> sql;   // sees the record and the last hop's table
    const Table& table() const { return *hops.back().table; }
};

struct PlannedDate {
    std::string label;              // "created_at", "calls.started_at", "sql"
    const Column* column = nullptr; // of the record, or of the link's table; null for a query
    std::optional<PlannedLink> link;
    std::optional<RuleSql> query;
    TypeFamily query_family = TypeFamily::other; // of a query: the type of its value, as the store says it
    DateFormat format = DateFormat::native;
    std::optional<Date> earliest;
    bool open_ignored = false;
};

struct PlannedPeriod { // a period in the data
    const Column* column = nullptr;
    std::optional<PlannedLink> link;
};

struct PlannedMask {
    Mask mask;
    const Column* column = nullptr;
};

struct PlannedUnless {
    std::string reason;
    std::optional<PlannedLink> link;
    std::optional<RuleSql> condition; // about the record itself
};

struct PlannedRelated {
    std::string table;                // as the rule names it
    std::string name;                 // may be empty
    PlannedLink link;                 // from the record, or from a row of one of `parents`
    std::vector<std::size_t> parents; // entries above whose rows these belong to; empty: the record itself
    Action action = Action::keep;
    std::vector<PlannedMask> masks;
    Place place;
};

struct Plan {
    std::shared_ptr<const Catalogue> catalogue; // owns every Table and Column that the plan points at
    Rule rule;
    Cutoffs cutoffs;
    const Table* table = nullptr;
    std::vector<const Column*> key;
    std::vector<PlannedDate> triggers;
    std::optional<PlannedDate> fallback;
    std::optional<PlannedPeriod> period;
    std::vector<PlannedMask> masks;
    const Column* marker = nullptr;
    std::vector<PlannedUnless> unless;
    std::vector<PlannedRelated> related;
    // Delete categories on the same table: what one of them has due is no record of this (anonymise) category.
    std::vector<std::shared_ptr<const Plan>> yields_to;
    std::string pseudonym_key;             // bytes; set by the run where a mask needs it
    bool weak_durability_accepted = false; // the store says `weak_durability = true`; set by who knows the store

    bool deletes() const { return rule.action == Action::erase; }
};

struct Planned {
    std::shared_ptr<Plan> plan; // null where a name could not be looked up
    Problems problems;
};
// Looks every name up and fixes the cutoffs. Problems are unknown names and columns that cannot be what the rule wants
// of them (a date format that the column cannot have). It does not judge what the rule would do: connectors/check.hpp.
Planned make_plan(const Rule&, std::shared_ptr<const Catalogue>, Date as_of);

} // namespace retention
