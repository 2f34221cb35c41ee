// The status as JSON, both ways. What a person sees of it: daemon/status_screen.cpp.

#include "daemon/service_status.hpp"
#include "daemon/audit_line.hpp"
#include "daemon/json_text.hpp"

#include <boost/json.hpp>
#include <stdexcept>

namespace retention {
namespace {

namespace json = boost::json;

// One list of members for each part serves both directions, so that they cannot differ: `Out` puts them into an
// object, `In` takes them from one. A member that is missing or of another type is an error.

json::value value_of(const std::string& text) {
    return json::value(text);
}
json::value value_of(std::int64_t number) {
    return json::value(number);
}
json::value value_of(std::uint64_t number) {
    return json::value(number);
}
json::value value_of(double number) {
    return json::value(number);
}
json::value value_of(Instant instant) {
    return json::value(audit_time(instant));
}
json::value value_of(Date date) {
    return json::value(to_string(date));
}
json::value value_of(const std::vector<std::string>& texts) {
    return json::array(texts.begin(), texts.end());
}
template <class Value>
json::value value_of(const std::optional<Value>& value) {
    return value ? value_of(*value) : json::value(nullptr);
}

void take(const json::value& from, std::string& text) {
    text = std::string(from.as_string());
}
void take(const json::value& from, std::int64_t& number) {
    number = from.to_number<std::int64_t>();
}
void take(const json::value& from, std::uint64_t& number) {
    number = from.to_number<std::uint64_t>();
}
void take(const json::value& from, double& number) {
    number = from.to_number<double>();
}
void take(const json::value& from, Instant& instant) {
    instant = parse_audit_time(from.as_string()).value();
}
void take(const json::value& from, Date& date) {
    date = parse_date(std::string(from.as_string())).value();
}
void take(const json::value& from, std::vector<std::string>& texts) {
    for (const auto& one : from.as_array()) texts.emplace_back(one.as_string());
}
template <class Value>
void take(const json::value& from, std::optional<Value>& value) {
    if (!from.is_null()) take(from, value.emplace());
}

struct Out {
    json::object object;
    template <class Value>
    void operator()(const char* name, const Value& value) {
        object[name] = value_of(value);
    }
    template <class Part, class Members>
    void list(const char* name, const std::vector<Part>& parts, Members members) {
        json::array all;
        for (const Part& part : parts) {
            Out out;
            members(out, part);
            all.push_back(std::move(out.object));
        }
        object[name] = std::move(all);
    }
};

struct In {
    const json::object& object;
    template <class Value>
    void operator()(const char* name, Value& value) {
        take(object.at(name), value);
    }
    template <class Part, class Members>
    void list(const char* name, std::vector<Part>& parts, Members members) {
        for (const auto& one : object.at(name).as_array()) {
            In in{one.as_object()};
            members(in, parts.emplace_back());
        }
    }
};

constexpr auto run_members = [](auto& each, auto& run) {
    each("run", run.run), each("actor", run.actor), each("state", run.state), each("since", run.since);
    each("categories", run.categories), each("category", run.category);
    each("disposed", run.disposed), each("due", run.due), each("waits_for", run.waits_for);
};

constexpr auto store_members = [](auto& each, auto& store) {
    each("store", store.store), each("state", store.state), each("reason", store.reason);
    each("since", store.since), each("next_try", store.next_try);
};

constexpr auto waited_members = [](auto& each, auto& waited) {
    each("reason", waited.reason), each("seconds", waited.seconds);
};

constexpr auto category_members = [](auto& each, auto& category) {
    each("category", category.category), each("store", category.store), each("action", category.action);
    each("next_run", category.next_run);
    each("run", category.run), each("outcome", category.outcome), each("reason", category.reason);
    each("finished", category.finished), each("disposed", category.disposed);
    each("last_success", category.last_success), each("disposed_total", category.disposed_total);
    each("batches_total", category.batches_total), each("seconds_total", category.seconds_total);
    each.list("waited", category.waited, waited_members);
    each("not_counted", category.not_counted);
    each("counted_as_of", category.counted_as_of), each("due", category.due), each("overdue", category.overdue);
    each("exempt", category.exempt), each("undated", category.undated), each("oldest_due", category.oldest_due);
    each("oldest_overdue_days", category.oldest_overdue_days);
};

constexpr auto status_members = [](auto& each, auto& status) {
    each("version", status.version), each("now", status.now), each("started", status.started);
    each("timezone", status.timezone), each("configuration", status.configuration), each("loaded", status.loaded);
    each("not_loaded", status.not_loaded), each("audit_seq", status.audit_seq), each("audit_time", status.audit_time);
    each("stopped", status.stopped);
    each.list("runs", status.runs, run_members);
    each.list("stores", status.stores, store_members);
    each.list("categories", status.categories, category_members);
    each("waits_for_you", status.waits_for_you), each("late", status.late);
};

} // namespace

std::string status_json(const ServiceStatus& status) {
    Out out;
    const auto faults = status.faults();
    out.object["healthy"] = faults.empty();
    out.object["faults"] = value_of(faults);
    status_members(out, status);
    return json_text(out.object);
}

ServiceStatus status_from_json(const std::string& text) {
    try {
        const auto value = json::parse(text);
        In in{value.as_object()};
        ServiceStatus status;
        status_members(in, status);
        return status;
    } catch (const std::exception& error) {
        throw std::runtime_error("this is no status of a daemon: " + std::string(error.what()));
    }
}

std::vector<std::string> ServiceStatus::faults() const {
    std::vector<std::string> all;
    if (!stopped.empty()) all.push_back("nothing is disposed of: " + stopped);
    if (!not_loaded.empty()) all.push_back("the new configuration was not taken: " + not_loaded);
    for (const StoreStatus& store : stores)
        if (store.state == "unreachable" || store.state == "in doubt")
            all.push_back("store " + store.store + " is " + store.state + ": " + store.reason);
    for (const CategoryStatus& category : categories)
        if (!category.not_counted.empty())
            all.push_back(category.category + " was not counted: " + category.not_counted);
    for (const CategoryStatus& category : categories)
        if (category.outcome == "failed" || category.outcome == "refused")
            all.push_back(category.category + " " + (category.outcome == "failed" ? "failed" : "was refused") + ": " +
                          category.reason);
    all.insert(all.end(), late.begin(), late.end());
    return all;
}

} // namespace retention
