#pragma once
// The batches of the audit log as its lines tell them: which intents have no outcome yet. The writer, the opening and
// the verifier judge by the same rules here: one outcome an intent, with the same number of records, after it. Pure.

#include "daemon/audit_log.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace retention {

class AuditBatches {
public:
    // Takes one line in. Empty; or what is wrong with it, and nothing has changed then.
    std::string take(std::string_view event, const boost::json::object& members);
    const std::vector<OpenIntent>& open() const { return open_; } // oldest first

    // The open ones, as a segment's first line carries them, so that opening a log reads its last segment alone.
    boost::json::array as_json() const;
    // Empty, or what is wrong with the list.
    std::string restore(const boost::json::array&);

private:
    std::string take_intent(const boost::json::object&);
    std::string take_outcome(const boost::json::object&);
    std::vector<OpenIntent> open_; // a few: one a worker, and those of stores in doubt
};

} // namespace retention
