#pragma once
// What a report says of one category, and what explain says of one record: the answers of a connector, in the design's
// words. Every record is counted once: records = due + retained + held + exempt + undated + done.

#include "policies/calendar.hpp"
#include "policies/rule.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace retention {

struct RelatedCount {
    std::string table; // as the rule names it
    Action action = Action::erase;
    std::int64_t records = 0;
};
struct ReasonCount {
    std::string reason;
    std::int64_t records = 0;
};
struct MonthCount {
    Month month;
    std::int64_t records = 0;
};

struct Survey {
    std::int64_t records = 0, due = 0, overdue = 0, retained = 0, held = 0, undated = 0, done = 0;
    std::vector<ReasonCount> exempt;   // one entry a reason of the rule, in its order, zeros too
    std::optional<Date> oldest;        // trigger date of the oldest that is due
    std::vector<RelatedCount> related; // one entry a table and action of the rule, without `keep`, zeros too
    std::vector<MonthCount> upcoming;  // retained records by the month in which they fall due, this month and 12 more
};

enum class Verdict { held, done, retained, exempt, undated, due };
std::string to_string(Verdict);

struct TriggerFinding {
    std::string source;         // "created_at", "calls.started_at", "sql"
    std::optional<Date> latest; // its latest usable date
    bool unusable = false;      // it also has a value that is no date in the declared form
    bool fallback = false;
};

struct Explanation {
    std::vector<std::string> key; // as text
    Verdict verdict = Verdict::undated;
    std::vector<TriggerFinding> triggers;
    std::optional<Date> trigger;      // the date that counts, before `starts` moves it
    std::string trigger_source;       // where it came from
    std::optional<Date> kept_through; // nothing where the record is undated or the rule has no period
    std::string period;               // the record's own where it is in the data
    bool overdue = false;
    std::vector<std::string> exempt;   // every reason that matches, the first one counts
    std::vector<RelatedCount> related; // what would go with it
};

} // namespace retention
