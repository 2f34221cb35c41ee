#include "daemon/json_text.hpp"
#include "daemon/report.hpp"

#include <boost/json.hpp>

namespace retention {
namespace {

namespace json = boost::json;

template <class Items, class Write>
json::array listed(const Items& items, Write write) {
    json::array list;
    for (const auto& item : items) list.push_back(write(item));
    return list;
}

json::value date_or_null(const std::optional<Date>& date) {
    return date ? json::value(json::string(to_string(*date))) : json::value(nullptr);
}

json::value text(const std::string& one) {
    return json::value(one);
}

json::value reason(const ReasonCount& one) {
    return json::object{{"reason", one.reason}, {"records", one.records}};
}

json::value related(const RelatedCount& one) {
    return json::object{{"table", one.table}, {"action", to_string(one.action)}, {"records", one.records}};
}

json::value month(const MonthCount& one) {
    return json::object{{"month", to_string(one.month)}, {"records", one.records}};
}

json::value category(const CategoryReport& report) {
    const Survey& survey = report.survey;
    return json::object{{"category", report.category},
                        {"store", report.store},
                        {"table", report.table},
                        {"action", to_string(report.action)},
                        {"period", report.period},
                        {"cutoff", date_or_null(report.cutoff)},
                        {"records", survey.records},
                        {"due", survey.due},
                        {"overdue", survey.overdue},
                        {"retained", survey.retained},
                        {"held", survey.held},
                        {"exempt", listed(survey.exempt, reason)},
                        {"undated", survey.undated},
                        {"done", survey.done},
                        {"oldest", date_or_null(survey.oldest)},
                        {"related", listed(survey.related, related)},
                        {"upcoming", listed(survey.upcoming, month)},
                        {"elsewhere", listed(report.elsewhere, text)},
                        {"warnings", listed(report.warnings, text)}};
}

json::value failure(const FailedCategory& failed) {
    return json::object{{"category", failed.category}, {"store", failed.store}, {"reason", failed.reason}};
}

} // namespace

std::string report_json(const Report& report) {
    return json_text(json::object{{"as_of", to_string(report.as_of)},
                                  {"timezone", report.timezone},
                                  {"categories", listed(report.categories, category)},
                                  {"failed", listed(report.failed, failure)}});
}

} // namespace retention
