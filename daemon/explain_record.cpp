#include "daemon/explain_record.hpp"

#include "daemon/explanation.hpp"
#include "daemon/wording.hpp"
#include "policies/text_parts.hpp"

namespace retention {
namespace {

std::vector<std::string> split_key(const std::string& text, const Plan& plan) {
    if (plan.key.size() <= 1) return {text};
    const auto values = split(text, ',');
    if (values.size() == plan.key.size()) return {values.begin(), values.end()};
    std::vector<std::string> columns;
    for (const Column* column : plan.key) columns.push_back(column->name);
    throw UnfitKey("the key " + text + " does not fit the key of " + plan.rule.category,
                   "it has " + std::to_string(columns.size()) + " values, parted by commas: " + joined(columns));
}

} // namespace

Explanation explained(const StorePlans& store, const std::string& key) {
    const Plan& plan = *store.plans.front();
    const auto found = store.connector->open(Access::read_only)->explain(plan, split_key(key, plan));
    if (found) return *found;
    throw NoSuchRecord("no record of " + plan.rule.category + " has the key " + key,
                       "the key is " + (plan.key.size() == 1 ? plan.key[0]->name : "composite") + " of table " +
                           plan.rule.table + ", and the rule's `where` must be true of it");
}

std::string explain_record(const StorePlans& store, const std::string& key, Date as_of) {
    if (store.plans.empty()) {
        const std::string why = store.stopped.empty() ? "it has no plan" : store.stopped.front().reason;
        throw std::runtime_error("the category is stopped: " + why + "\nhint: run retentiond check");
    }
    return explanation_json({store.plans.front()->rule, explained(store, key), as_of});
}

} // namespace retention
