#include "daemon/explanation.hpp"

#include "daemon/json_text.hpp"
#include "daemon/plain_words.hpp"
#include "daemon/table.hpp"
#include "daemon/wording.hpp"

#include <boost/json.hpp>
#include <ostream>
#include <sstream>

namespace retention {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

json::value date_or_null(const std::optional<Date>& date) {
    return date ? json::value(json::string(to_string(*date))) : json::value(nullptr);
}

std::optional<Date> due_from(const Explanation& found) {
    if (!found.kept_through || *found.kept_through >= last_date) return std::nullopt;
    return *found.kept_through + std::chrono::days{1};
}

// The record's own period; of a fixed rule the shorter of the two that it may say.
std::string period_of(const Told& told) {
    if (const auto* fixed = std::get_if<FixedPeriod>(&told.rule.period)) return to_string(fixed->at_least);
    return told.found.period.empty() ? told.rule.period_text : told.found.period;
}

json::value json_of(const TriggerFinding& trigger) {
    return json::object{{"source", trigger.source},
                        {"latest", date_or_null(trigger.latest)},
                        {"unusable", trigger.unusable},
                        {"fallback", trigger.fallback}};
}

json::value json_of(const RelatedCount& related) {
    return json::object{{"table", related.table}, {"action", to_string(related.action)}, {"records", related.records}};
}

template <class Items>
json::array listed(const Items& items) {
    json::array list;
    for (const auto& item : items) list.push_back(json_of(item));
    return list;
}

json::value trigger_or_null(const Explanation& found) {
    if (!found.trigger) return nullptr;
    return json::object{{"date", to_string(*found.trigger)}, {"source", found.trigger_source}};
}

// "36 months after 2024-03-01 (calls.started_at)"; where the start is moved, "6 years after 2025-03-31, the end of the
// financial year of 2024-06-05 (paid_on)".
std::string counted_from(const Told& told) {
    const Explanation& found = told.found;
    const Date start = start_of_period(*found.trigger, told.rule.counting);
    std::string text = period_of(told) + " after " + to_string(start);
    if (told.rule.counting.starts != Starts::at_trigger)
        text += ", " + start_in_words(told.rule.counting.starts) + to_string(*found.trigger);
    return text + " (" + found.trigger_source + ")";
}

std::string because(const Told& told) {
    return told.found.kept_through && told.found.trigger ? counted_from(told) : "the rule has no period";
}

std::string due_sentence(const Told& told) {
    const auto from = due_from(told.found);
    if (!from || !told.found.trigger) return "is due as soon as found: " + because(told);
    return std::string(told.found.overdue ? "is overdue: it has been due" : "is due") + " since " + to_string(*from) +
           "; it was kept through " + to_string(*told.found.kept_through) + ", " + because(told);
}

std::string kept_sentence(const Told& told) {
    if (!told.found.kept_through) return "is kept: no last day can be told";
    return "is kept through " + to_string(*told.found.kept_through) + ": " + because(told);
}

std::string why_undated(const Explanation& found) {
    std::vector<std::string> unusable;
    for (const TriggerFinding& trigger : found.triggers)
        if (trigger.unusable) unusable.push_back(trigger.source);
    if (!unusable.empty()) return joined(unusable) + " has a value that is no usable date";
    return found.trigger ? "its period is no usable number" : "no trigger has a date";
}

std::string undated_sentence(const Told& told) {
    return "is undated: " + why_undated(told.found) + "; it is never disposed of, always reported";
}

std::string sentence(const Told& told) {
    switch (told.found.verdict) {
    case Verdict::held:
        return "is held: nothing touches it until the hold is released";
    case Verdict::done:
        return "is already anonymised: nothing is left to do";
    case Verdict::retained:
        return kept_sentence(told);
    case Verdict::exempt:
        return "stays: " + joined(told.found.exempt, "; ");
    case Verdict::undated:
        return undated_sentence(told);
    case Verdict::due:
        return due_sentence(told);
    }
    return "";
}

std::string trigger_line(const TriggerFinding& trigger) {
    std::string text = trigger.source + ": ";
    text += trigger.latest ? to_string(*trigger.latest) : "no date";
    if (trigger.fallback) text += " (the fallback)";
    if (trigger.unusable) text += " (and a value that is no usable date)";
    return text;
}

// An exempt or held record has a date too: what would be without the exemption.
void print_otherwise(std::ostream& out, const Told& told) {
    const bool set_aside = told.found.verdict == Verdict::exempt || told.found.verdict == Verdict::held;
    if (!set_aside || !told.found.kept_through) return;
    out << "  otherwise: kept through " << to_string(*told.found.kept_through) << ", " << printable(because(told))
        << '\n';
}

} // namespace

std::string explanation_json(const Told& told) {
    const Explanation& found = told.found;
    std::ostringstream words;
    print_explanation(words, told);
    return json_text(json::object{{"category", told.rule.category},
                                  {"store", told.rule.store},
                                  {"table", told.rule.table},
                                  {"key", joined(found.key, ",")},
                                  {"verdict", to_string(found.verdict)},
                                  {"trigger", trigger_or_null(found)},
                                  {"triggers", listed(found.triggers)},
                                  {"period", found.period.empty() ? told.rule.period_text : found.period},
                                  {"kept_through", date_or_null(found.kept_through)},
                                  {"due_from", date_or_null(due_from(found))},
                                  {"overdue", found.overdue},
                                  {"exempt", json::value_from(found.exempt)},
                                  {"held", found.verdict == Verdict::held},
                                  {"related", listed(found.related)},
                                  {"as_of", to_string(told.as_of)},
                                  {"words", words.str()}});
}

void print_explanation(std::ostream& out, const Told& told) {
    out << printable(told.rule.category + " " + joined(told.found.key, ",") + " " + sentence(told)) << '\n';
    print_otherwise(out, told);
    for (const TriggerFinding& trigger : told.found.triggers)
        out << "  trigger " << printable(trigger_line(trigger)) << '\n';
    for (const RelatedCount& related : told.found.related)
        if (related.records > 0)
            out << "  goes with it: " << to_string(related.action) << ' ' << grouped(related.records) << " of "
                << printable(related.table) << '\n';
    out << "  as of " << to_string(told.as_of) << '\n';
}

} // namespace retention
