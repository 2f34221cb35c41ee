#include "daemon/purge_report.hpp"

#include "daemon/json_text.hpp"
#include "daemon/table.hpp"
#include "daemon/wording.hpp"

#include <boost/json.hpp>
#include <cmath>
#include <cstdio>
#include <ostream>

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
    return json_text(object);
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

} // namespace retention
