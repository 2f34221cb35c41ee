#include "connectors/check_moved_dates.hpp"

#include "connectors/check_findings.hpp"
#include "connectors/check_words.hpp"

#include <algorithm>

namespace retention {

namespace {

std::vector<std::string> columns_written(const Plan& plan, const Change& change) {
    std::vector<std::string> names;
    for (const ChangedColumn& update : change.updates) names.push_back(update.column->name);
    if (!change.entry && !plan.deletes() && plan.marker) names.push_back(plan.marker->name);
    return names;
}

bool fires(const Plan& plan, const Change& change, const DatabaseTrigger& trigger) {
    if (trigger.event == TriggerEvent::erase) return change.deletes;
    if (trigger.event != TriggerEvent::update) return false;
    const std::vector<std::string> written = columns_written(plan, change);
    return !written.empty() &&
           (trigger.columns.empty() || std::any_of(written.begin(), written.end(), [&](const std::string& name) {
                return has_name(*plan.catalogue, trigger.columns, name);
            }));
}

} // namespace

std::vector<FiredTrigger> fired_by(const Plan& plan) {
    std::vector<FiredTrigger> fired;
    for (const Change& change : changes_of(plan))
        for (const DatabaseTrigger& trigger : change.table->triggers) {
            const bool known = std::any_of(fired.begin(), fired.end(),
                                           [&](const FiredTrigger& other) { return other.trigger == &trigger; });
            if (!known && fires(plan, change, trigger)) fired.push_back({&trigger, change.table, change.place});
        }
    return fired;
}

std::string date_moved(const FiredTrigger& fired, const Plan& reader) {
    const std::vector<SqlWord> words = words_of(fired.trigger->text);
    for (const RuleDate& date : dates_of(reader)) {
        if (!date.date->column) continue;
        const Table& table = date.date->link ? date.date->link->table() : *reader.table;
        const Table* own = reader.catalogue->find(fired.table->schema, fired.table->name);
        if (own && assigns_column(words, *reader.catalogue, *own, table, date.date->column->name))
            return shown(table, *date.date->column);
    }
    return "";
}

} // namespace retention
