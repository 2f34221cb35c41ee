#include "daemon/refusal_book.hpp"

#include "daemon/wording.hpp"

#include <algorithm>

namespace retention {

std::vector<RefusalBook::Line> RefusalBook::refused(const Peer& peer, Verb verb, const std::string& why, Time now) {
    auto lines = over(now);
    const auto found = entries_.find({peer.uid, verb});
    if (found != entries_.end()) {
        ++found->second.more;
        return lines;
    }
    // One place is kept for all those who found the book full, under the number that is nobody's.
    const bool full = entries_.size() + 1 >= most_entries && peer.uid != static_cast<uid_t>(-1);
    if (full) {
        const Peer many;
        auto& entry = entries_[{many.uid, verb}];
        const std::string name(to_string(verb));
        if (entry.line.verb.empty())
            entry = {{"many users", name, "many users have no right to " + name}, now + pause, 0};
        ++entry.more;
        return lines;
    }
    const Line line{actor(peer), std::string(to_string(verb)), why};
    entries_[{peer.uid, verb}] = {line, now + pause, 0};
    lines.push_back(line);
    return lines;
}

std::vector<RefusalBook::Line> RefusalBook::over(Time now) {
    std::vector<Line> lines;
    for (auto at = entries_.begin(); at != entries_.end();) {
        auto& entry = at->second;
        if (entry.until <= now && entry.more == 0) {
            at = entries_.erase(at);
            continue;
        }
        if (entry.until <= now) {
            lines.push_back(entry.line);
            lines.back().why += " (" + grouped(static_cast<std::int64_t>(entry.more)) + " more since the last line)";
            entry.until = now + pause; // this was the line of the next minute
            entry.more = 0;
        }
        ++at;
    }
    return lines;
}

std::optional<RefusalBook::Time> RefusalBook::next() const {
    std::optional<Time> first;
    for (const auto& [who, entry] : entries_)
        if (entry.more > 0 && (!first || entry.until < *first)) first = entry.until;
    return first;
}

} // namespace retention
