#pragma once
// The members of each line that a run writes into the audit log (design.md section 6), in their order. Pure: nothing
// is written here. No key value, no column value enters: a record is its digest.

#include "daemon/enforcement.hpp"

#include <boost/json/object.hpp>

namespace retention {

std::string rule_digest(const Rule&); // SHA-256 of its canonical text

boost::json::object line_of_rules(const Configuration&); // config.loaded
// `weak`: stores of theirs that may lose what they committed, knowingly accepted; left out where there are none.
boost::json::object line_of_start(const std::string& run, const RunRequest&, const std::vector<std::string>& categories,
                                  const std::vector<std::string>& weak);
boost::json::object line_of_finish(const RunOutcome&);

// An operator's word for one category: what was due when it was given, and the limit that it lifts.
// `counted`: all records were; otherwise there are so many at least, which is enough for what is due to be within the
// share, and the limit may be higher.
struct Approval {
    std::string run, category, by;
    std::int64_t due = 0, records = 0, limit = 0;
    bool counted = true;
};
boost::json::object line_of_approval(const Approval&, const Rule&); // rule.approved

// `clock`: what the clock said, where it is the clock that was refused.
struct Refusal {
    std::string run, category, store, reason, actor;
    std::optional<Instant> clock = {};
};
boost::json::object line_of_refusal(const Refusal&); // refused; empty members are left out

// The lines of one batch.
boost::json::object line_of_intent(const OpenIntent&, const Plan&, const Disposed&, RecordDigest&);
boost::json::object line_of_batch(const OpenIntent&); // batch.committed and batch.rolled_back

} // namespace retention
