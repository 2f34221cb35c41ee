#include "connectors/evidence_elsewhere.hpp"

#include "connectors/check_words.hpp"

#include <algorithm>
#include <array>

namespace retention {

namespace {

// Functions that look at their arguments alone. Any other one may read a table: who wrote it knows.
bool looks_at_arguments(const SqlWord& word) {
    constexpr std::array<std::string_view, 40> known{
        "and",   "or",    "not",    "in",          "any",    "all",       "some",    "between",    "values",  "as",
        "on",    "over",  "filter", "coalesce",    "nullif", "greatest",  "least",   "lower",      "upper",   "trim",
        "ltrim", "rtrim", "length", "char_length", "substr", "substring", "left",    "right",      "replace", "concat",
        "abs",   "round", "floor",  "ceil",        "mod",    "cast",      "extract", "date_trunc", "year",    "month"};
    return std::ranges::any_of(known, [&](std::string_view one) { return word.is(one); });
}

bool may_read_tables(const std::optional<RuleSql>& sql) {
    if (!sql) return false;
    const auto words = words_of(sql->source);
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i].is("select") || words[i].is("table")) return true;
        const bool call = words[i].is_name() && i + 1 < words.size() && words[i + 1].is("(");
        if (call && !looks_at_arguments(words[i])) return true;
    }
    return false;
}

} // namespace

bool has_evidence_elsewhere(const Plan& plan) {
    const auto linked = [](const PlannedDate& date) { return date.link || date.query; };
    const auto bears = [](const PlannedUnless& unless) { return unless.link || may_read_tables(unless.condition); };
    return may_read_tables(plan.rule.where) || std::ranges::any_of(plan.triggers, linked) ||
           (plan.fallback && linked(*plan.fallback)) || (plan.period && plan.period->link) ||
           std::ranges::any_of(plan.unless, bears) ||
           std::ranges::any_of(plan.yields_to, [](const auto& other) { return has_evidence_elsewhere(*other); });
}

} // namespace retention
