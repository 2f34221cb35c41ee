#include "daemon/purge_report.hpp"

#include "daemon/json_text.hpp"
#include "daemon/table.hpp"
#include "daemon/wording.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <cstdio>
#include <ostream>
#include <stdexcept>

namespace retention {
namespace {

namespace json = boost::json;

double rounded(double seconds) {
    return std::round(seconds * 1000) / 1000;
}

json::value json_of(const RelatedCount& related) {
    return json::object{{"table", related.table}, {"action", to_string(related.action)}, {"records", related.records}};
}

json::value json_of(const CategoryOutcome& category) {
    json::array related;
    for (const RelatedCount& one : category.related) related.push_back(json_of(one));
    json::object object{{"category", category.category},
                        {"store", category.store},
                        {"table", category.table},
                        {"action", to_string(category.action)},
                        {"outcome", to_string(category.outcome)}};
    if (category.outcome != Outcome::completed) object["reason"] = category.reason;
    object["disposed"] = category.disposed;
    object["related"] = related;
    object["batches"] = category.batches;
    object["seconds"] = rounded(category.seconds);
    return object;
}

Action action_of(const json::object& from) {
    return action_named(from.at("action").as_string());
}
Outcome outcome_of(const json::object& from) {
    const auto name = from.at("outcome").as_string();
    for (const Outcome one : {Outcome::completed, Outcome::partial, Outcome::refused, Outcome::failed})
        if (to_string(one) == std::string_view(name)) return one;
    throw std::runtime_error("unknown outcome \"" + std::string(name) + "\"");
}
std::string text_of(const json::object& from, std::string_view member) {
    const auto* value = from.if_contains(member);
    return value ? std::string(value->as_string()) : std::string();
}

CategoryOutcome category_of(const json::object& from) {
    CategoryOutcome category;
    category.category = text_of(from, "category");
    category.store = text_of(from, "store");
    category.table = text_of(from, "table");
    category.action = action_of(from);
    category.outcome = outcome_of(from);
    category.reason = text_of(from, "reason");
    category.disposed = from.at("disposed").as_int64();
    category.batches = from.at("batches").as_int64();
    category.seconds = from.at("seconds").to_number<double>();
    for (const auto& one : from.at("related").as_array())
        category.related.push_back(
            {text_of(one.as_object(), "table"), action_of(one.as_object()), one.as_object().at("records").as_int64()});
    return category;
}

// The run's reason is that of a category, unless the audit log failed: then every category's is of its own.
std::string log_failure_of(const RunOutcome& run, const std::string& reason) {
    if (run.outcome == Outcome::completed) return "";
    for (const CategoryOutcome& one : run.categories)
        if (reason == one.category + ": " + one.reason) return "";
    return reason;
}

RunOutcome run_of(const json::object& from) {
    RunOutcome run;
    run.run = text_of(from, "run");
    run.outcome = outcome_of(from);
    const auto as_of = parse_date(text_of(from, "as_of"));
    if (!as_of) throw std::runtime_error("as_of is no date");
    run.as_of = *as_of;
    for (const auto& one : from.at("categories").as_array()) run.categories.push_back(category_of(one.as_object()));
    for (const auto& one : from.at("remains").as_array()) run.remains.emplace_back(one.as_string());
    run.log_failure = log_failure_of(run, text_of(from, "reason"));
    return run;
}

std::string seconds_text(double seconds) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f", seconds);
    return text;
}

std::string related_text(const CategoryOutcome& category) {
    std::vector<std::string> texts;
    for (const RelatedCount& one : category.related)
        if (one.records > 0) texts.push_back(to_string(one.action) + " " + grouped(one.records) + " of " + one.table);
    return texts.empty() ? "-" : joined(texts);
}

Paint paint_of(Outcome outcome) {
    switch (outcome) {
    case Outcome::completed:
        return Paint::green;
    case Outcome::partial:
        return Paint::yellow;
    case Outcome::refused:
    case Outcome::failed:
        return Paint::red;
    }
    return Paint::red;
}

TextTable table_of(const RunOutcome& run) {
    TextTable table({{"category"},
                     {"action"},
                     {"outcome"},
                     {"disposed", Align::right},
                     {"batches", Align::right},
                     {"seconds", Align::right},
                     {"with it"}});
    for (const CategoryOutcome& one : run.categories)
        table.add({one.category, to_string(one.action), to_string(one.outcome), grouped(one.disposed),
                   grouped(one.batches), seconds_text(one.seconds), related_text(one)});
    return table;
}

} // namespace

std::string purge_json(const RunOutcome& run) {
    json::array categories;
    for (const CategoryOutcome& one : run.categories) categories.push_back(json_of(one));
    json::object object{{"run", run.run}, {"as_of", to_string(run.as_of)}, {"outcome", to_string(run.outcome)}};
    // The run's outcome is the worst of its categories: so is its reason, unless the audit log itself failed.
    for (const CategoryOutcome& one : run.categories)
        if (run.outcome != Outcome::completed && one.outcome == run.outcome && !object.contains("reason"))
            object["reason"] = run.log_failure.empty() ? one.category + ": " + one.reason : run.log_failure;
    object["categories"] = categories;
    object["remains"] = json::array(run.remains.begin(), run.remains.end());
    return json_text(object);
}

RunOutcome purge_from_json(std::string_view text) {
    try {
        return run_of(json::parse(text).as_object());
    } catch (const std::exception& error) {
        throw std::runtime_error("this is no account of a purge: " + std::string(error.what()));
    }
}

void print_purge(std::ostream& out, const RunOutcome& run, const Terminal& terminal) {
    table_of(run).print(out, terminal);
    for (const CategoryOutcome& one : run.categories)
        if (one.outcome != Outcome::completed)
            out << painted(to_string(one.outcome) + ":", paint_of(one.outcome), terminal) << ' '
                << printable(one.category) << ": " << printable(one.reason) << '\n';
    for (const std::string& remains : run.remains) out << "remains: " << printable(remains) << '\n';
    out << "Run " << run.run << " as of " << to_string(run.as_of) << ": "
        << painted(to_string(run.outcome), paint_of(run.outcome), terminal) << '\n';
}

ExitCode exit_code_of(const RunOutcome& run) {
    const auto any = [&](Outcome outcome) {
        return run.outcome == outcome ||
               std::ranges::any_of(run.categories, [&](const CategoryOutcome& one) { return one.outcome == outcome; });
    };
    if (any(Outcome::failed)) return ExitCode::incomplete;
    if (any(Outcome::refused)) return ExitCode::refused;
    return any(Outcome::partial) ? ExitCode::incomplete : ExitCode::done;
}

} // namespace retention
