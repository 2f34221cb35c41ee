#pragma once
// Database triggers that fire on what one plan changes, and the dates that they move.

#include "connectors/check_footprint.hpp"

#include <string>
#include <vector>

namespace retention {

// A database trigger that fires when the plan runs, and the change that fires it first.
struct FiredTrigger {
    const DatabaseTrigger* trigger = nullptr;
    const Table* table = nullptr;
    Place place;
};
// Each once. UPDATE OF is respected; the marker counts among the columns that a plan writes.
std::vector<FiredTrigger> fired_by(const Plan&);

// "'contacts.updated_at'" where the trigger's source assigns a date from which `reader` counts; empty where none.
std::string date_moved(const FiredTrigger&, const Plan& reader);

} // namespace retention
