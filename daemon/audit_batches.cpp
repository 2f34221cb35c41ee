#include "daemon/audit_batches.hpp"

#include "daemon/audit_line.hpp"

#include <algorithm>

namespace retention {
namespace json = boost::json;
namespace {

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
    return {};
}

std::string AuditBatches::take_intent(const json::object& members) {
    auto intent = intent_of(members);
    if (!intent) return "an intent needs run, batch, category, store and records";
    if (has(open_, intent->batch)) return "batch " + intent->batch + " has an open intent already";
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
    open_.erase(intent);
    return {};
}

json::array AuditBatches::as_json() const {
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
    return list;
}

std::string AuditBatches::restore(const json::array& list) {
    open_.clear();
    for (const auto& entry : list) {
        const auto wrong = entry.is_object() ? take_intent(entry.get_object()) : "it is no object";
        if (!wrong.empty()) return "an entry of open is wrong: " + wrong;
    }
    return {};
}

} // namespace retention
