#pragma once
// Keeps those who are refused from filling the audit log and the journal: one line a minute for each user and verb, and
// for all users together no more than a few dozen; what came besides is counted, and the count is told when the minute
// is over. Time is an argument. Not thread-safe.

#include "daemon/rights.hpp"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace retention {

class RefusalBook {
public:
    using Time = std::chrono::steady_clock::time_point;
    struct Line {
        std::string actor, verb, why;
    };
    static constexpr std::chrono::minutes pause{1};
    static constexpr std::size_t most_entries = 32; // at once; a user may have many numbers (subuid(5))

    // The lines to write now: one or none.
    std::vector<Line> refused(const Peer&, Verb, const std::string& why, Time now);
    // Counts whose minute is over: "… (41 more since the last line)".
    std::vector<Line> over(Time now);
    // When over() has something to do next; nothing: never.
    std::optional<Time> next() const;

private:
    struct Entry {
        Line line;
        Time until;
        std::size_t more = 0;
    };
    std::map<std::pair<uid_t, Verb>, Entry> entries_;
};

} // namespace retention
