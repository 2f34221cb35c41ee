#include "daemon/wait_sums.hpp"

namespace retention {

std::string wait_reason(const std::string& waits_for) {
    for (const char* reason : {"replicas", "others"})
        if (waits_for.starts_with(reason)) return reason;
    return waits_for.starts_with("the store is busy") ? "busy store" : "other";
}

void WaitSums::told(const Progress& news, Instant now) {
    const auto reason = news.waits_for && !news.waits_for->empty() ? wait_reason(*news.waits_for) : "";
    const auto before = waiting_.find(news.category);
    if (before != waiting_.end() && before->second.first == reason) return;
    ended(news.category, now);
    if (!reason.empty()) waiting_[news.category] = {reason, now};
}

void WaitSums::ended(const std::string& category, Instant now) {
    const auto found = waiting_.find(category);
    if (found == waiting_.end()) return;
    const auto& [reason, since] = found->second;
    waited(category, reason, since, now);
    waiting_.erase(found);
}

void WaitSums::waited(const std::string& category, const std::string& reason, Instant from, Instant to) {
    if (to > from) seconds_[category][reason] += std::chrono::duration<double>(to - from).count();
}

std::vector<Waited> WaitSums::of(const std::string& category) const {
    std::vector<Waited> all;
    if (const auto found = seconds_.find(category); found != seconds_.end())
        for (const auto& [reason, seconds] : found->second) all.push_back({reason, seconds});
    return all;
}

} // namespace retention
