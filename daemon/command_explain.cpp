#include "daemon/command_explain.hpp"

#include "daemon/configured.hpp"
#include "daemon/control_address.hpp"
#include "daemon/control_client.hpp"
#include "daemon/explanation.hpp"
#include "daemon/wording.hpp"

#include <boost/json.hpp>
#include <ostream>

namespace retention {
namespace {

// "5,7" is two values where the key has two columns; a comma in a key of one column is a comma.
std::vector<std::string> split_key(const std::string& text, const Plan& plan) {
    if (plan.key.size() <= 1) return {text};
    std::vector<std::string> values(1);
    for (const char c : text)
        if (c == ',')
            values.emplace_back();
        else
            values.back() += c;
    if (values.size() == plan.key.size()) return values;
    std::vector<std::string> columns;
    for (const Column* column : plan.key) columns.push_back(column->name);
    throw UsageError("--key " + text + " does not fit the key of " + plan.rule.category,
                     "it has " + std::to_string(columns.size()) + " values, parted by commas: " + joined(columns));
}

ExitCode could_not(Context& context, const std::string& why) {
    context.err << "error: " << why << '\n';
    return ExitCode::incomplete;
}

ExitCode tell(const Options& options, Context& context, const Told& told) {
    if (options.format == Format::json)
        context.out << explanation_json(told);
    else
        print_explanation(context.out, told);
    return ExitCode::done;
}

ExitCode explain_record(const Options& options, Context& context, const StorePlans& store, Date as_of) {
    const Plan& plan = *store.plans.front();
    const auto session = store.connector->open(Access::read_only);
    const auto found = session->explain(plan, split_key(options.key, plan));
    if (found) return tell(options, context, {plan.rule, *found, as_of});
    return could_not(context, "no record of " + plan.rule.category + " has the key " + options.key +
                                  "\nhint: the key is " + (plan.key.size() == 1 ? plan.key[0]->name : "composite") +
                                  " of table " + plan.rule.table + ", and the rule's `where` must be true of it");
}

ExitCode explain_by_daemon(const Options& options, Context& context) {
    const ControlClient daemon(control_socket(options, context));
    std::string target = "/v1/explain?category=" + in_query(options.categories[0]) + "&key=" + in_query(options.key);
    if (options.as_of) target += "&as_of=" + to_string(*options.as_of);
    const auto told = daemon.get(target);
    context.out << (options.format == Format::json
                        ? told
                        : std::string(boost::json::parse(told).as_object().at("words").as_string()));
    return ExitCode::done;
}

} // namespace

ExitCode explain(const Options& options, Context& context) {
    if (options.categories.size() != 1) throw UsageError("explain takes one --category", "say it once");
    if (asks_daemon(options)) return explain_by_daemon(options, context);
    const auto configuration = configured(options, context);
    if (!configuration) return ExitCode::usage;
    require_categories(*configuration, options.categories);
    const Date as_of = options.as_of.value_or(today(*configuration, context));
    const auto stores = plan_stores(*configuration, as_of, options.categories, context.open_store);
    for (const StorePlans& store : stores) {
        if (!store.plans.empty()) return explain_record(options, context, store, as_of);
        for (const StoppedCategory& stopped : store.stopped)
            return could_not(context, stopped.category + " is stopped: " + stopped.reason +
                                          "\nhint: " + (stopped.hint.empty() ? "run retentiond check" : stopped.hint));
    }
    return could_not(context, options.categories[0] + " has no store");
}

} // namespace retention
