#include "policies/cutoffs.hpp"

#include <algorithm>

namespace retention {
namespace {

constexpr int months_ahead = 12;

std::vector<PeriodCutoffs::Upcoming> upcoming_for(const Rule& rule, Date as_of, Period period) {
    std::vector<PeriodCutoffs::Upcoming> upcoming;
    for (int ahead = 0; ahead <= months_ahead; ++ahead) {
        const auto month = month_of(as_of) + std::chrono::months{ahead};
        const Date last_day{month / std::chrono::last}; // after 9999-12-31 in its last year: clamped by cutoff_for
        upcoming.push_back({month, cutoff_for(last_day, period, rule.counting)});
    }
    return upcoming;
}

// The overdue are part of the due, also where `at_most` is the shorter of the two for some dates ("1 month", "30
// days").
PeriodCutoffs cutoffs_of(const Rule& rule, Date as_of, const FixedPeriod& period) {
    const auto cutoff = cutoff_for(as_of, period.at_least, rule.counting);
    const auto overdue = period.at_most ? cutoff_for(as_of, *period.at_most, rule.counting)
                                        : overdue_cutoff_for(as_of, period.at_least, rule.overdue_after, rule.counting);
    return {cutoff, std::min(cutoff, overdue), upcoming_for(rule, as_of, period.at_least)};
}

} // namespace

Cutoffs cutoffs_for(const Rule& rule, Date as_of) {
    Cutoffs cutoffs{as_of, {}};
    if (const auto* fixed = std::get_if<FixedPeriod>(&rule.period)) cutoffs.fixed = cutoffs_of(rule, as_of, *fixed);
    return cutoffs;
}

std::optional<PeriodCutoffs> cutoffs_for(const Rule& rule, Date as_of, std::int64_t units) {
    const auto* stored = std::get_if<StoredPeriod>(&rule.period);
    if (!stored || units <= 0 || units > longest_count(stored->unit)) return std::nullopt;
    return cutoffs_of(rule, as_of, {Period{static_cast<std::int32_t>(units), stored->unit}, {}});
}

} // namespace retention
