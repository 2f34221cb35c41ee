#include "daemon/audit_batches.hpp"

#include "daemon/audit_line.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace retention {
namespace json = boost::json;
namespace {

constexpr char since_checkpoint[] = "since_checkpoint";

// Nothing where a member is missing or of another type.
std::optional<OpenIntent> intent_of(const json::object& members) {
    const auto records = number_member(members, "records");
    OpenIntent intent{text_member(members, "run"),   text_member(members, "batch"), text_member(members, "category"),
                      text_member(members, "store"), records.value_or(-1),          text_member(members, "database")};
    if (intent.run.empty() || intent.batch.empty() || intent.category.empty() || intent.store.empty()) return {};
    if (intent.records < 0) return {};
    return intent;
}

bool has(const std::vector<OpenIntent>& open, const std::string& batch) {
    return std::any_of(open.begin(), open.end(), [&batch](const OpenIntent& one) { return one.batch == batch; });
}

} // namespace

std::string AuditBatches::take(std::string_view event, const json::object& members) {
    if (event == "batch.intent") return take_intent(members);
    if (event == "batch.committed" || event == "batch.rolled_back") return take_outcome(members);
    if (event == "checkpoint") stores_.emplace();
    return {};
}

std::string AuditBatches::take_intent(const json::object& members) {
    auto intent = intent_of(members);
    if (!intent) return "an intent needs run, batch, category, store and records";
    if (has(open_, intent->batch)) return "batch " + intent->batch + " has an open intent already";
    if (stores_) stores_->insert(intent->store);
    open_.push_back(std::move(*intent));
    return {};
}

std::string AuditBatches::take_outcome(const json::object& members) {
    const auto batch = text_member(members, "batch");
    const auto intent =
        std::find_if(open_.begin(), open_.end(), [&batch](const OpenIntent& one) { return one.batch == batch; });
    if (intent == open_.end()) return "batch '" + batch + "' has no open intent";
    const auto records = number_member(members, "records");
    if (records != intent->records)
        return "batch " + batch + " has " + (records ? std::to_string(*records) : "no number of") +
               " records, its intent " + std::to_string(intent->records);
    if (stores_) stores_->insert(intent->store);
    open_.erase(intent);
    return {};
}

json::object AuditBatches::as_json() const {
    json::array list;
    for (const auto& one : open_) {
        json::object entry{{"run", one.run},
                           {"batch", one.batch},
                           {"category", one.category},
                           {"store", one.store},
                           {"records", one.records}};
        if (!one.database.empty()) entry["database"] = one.database;
        list.push_back(std::move(entry));
    }
    json::object members{{"open", std::move(list)}};
    if (stores_) members[since_checkpoint] = json::array(stores_->begin(), stores_->end());
    return members;
}

std::string AuditBatches::restore(const json::object& opening) {
    const auto* since = opening.if_contains(since_checkpoint);
    if (since && !since->is_array()) return "what it says of stores since the last checkpoint is no list";
    open_.clear();
    stores_.reset();
    for (const auto& entry : opening.at("open").as_array()) {
        const auto wrong = entry.is_object() ? take_intent(entry.get_object()) : "it is no object";
        if (!wrong.empty()) return "an entry of open is wrong: " + wrong;
    }
    if (!since) return {};
    stores_.emplace();
    for (const auto& store : since->get_array()) {
        if (!store.is_string()) return "an entry of " + std::string(since_checkpoint) + " is no name";
        stores_->emplace(store.get_string());
    }
    return {};
}

// What an older program did not say is no disagreement.
bool AuditBatches::agree_with(const json::object& opening) const {
    const auto ours = as_json();
    const auto* since = opening.if_contains(since_checkpoint);
    return opening.at("open") == ours.at("open") && (!since || !stores_ || *since == ours.at(since_checkpoint));
}

} // namespace retention
