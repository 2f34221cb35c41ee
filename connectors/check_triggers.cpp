#include "connectors/check.hpp"
#include "connectors/check_findings.hpp"
#include "connectors/check_moved_dates.hpp"

#include <algorithm>

namespace retention {

namespace {

std::string described(const FiredTrigger& fired) {
    const std::string timing = fired.trigger->timing == TriggerTiming::before ? "BEFORE" : "AFTER";
    const std::string event = fired.trigger->event == TriggerEvent::erase ? "DELETE" : "UPDATE";
    return "the " + timing + " " + event + " trigger " + shown(fired.trigger->name) + " on " + shown(*fired.table);
}

bool accepted(const Plan& plan, const FiredTrigger& fired) {
    return has_name(*plan.catalogue, plan.rule.accepted_triggers, fired.trigger->name);
}

// A BEFORE trigger that changes rows does so beside the rule, uncounted, as an AFTER trigger may.
bool changes_rows(const DatabaseTrigger& trigger) {
    std::string words;
    for (const char c : trigger.text) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        words += c == '_' ? c : letter ? static_cast<char>(c | 0x20) : ' ';
    }
    const auto body = std::min(words.find(" begin "), words.size());
    words = words.substr(body) + ' ';
    const auto has = [&](const char* word) { return words.find(word) != std::string::npos; };
    return has(" insert ") || has(" update ") || has(" delete ") || has(" replace ");
}

bool needs_acceptance(const FiredTrigger& fired) {
    return fired.trigger->timing == TriggerTiming::after || changes_rows(*fired.trigger);
}

// The whole `triggers` line: what is accepted already, and what this rule would fire after a row.
std::string line_to_paste(const Plan& plan, const std::vector<FiredTrigger>& fired) {
    std::vector<std::string> names = plan.rule.accepted_triggers;
    for (const FiredTrigger& one : fired)
        if (needs_acceptance(one) && !accepted(plan, one)) names.push_back(one.trigger->name);
    return "triggers = " + toml_list(names);
}

void judge(CheckFindings& findings, const Plan& plan, const FiredTrigger& fired, const std::vector<FiredTrigger>& all) {
    const bool erases = fired.trigger->event == TriggerEvent::erase;
    if (fired.trigger->timing == TriggerTiming::before && fired.trigger->ignores_row) {
        findings.error(fired.place,
                       described(fired) + (erases ? " makes it a soft delete: the row would stay"
                                                  : " passes over the change: the row would stay as it is"),
                       "drop the trigger, or let it pass what retentiond does");
    } else if (const std::string date = date_moved(fired, plan); !date.empty()) {
        findings.error(fired.place, described(fired) + " moves " + date + ", from which this rule counts",
                       "let the trigger leave the date alone, or count from another one");
    } else if (!needs_acceptance(fired)) {
        findings.warning(fired.place, described(fired) + " runs on each row that this rule changes",
                         "read what it does; it may change or refuse the row");
    } else if (!accepted(plan, fired)) {
        findings.error(
            fired.place,
            described(fired) +
                " runs on each row that this rule changes, and may change other rows or copy personal data elsewhere",
            "read what it does, then accept it by name in the category:\n" + line_to_paste(plan, all));
    }
}

void judge_accepted_names(CheckFindings& findings, const Plan& plan) {
    std::vector<std::string> known;
    for (const Change& change : changes_of(plan))
        for (const DatabaseTrigger& trigger : change.table->triggers)
            if (!has_name(*plan.catalogue, known, trigger.name)) known.push_back(trigger.name);
    for (const std::string& name : plan.rule.accepted_triggers)
        if (!has_name(*plan.catalogue, known, name))
            findings.error(
                plan.rule.place, "`triggers` names " + shown(name) + ", which is on no table that this rule changes",
                known.empty() ? "those tables have no triggers: take the name out" : "they have: " + listing(known));
}

} // namespace

Problems check_database_triggers(const Plan& plan) {
    CheckFindings findings(plan);
    const std::vector<FiredTrigger> fired = fired_by(plan);
    for (const FiredTrigger& one : fired) judge(findings, plan, one, fired);
    judge_accepted_names(findings, plan);
    return findings.take();
}

} // namespace retention
