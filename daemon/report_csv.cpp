#include "daemon/report.hpp"

#include <numeric>

namespace retention {
namespace {

std::string cell(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

std::string row(const std::vector<std::string>& texts) {
    std::string line;
    for (const std::string& text : texts) line += (line.empty() ? "" : ",") + cell(text);
    return line + "\r\n";
}

std::string date_or_nothing(const std::optional<Date>& date) {
    return date ? to_string(*date) : "";
}

std::vector<std::string> cells_of(const CategoryReport& report, Date as_of) {
    const Survey& survey = report.survey;
    const auto exempt = std::accumulate(survey.exempt.begin(), survey.exempt.end(), std::int64_t{0},
                                        [](std::int64_t sum, const ReasonCount& one) { return sum + one.records; });
    std::vector<std::string> cells = {report.category,          report.store,  report.table,
                                      to_string(report.action), report.period, date_or_nothing(report.cutoff)};
    for (const std::int64_t number : {survey.records, survey.due, survey.overdue, survey.retained, survey.held, exempt,
                                      survey.undated, survey.done})
        cells.push_back(std::to_string(number));
    cells.push_back(date_or_nothing(survey.oldest));
    cells.push_back(to_string(as_of));
    return cells;
}

} // namespace

std::string report_csv(const Report& report) {
    std::string text = row({"category", "store", "table", "action", "period", "cutoff", "records", "due", "overdue",
                            "retained", "held", "exempt", "undated", "done", "oldest", "as_of"});
    for (const CategoryReport& one : report.categories) text += row(cells_of(one, report.as_of));
    return text;
}

} // namespace retention
