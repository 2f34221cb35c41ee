#include "daemon/judgement.hpp"

#include <algorithm>

namespace retention {
namespace {

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

} // namespace

void Judgement::add(const Problem& problem) {
    problems_.push_back(problem);
    if (problem.severity != Severity::error) return;
    if (problem.category.empty())
        stop_all(problem.what);
    else
        stop(problem.category, problem.what);
}

void Judgement::add(const Problems& problems) {
    for (const Problem& problem : problems) add(problem);
}

void Judgement::stop(const std::string& category, const std::string& reason) {
    reasons_.try_emplace(category, first_line(reason));
}

void Judgement::stop_all(const std::string& reason) {
    for (const Rule* rule : rules_) stop(rule->category, reason);
}

std::vector<StoppedCategory> Judgement::all_stopped() const {
    std::vector<StoppedCategory> result;
    for (const Rule* rule : rules_)
        if (const auto found = reasons_.find(rule->category); found != reasons_.end())
            result.push_back({rule->category, found->second});
    return result;
}

} // namespace retention
