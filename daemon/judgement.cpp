#include "daemon/judgement.hpp"

#include "daemon/wording.hpp"

namespace retention {
namespace {

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

} // namespace

void Judgement::add(const Problem& problem) {
    problems_.push_back(problem);
    Problem& kept = problems_.back();
    if (auto told = parted(kept.what); !told.hint.empty()) {
        kept.what = std::move(told.what);
        kept.hint = std::move(told.hint);
    }
    if (kept.severity != Severity::error) return;
    if (kept.category.empty())
        stop_all(kept.what, kept.hint);
    else
        stop(kept.category, kept.what, kept.hint);
}

void Judgement::add(const Problems& problems) {
    for (const Problem& problem : problems) add(problem);
}

void Judgement::stop(const std::string& category, const std::string& reason, const std::string& hint) {
    stopped_.try_emplace(category, StoppedCategory{category, first_line(reason), hint});
}

void Judgement::stop_all(const std::string& reason, const std::string& hint) {
    for (const Rule* rule : rules_) stop(rule->category, reason, hint);
}

std::vector<StoppedCategory> Judgement::all_stopped() const {
    std::vector<StoppedCategory> result;
    for (const Rule* rule : rules_)
        if (const auto found = stopped_.find(rule->category); found != stopped_.end()) result.push_back(found->second);
    return result;
}

} // namespace retention
