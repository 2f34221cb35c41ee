// The report as report_json wrote it, read back: what the daemon counted, shown by a command.

#include "daemon/report.hpp"

#include <boost/json.hpp>
#include <stdexcept>

namespace retention {
namespace {

namespace json = boost::json;

std::string text_in(const json::object& from, std::string_view member) {
    return std::string(from.at(member).as_string());
}
std::int64_t number_in(const json::object& from, std::string_view member) {
    return from.at(member).to_number<std::int64_t>();
}
std::optional<Date> date_in(const json::object& from, std::string_view member) {
    const auto& value = from.at(member);
    return value.is_null() ? std::nullopt : std::optional(parse_date(std::string(value.as_string())).value());
}

Action action_in(const json::object& from) {
    return action_named(text_in(from, "action"));
}

Month month_in(const json::object& from) {
    return month_of(parse_date(text_in(from, "month") + "-01").value());
}

template <class Item, class Read>
void read_list(const json::object& from, std::string_view member, std::vector<Item>& items, Read read) {
    for (const auto& one : from.at(member).as_array()) items.push_back(read(one.as_object()));
}

std::vector<std::string> texts_in(const json::object& from, std::string_view member) {
    std::vector<std::string> texts;
    for (const auto& one : from.at(member).as_array()) texts.emplace_back(one.as_string());
    return texts;
}

Survey survey_of(const json::object& from) {
    Survey survey;
    survey.records = number_in(from, "records"), survey.due = number_in(from, "due");
    survey.overdue = number_in(from, "overdue"), survey.retained = number_in(from, "retained");
    survey.held = number_in(from, "held"), survey.undated = number_in(from, "undated");
    survey.done = number_in(from, "done"), survey.oldest = date_in(from, "oldest");
    read_list(from, "exempt", survey.exempt, [](const json::object& one) {
        return ReasonCount{text_in(one, "reason"), number_in(one, "records")};
    });
    read_list(from, "related", survey.related, [](const json::object& one) {
        return RelatedCount{text_in(one, "table"), action_in(one), number_in(one, "records")};
    });
    read_list(from, "upcoming", survey.upcoming, [](const json::object& one) {
        return MonthCount{month_in(one), number_in(one, "records")};
    });
    return survey;
}

CategoryReport category_of(const json::object& from) {
    CategoryReport report;
    report.category = text_in(from, "category"), report.store = text_in(from, "store");
    report.table = text_in(from, "table"), report.action = action_in(from);
    report.period = text_in(from, "period"), report.cutoff = date_in(from, "cutoff");
    report.survey = survey_of(from);
    report.elsewhere = texts_in(from, "elsewhere"), report.warnings = texts_in(from, "warnings");
    return report;
}

Report report_of(const json::object& from) {
    Report report;
    report.as_of = date_in(from, "as_of").value();
    report.timezone = text_in(from, "timezone");
    read_list(from, "categories", report.categories, category_of);
    read_list(from, "failed", report.failed, [](const json::object& one) {
        return FailedCategory{text_in(one, "category"), text_in(one, "store"), text_in(one, "reason")};
    });
    return report;
}

} // namespace

Report report_from_json(std::string_view text) {
    try {
        return report_of(json::parse(text).as_object());
    } catch (const std::exception& error) {
        throw std::runtime_error("this is no report: " + std::string(error.what()));
    }
}

} // namespace retention
