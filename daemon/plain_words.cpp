#include "daemon/plain_words.hpp"

#include "daemon/wording.hpp"

namespace retention {
namespace {

std::string source(const DateSource& trigger) {
    if (trigger.query) return "a query";
    return trigger.link ? trigger.link->table + "." + trigger.column : trigger.column;
}

std::string triggers(const Rule& rule) {
    std::vector<std::string> sources;
    for (const DateSource& trigger : rule.triggers) sources.push_back(source(trigger));
    std::string text = (sources.size() > 1 ? "the latest of " : "") + joined(sources);
    if (rule.fallback) text += " (or " + source(*rule.fallback) + " where there is no such date)";
    return text;
}

struct PeriodWords {
    std::string operator()(const FixedPeriod& period) const {
        const std::string text = to_string(period.at_least);
        return period.at_most ? text + ", at most " + to_string(*period.at_most) + "," : text;
    }
    std::string operator()(const StoredPeriod& period) const {
        const std::string unit = to_string(Period{2, period.unit}); // "2 months"
        const std::string column = period.link ? period.link->table + "." + period.column : period.column;
        return "as many " + unit.substr(2) + " as " + column + " says";
    }
    std::string operator()(const NoPeriod&) const { return ""; }
};

std::string when(const Rule& rule) {
    if (std::holds_alternative<NoPeriod>(rule.period)) return "as soon as found";
    return std::visit(PeriodWords{}, rule.period) + " after " + start_in_words(rule.counting.starts) + triggers(rule);
}

std::string done_to(Action action) {
    switch (action) {
    case Action::erase:
        return "deleted";
    case Action::anonymise:
        return "anonymised";
    case Action::detach:
        return "detached";
    case Action::keep:
        return "kept";
    }
    return "";
}

std::string companions(const Rule& rule) {
    std::vector<std::string> texts;
    for (const Related& related : rule.related) texts.push_back(related.link.table + " " + done_to(related.action));
    return joined(texts);
}

std::string reasons(const Rule& rule) {
    std::vector<std::string> texts;
    for (const Unless& unless : rule.unless) texts.push_back(unless.reason);
    return joined(texts);
}

} // namespace

std::string start_in_words(Starts starts) {
    switch (starts) {
    case Starts::at_trigger:
        return "";
    case Starts::end_of_month:
        return "the end of the month of ";
    case Starts::end_of_year:
        return "the end of the year of ";
    case Starts::end_of_financial_year:
        return "the end of the financial year of ";
    }
    return "";
}

std::string plain_words(const Rule& rule) {
    std::string text = to_string(rule.action) + " " + when(rule);
    if (rule.where) text += "; only where " + rule.where->source;
    if (!rule.masks.empty()) text += "; " + counted(static_cast<std::int64_t>(rule.masks.size()), "column") + " masked";
    if (!rule.related.empty()) text += "; with it: " + companions(rule);
    if (!rule.unless.empty()) text += "; unless: " + reasons(rule);
    return text;
}

} // namespace retention
