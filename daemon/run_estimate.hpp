#pragma once
// What a run of today would meet in one category, for `check`: how much is due, and about how long it takes. An
// estimate: the time comes from counting, and from the rate that the store allows.

#include "connectors/connector.hpp"
#include "connectors/plan.hpp"

#include <string>

namespace retention {

struct RunEstimate {
    std::string category;
    std::int64_t records = 0, due = 0;
    double seconds = 0;
};

// Counts. Throws StoreError.
RunEstimate estimate_run(Session&, const Plan&, const StoreSettings&);
std::string to_string(const RunEstimate&); // "12 of 400 records are due today: about 1 s"

} // namespace retention
