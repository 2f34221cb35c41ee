#pragma once
// What planning has found so far about the categories of one store: their problems, and which of them are stopped. A
// category is stopped by its first error and stays so.

#include "connectors/plan.hpp"
#include "daemon/planning.hpp"

#include <map>

namespace retention {

class Judgement {
public:
    explicit Judgement(std::vector<const Rule*> rules) : rules_(std::move(rules)) {}

    // Keeps the problem, with one hint: that of the store's own message where there is one. An error stops its
    // category, and one without a category stops them all.
    void add(const Problem&);
    void add(const Problems&);
    void stop(const std::string& category, const std::string& reason, const std::string& hint = "");
    void stop_all(const std::string& reason, const std::string& hint = "");

    bool stopped(const std::string& category) const { return stopped_.contains(category); }
    const std::vector<const Rule*>& rules() const { return rules_; }
    const Problems& problems() const { return problems_; }
    // In the order of the rules.
    std::vector<StoppedCategory> all_stopped() const;

private:
    std::vector<const Rule*> rules_;
    std::map<std::string, StoppedCategory> stopped_; // category to first error
    Problems problems_;
};

// The plans of one store against each other, by query: records that two categories cover, and rows that one would
// delete while a category of their own keeps them. A stopped category still keeps its rows.
void judge_conflicts(Session&, const std::vector<std::shared_ptr<Plan>>&, Judgement&);

} // namespace retention
