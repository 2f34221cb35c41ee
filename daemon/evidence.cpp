#include "daemon/evidence.hpp"

#include "daemon/clock_guard.hpp"

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>

namespace retention {
namespace json = boost::json;
namespace {

json::array related_of(const std::vector<RelatedCount>& counts) {
    json::array list;
    for (const auto& count : counts)
        list.push_back({{"table", count.table}, {"action", to_string(count.action)}, {"records", count.records}});
    return list;
}

json::object line_of_category(const CategoryOutcome& category) {
    json::object line{{"category", category.category},
                      {"outcome", to_string(category.outcome)},
                      {"disposed", category.disposed},
                      {"batches", category.batches}};
    if (!category.reason.empty()) line["reason"] = category.cause.empty() ? category.reason : category.cause;
    return line;
}

json::array strings(const std::vector<std::string>& texts) {
    return json::array(texts.begin(), texts.end());
}

} // namespace

std::string rule_digest(const Rule& rule) {
    return sha256_hex(canonical_text(rule));
}

json::object line_of_rules(const Configuration& configuration) {
    json::array rules;
    for (const auto& rule : configuration.rules)
        rules.push_back({{"category", rule.category}, {"rule", rule_digest(rule)}});
    return {{"rules", std::move(rules)}};
}

json::object line_of_start(const std::string& run, const RunRequest& request,
                           const std::vector<std::string>& categories, const std::vector<std::string>& weak) {
    json::object line{{"run", run},
                      {"as_of", to_string(request.as_of)},
                      {"actor", request.actor},
                      {"categories", strings(categories)}};
    if (!weak.empty()) line["weak_durability"] = strings(weak);
    return line;
}

json::object line_of_finish(const RunOutcome& outcome) {
    json::array categories;
    for (const auto& category : outcome.categories) categories.push_back(line_of_category(category));
    return {{"run", outcome.run},
            {"outcome", to_string(outcome.outcome)},
            {"categories", std::move(categories)},
            {"remains", strings(outcome.remains)}};
}

json::object line_of_approval(const Approval& approval, const Rule& rule) {
    return {{"run", approval.run},
            {"category", approval.category},
            {"rule", rule_digest(rule)},
            {"due", approval.due},
            {approval.counted ? "records" : "records_at_least", approval.records},
            {approval.counted ? "limit" : "limit_at_least", approval.limit},
            {"by", approval.by}};
}

json::object line_of_refusal(const Refusal& refusal) {
    json::object line;
    const auto add = [&line](const char* member, const std::string& text) {
        if (!text.empty()) line[member] = text;
    };
    add("run", refusal.run);
    add("category", refusal.category);
    add("store", refusal.store);
    add("actor", refusal.actor);
    add("reason", refusal.reason);
    if (refusal.clock) line["clock"] = to_text(*refusal.clock);
    return line;
}

// All of it in one piece of memory, which grows as it is filled and goes at once: a batch has thousands of digests.
json::object line_of_intent(const OpenIntent& batch, const Plan& plan, const Disposed& disposed, RecordDigest& digest) {
    constexpr std::size_t bytes_a_key = 80;
    const auto memory = json::make_shared_resource<json::monotonic_resource>(disposed.keys.size() * bytes_a_key + 4096);
    json::array keys(memory);
    keys.reserve(disposed.keys.size());
    for (const auto& key : disposed.keys) keys.emplace_back(digest(key));
    const auto& cutoffs = plan.cutoffs.fixed;
    json::object line({{"run", batch.run},
                       {"batch", batch.batch},
                       {"category", batch.category},
                       {"store", batch.store},
                       {"database", batch.database},
                       {"table", plan.rule.table},
                       {"action", to_string(plan.rule.action)},
                       {"rule", rule_digest(plan.rule)},
                       {"cutoff", cutoffs ? json::value(to_string(cutoffs->cutoff)) : json::value(nullptr)},
                       {"records", batch.records},
                       {"related", related_of(disposed.related)}},
                      memory);
    line.emplace("keys", std::move(keys));
    return line;
}

json::object line_of_batch(const OpenIntent& batch) {
    return {{"run", batch.run}, {"batch", batch.batch}, {"records", batch.records}};
}

} // namespace retention
