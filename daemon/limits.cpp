#include "daemon/limits.hpp"

#include "daemon/wording.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace retention {
namespace {

std::int64_t most_by_share(const Limits& limits, std::int64_t records) {
    // 0.07 * 100 is 7.000000000000001: a share is written with a few digits, so the dust is taken off before the
    // ceiling.
    const double share = std::ceil(limits.share * static_cast<double>(records) - 1e-6);
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(share));
}

std::string percent(double share) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4g %%", share * 100);
    return text;
}

} // namespace

std::int64_t most_without_approval(const Limits& limits, std::int64_t records) {
    return std::min(most_by_share(limits, records), limits.records.value_or(INT64_MAX));
}

std::optional<std::string> exceeds(const Limits& limits, std::int64_t due, std::int64_t records) {
    if (due <= most_without_approval(limits, records)) return std::nullopt;
    const bool by_share = due > most_by_share(limits, records);
    char share[32];
    std::snprintf(share, sizeof share, "%.1f %%",
                  100.0 * static_cast<double>(due) / static_cast<double>(std::max<std::int64_t>(records, 1)));
    return grouped(due) + " of " + grouped(records) + " records are due (" + share + "), more than the limit of " +
           (by_share ? percent(limits.share) : grouped(*limits.records) + " records") +
           ": look at `retentiond report`, then approve with `retentiond purge --yes`";
}

} // namespace retention
