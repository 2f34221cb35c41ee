#pragma once
// What a plan follows, reads and changes, in one list each: what the checks judge. Pure.

#include "connectors/plan.hpp"

#include <string>
#include <vector>

namespace retention {

// One link of the plan, and where it starts. A related entry of several parents is there once for each of their tables.
struct FollowedLink {
    const PlannedLink* link = nullptr;
    const Table* from = nullptr;
    const PlannedRelated* entry = nullptr; // of a related link
    std::string purpose;                   // "the trigger 'calls.started_at'"
    Place place;
};
std::vector<FollowedLink> links_of(const Plan&);

// A column that decides which records are due, or what goes with them.
struct ReadColumn {
    const Table* table = nullptr;
    const Column* column = nullptr;
    std::string as; // "the trigger date 'created_at'", "the link of …"
    bool is_date = false;
};
std::vector<ReadColumn> columns_read(const Plan&);

// Where each date of the rule stands: its triggers, then its fallback.
struct RuleDate {
    const PlannedDate* date = nullptr;
    std::string name; // "the trigger 'created_at'"
    Place place;
    bool is_fallback = false;
};
std::vector<RuleDate> dates_of(const Plan&);

// What the plan does to the rows of a table: the record's own, and one for each related entry that is not kept.
struct ChangedColumn {
    const Column* column = nullptr;
    Place place;
};
struct Change {
    const Table* table = nullptr;
    bool deletes = false;
    std::vector<ChangedColumn> updates;    // masked or detached; the marker is not among them
    const PlannedRelated* entry = nullptr; // null: the record's own
    Place place;
};
std::vector<Change> changes_of(const Plan&);

// The table whose rows an entry belongs to.
const Table& parent_of(const Plan&, const PlannedRelated&);

} // namespace retention
