#pragma once
// A rule with a day: its cutoffs. What is computed once at the start of a run, in C++, and bound as typed parameters.
// Pure.

#include "policies/rule.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace retention {

// The cutoffs of one period.
struct PeriodCutoffs {
    Date cutoff{};  // a record whose trigger lies before it is due
    Date overdue{}; // and before this one, overdue
    struct Upcoming {
        Month month;
        Date cutoff; // as the cutoff will stand on the last day of the month
    };
    std::vector<Upcoming> upcoming; // the month of as_of and the twelve after it
};

struct Cutoffs {
    Date as_of{};
    std::optional<PeriodCutoffs> fixed; // nothing where the period is in the data or there is none
};

Cutoffs cutoffs_for(const Rule&, Date as_of);
// The cutoffs for one value of a period in the data. Nothing where the value is no valid period (zero, negative, more
// than a thousand years).
std::optional<PeriodCutoffs> cutoffs_for(const Rule&, Date as_of, std::int64_t units);

} // namespace retention
