#include "daemon/report.hpp"
#include "daemon/table.hpp"
#include "daemon/wording.hpp"

#include <numeric>
#include <ostream>

namespace retention {
namespace {

std::string date_or_dash(const std::optional<Date>& date) {
    return date ? to_string(*date) : "-";
}

std::int64_t exempt_of(const Survey& survey) {
    return std::accumulate(survey.exempt.begin(), survey.exempt.end(), std::int64_t{0},
                           [](std::int64_t sum, const ReasonCount& one) { return sum + one.records; });
}

std::vector<Heading> rule_headings() {
    return {{"category"}, {"action"}, {"period"}, {"cutoff"}};
}

std::vector<std::string> rule_cells(const CategoryReport& report) {
    return {report.category, to_string(report.action), report.period, date_or_dash(report.cutoff)};
}

std::vector<Heading> count_headings() {
    std::vector<Heading> headings;
    for (const char* title : {"records", "due", "overdue", "retained", "held", "exempt", "undated", "done"})
        headings.push_back({title, Align::right});
    headings.push_back({"oldest"});
    return headings;
}

std::vector<std::string> count_cells(const Survey& survey) {
    std::vector<std::string> cells;
    for (const std::int64_t number : {survey.records, survey.due, survey.overdue, survey.retained, survey.held,
                                      exempt_of(survey), survey.undated, survey.done})
        cells.push_back(grouped(number));
    cells.push_back(date_or_dash(survey.oldest));
    return cells;
}

template <class Item>
std::vector<Item> operator+(std::vector<Item> left, const std::vector<Item>& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

TextTable whole_table(const Report& report) {
    TextTable table(rule_headings() + count_headings());
    for (const CategoryReport& one : report.categories) table.add(rule_cells(one) + count_cells(one.survey));
    return table;
}

// Where the whole table is wider than the terminal: the rules first, the counts below.
void print_halves(std::ostream& out, const Report& report, const Terminal& terminal) {
    TextTable rules(rule_headings());
    TextTable counts(std::vector<Heading>{{"category"}} + count_headings());
    for (const CategoryReport& one : report.categories) {
        rules.add(rule_cells(one));
        counts.add(std::vector<std::string>{one.category} + count_cells(one.survey));
    }
    rules.print(out, terminal);
    out << '\n';
    counts.print(out, terminal);
}

void print_table(std::ostream& out, const Report& report, const Terminal& terminal) {
    if (report.categories.empty()) return;
    const TextTable table = whole_table(report);
    if (terminal.interactive && table.width() > terminal.width)
        print_halves(out, report, terminal);
    else
        table.print(out, terminal);
}

std::vector<std::string> reasons_of(const Survey& survey) {
    std::vector<std::string> texts;
    for (const ReasonCount& one : survey.exempt)
        if (one.records > 0) texts.push_back(one.reason + " " + grouped(one.records));
    return texts;
}

std::vector<std::string> related_of(const Survey& survey) {
    std::vector<std::string> texts;
    for (const RelatedCount& one : survey.related)
        texts.push_back(to_string(one.action) + " " + grouped(one.records) + " of " + one.table);
    return texts;
}

std::vector<std::string> months_of(const Survey& survey) {
    std::vector<std::string> texts;
    for (const MonthCount& one : survey.upcoming)
        if (one.records > 0) texts.push_back(to_string(one.month) + " " + grouped(one.records));
    return texts;
}

void print_details(std::ostream& out, const CategoryReport& report, const Terminal& terminal) {
    const auto say = [&](const char* what, const std::vector<std::string>& texts, const char* between) {
        if (!texts.empty()) out << "  " << what << printable(joined(texts, between)) << '\n';
    };
    out << '\n' << painted(printable(report.category), Paint::bold, terminal);
    out << " (store " << printable(report.store) << ", table " << printable(report.table) << ")\n";
    say("exempt:       ", reasons_of(report.survey), ", ");
    say("goes with it: ", related_of(report.survey), ", ");
    say("coming:       ", months_of(report.survey), ", ");
    say("elsewhere:    ", report.elsewhere, "; ");
    for (const std::string& warning : report.warnings)
        out << "  " << painted("warning:", Paint::yellow, terminal) << ' ' << printable(warning) << '\n';
}

} // namespace

void print_report(std::ostream& out, const Report& report, const Terminal& terminal) {
    out << "As of " << to_string(report.as_of) << " (" << report.timezone << ")\n\n";
    print_table(out, report, terminal);
    for (const CategoryReport& one : report.categories) print_details(out, one, terminal);
    if (!report.failed.empty()) out << '\n';
    for (const FailedCategory& one : report.failed)
        out << painted("not counted:", Paint::red, terminal) << ' ' << printable(one.category) << " (store "
            << printable(one.store) << "): " << printable(one.reason) << '\n';
}

} // namespace retention
