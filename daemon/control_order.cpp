#include "daemon/control_request.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

namespace retention {
namespace {

namespace json = boost::json;

// Leaves the reading at once; never leaves this file.
struct Refused {
    ProblemDetails problem;
};

[[noreturn]] void refuse(std::string what, std::string hint) {
    throw Refused{{400, std::move(what), std::move(hint), ""}};
}

Date date_of(std::string_view text) {
    const auto date = parse_date(text);
    if (!date) refuse("as_of is no day of the calendar", "write it as 2026-11-21");
    return *date;
}

bool is_one_line(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= ' ' && c != 0x7f; });
}

void add_category(std::vector<std::string>& categories, std::string name) {
    if (!is_one_line(name)) refuse("a category without a usable name", "name it as the policy file does");
    if (std::find(categories.begin(), categories.end(), name) != categories.end())
        refuse("category " + name + " is named twice", "name it once");
    categories.push_back(std::move(name));
}

// The query, name by name. What nobody asks for is refused, and so is what is there twice.
class Query {
public:
    explicit Query(const RoutedRequest& request) : parts_(request.query) {}

    std::optional<std::string> value(std::string_view name) {
        asked_.emplace_back(name);
        std::optional<std::string> found;
        for (const auto& [key, value] : parts_) {
            if (key != name) continue;
            if (found) refuse(key + " is in the query twice", "name it once");
            found = value;
        }
        return found;
    }
    std::vector<std::string> categories() {
        asked_.emplace_back("category");
        std::vector<std::string> all;
        for (const auto& [key, value] : parts_)
            if (key == "category") add_category(all, value);
        return all;
    }
    void finish() const {
        for (const auto& [key, value] : parts_)
            if (std::find(asked_.begin(), asked_.end(), key) == asked_.end())
                refuse("the query has an unknown name " + key, asked_.empty() ? "leave it out" : "known: " + known());
    }

private:
    std::string known() const {
        std::string all;
        for (const auto& name : asked_) all += (all.empty() ? "" : ", ") + name;
        return all;
    }

    const std::vector<std::pair<std::string, std::string>>& parts_;
    std::vector<std::string> asked_;
};

std::optional<Date> as_of(Query& query) {
    const auto text = query.value("as_of");
    return text ? std::optional(date_of(*text)) : std::nullopt;
}

ReportOrder report_order(Query& query) {
    ReportOrder order;
    order.as_of = as_of(query);
    order.categories = query.categories();
    return order;
}

ExplainOrder explain_order(Query& query) {
    ExplainOrder order;
    const auto category = query.value("category"), key = query.value("key");
    if (!category || !is_one_line(*category)) refuse("no category", "add category=NAME");
    if (!key || key->empty()) refuse("no key", "add key=VALUE, or key=5,7 for a composite one");
    order.category = *category;
    order.key = *key;
    order.as_of = as_of(query);
    return order;
}

RunsOrder runs_order(Query& query) {
    RunsOrder order;
    const auto text = query.value("last");
    if (!text) return order;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), order.last);
    if (error != std::errc{} || end != text->data() + text->size() || order.last == 0 || order.last > most_runs)
        refuse("last is no number from 1 to " + std::to_string(most_runs), "add last=20");
    return order;
}

// Boost.JSON keeps the last of two members of one name, and says nothing. In a text that is valid, each colon outside
// of quotes belongs to a member.
std::size_t members_in(const std::string& text) {
    std::size_t members = 0;
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (quoted && text[at] == '\\')
            ++at;
        else if (text[at] == '"')
            quoted = !quoted;
        else if (!quoted && text[at] == ':')
            ++members;
    }
    return members;
}

json::object object_of(const std::string& body) {
    json::error_code error;
    json::parse_options strict; // no comments, no trailing commas, no broken UTF-8
    strict.max_depth = 3;
    const json::value value = json::parse(body, error, {}, strict);
    if (error) refuse("the body is no JSON: " + error.message(), R"(send {"categories": ["NAME"]})");
    if (!value.is_object()) refuse("the body is no JSON object", R"(send {"categories": ["NAME"]})");
    return value.get_object();
}

bool flag_of(const json::value& value, const std::string& name) {
    if (!value.is_bool()) refuse(name + " is neither true nor false", "leave it out for false");
    return value.get_bool();
}

void read_categories(const json::value& value, PurgeOrder& order) {
    if (!value.is_array() || value.get_array().empty())
        refuse("categories is no list of names", R"(send {"categories": ["NAME"]})");
    for (const auto& name : value.get_array()) {
        if (!name.is_string()) refuse("a category is no text", R"(send {"categories": ["NAME"]})");
        add_category(order.categories, std::string(name.get_string()));
    }
}

std::int64_t limit_of(const json::value& value) {
    if (!value.is_int64() || value.get_int64() <= 0)
        refuse("limit is no whole number above 0", "leave it out for none");
    return value.get_int64();
}

Date as_of(const json::value& value) {
    if (!value.is_string()) refuse("as_of is no text", "write it as \"2026-11-21\"");
    return date_of(std::string_view(value.get_string()));
}

PurgeOrder read_purge(const std::string& body) {
    const json::object members = object_of(body);
    PurgeOrder order;
    bool all = false;
    for (const auto& [name, value] : members) {
        if (name == "categories")
            read_categories(value, order);
        else if (name == "all")
            all = flag_of(value, "all");
        else if (name == "as_of")
            order.as_of = as_of(value);
        else if (name == "limit")
            order.limit = limit_of(value);
        else if (name == "yes")
            order.approved = flag_of(value, "yes");
        else
            refuse("the body has an unknown member " + std::string(name), "known: categories, all, as_of, limit, yes");
    }
    if (members_in(body) != members.size()) refuse("the body has a member twice", "name it once");
    if (all == !order.categories.empty())
        refuse(all ? "both categories and all" : "neither categories nor all",
               R"(send {"categories": ["NAME"]} or {"all": true})");
    return order;
}

void require_no_body(const std::string& body) {
    if (!body.empty() && (!object_of(body).empty())) refuse("this takes no body", "leave it out");
}

ControlOrder read_order(const RoutedRequest& request, const std::string& body) {
    Query query(request);
    ControlOrder order;
    if (request.route == Route::report) order = report_order(query);
    if (request.route == Route::explain) order = explain_order(query);
    if (request.route == Route::runs) order = runs_order(query);
    query.finish();
    if (request.route == Route::purge)
        order = read_purge(body);
    else
        require_no_body(body);
    if (!request.run.empty() && !is_one_line(request.run)) refuse("a run without a usable name", "see /v1/runs");
    return order;
}

} // namespace

std::variant<ControlOrder, ProblemDetails> order_of(const RoutedRequest& request, const std::string& body) {
    try {
        return read_order(request, body);
    } catch (Refused& refused) {
        return std::move(refused.problem);
    }
}

std::variant<PurgeOrder, ProblemDetails> purge_order(const std::string& body) {
    try {
        return read_purge(body);
    } catch (Refused& refused) {
        return std::move(refused.problem);
    }
}

} // namespace retention
