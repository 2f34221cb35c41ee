#include "daemon/run_estimate.hpp"

#include "daemon/wording.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace retention {
namespace {

// Disposing of a row costs about as much as judging it twice more, and so much besides for its digest and its share of
// the log and the commit: measured by tests/bench.
constexpr double judgements = 2, besides = 2e-6;

std::string plain(double seconds) {
    const auto whole = static_cast<std::int64_t>(std::ceil(seconds));
    if (whole < 120) return grouped(std::max<std::int64_t>(whole, 1)) + " s";
    return whole < 7200 ? grouped(whole / 60) + " min" : grouped(whole / 3600) + " h";
}

} // namespace

RunEstimate estimate_run(Session& session, const Plan& plan, const StoreSettings& store) {
    const auto began = std::chrono::steady_clock::now();
    const auto count = session.count(plan, 0);
    const std::chrono::duration<double> counting = std::chrono::steady_clock::now() - began;
    const double each = counting.count() / static_cast<double>(std::max<std::int64_t>(count.records, 1));
    const double rows = static_cast<double>(count.due) * static_cast<double>(1 + plan.related.size());
    double seconds = counting.count() + rows * (each * judgements + besides);
    if (store.rows_per_second) seconds = std::max(seconds, rows / static_cast<double>(*store.rows_per_second));
    return {plan.rule.category, count.records, count.due, seconds};
}

std::string to_string(const RunEstimate& run) {
    const std::string due = grouped(run.due) + " of " + counted(run.records, "record") + " due today";
    return run.due == 0 ? due : due + ", about " + plain(run.seconds);
}

} // namespace retention
