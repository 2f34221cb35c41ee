#include "daemon/command_explain.hpp"

#include "daemon/configured.hpp"
#include "daemon/control_address.hpp"
#include "daemon/control_client.hpp"
#include "daemon/explain_record.hpp"
#include "daemon/explanation.hpp"

#include <boost/json.hpp>
#include <ostream>

namespace retention {
namespace {

ExitCode could_not(Context& context, const std::string& why) {
    context.err << "error: " << why << '\n';
    return ExitCode::incomplete;
}

ExitCode explain_here(const Options& options, Context& context, const StorePlans& store, Date as_of) {
    const Plan& plan = *store.plans.front();
    std::optional<Explanation> found;
    try {
        found = explained(store, options.key);
    } catch (const UnfitKey& unfit) {
        throw UsageError(unfit.what(), unfit.hint);
    } catch (const NoSuchRecord& none) {
        return could_not(context, std::string(none.what()) + "\nhint: " + none.hint);
    }
    const Told told{plan.rule, *found, as_of};
    if (options.format == Format::json)
        context.out << explanation_json(told);
    else
        print_explanation(context.out, told);
    return ExitCode::done;
}

ExitCode explain_by_daemon(const Options& options, Context& context) {
    const ControlClient daemon(control_socket(options, context));
    std::string target = "/v1/explain?category=" + in_query(options.categories[0]) + "&key=" + in_query(options.key);
    if (options.as_of) target += "&as_of=" + to_string(*options.as_of);
    const auto told = daemon.get_counted(target);
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
        if (!store.plans.empty()) return explain_here(options, context, store, as_of);
        for (const StoppedCategory& stopped : store.stopped)
            return could_not(context, stopped.category + " is stopped: " + stopped.reason +
                                          "\nhint: " + (stopped.hint.empty() ? "run retentiond check" : stopped.hint));
    }
    return could_not(context, options.categories[0] + " has no store");
}

} // namespace retention
