#include "daemon/purge_question.hpp"

#include "daemon/table.hpp"
#include "daemon/wording.hpp"

#include <algorithm>
#include <istream>
#include <ostream>

namespace retention {
namespace {

// "anonymise 1,204 records of contacts, and with them: delete 5,012 of contact_notes"
std::string intention(const CategoryReport& report) {
    std::string text = to_string(report.action) + " " + counted(report.survey.due, "record") + " of " + report.category;
    std::vector<std::string> companions;
    for (const RelatedCount& one : report.survey.related)
        if (one.records > 0)
            companions.push_back(to_string(one.action) + " " + grouped(one.records) + " of " + one.table);
    return companions.empty() ? text : text + ", and with them: " + joined(companions);
}

} // namespace

bool agreed(const Report& due, std::optional<std::int64_t> limit, Context& context) {
    const auto is_due = [](const CategoryReport& report) { return report.survey.due > 0; };
    if (std::ranges::none_of(due.categories, is_due)) return true;
    for (const CategoryReport& report : due.categories)
        if (is_due(report)) context.err << printable(intention(report)) << '\n';
    for (const FailedCategory& failed : due.failed)
        context.err << printable(failed.category + " will be left out: " + failed.reason) << '\n';
    if (limit) context.err << "at most " << counted(*limit, "record") << " of these\n";
    context.err << "this cannot be undone. go on? [y/N] " << std::flush;
    std::string answer;
    std::getline(context.in, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

} // namespace retention
