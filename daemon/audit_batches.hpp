#pragma once
// The batches of the audit log as its lines tell them: which intents have no outcome yet, and of which stores there
// are some since the last checkpoint. The writer, the opening and the verifier judge by the same rules here: one
// outcome an intent, with the same number of records, after it. Pure.

#include "daemon/audit_log.hpp"

#include <boost/json/object.hpp>

#include <set>

namespace retention {

class AuditBatches {
public:
    // Takes one line in. Empty; or what is wrong with it, and nothing has changed then.
    std::string take(std::string_view event, const boost::json::object& members);
    const std::vector<OpenIntent>& open() const { return open_; } // oldest first

    // Stores with an intent or an outcome that no checkpoint follows yet. Nothing: the log is of an older program,
    // whose segments do not say that.
    const std::optional<std::set<std::string>>& stores_since_checkpoint() const { return stores_; }

    // What a segment's first line carries of both, so that opening a log reads its last segment alone.
    boost::json::object as_json() const;
    // Empty, or what is wrong with that line.
    std::string restore(const boost::json::object& opening);
    bool agree_with(const boost::json::object& opening) const;

private:
    std::string take_intent(const boost::json::object&);
    std::string take_outcome(const boost::json::object&);
    std::vector<OpenIntent> open_; // a few: one a worker, and those of stores in doubt
    std::optional<std::set<std::string>> stores_ = std::set<std::string>{};
};

} // namespace retention
