#include "daemon/purge_by_daemon.hpp"

#include "daemon/audit_line.hpp"
#include "daemon/command_purge.hpp"
#include "daemon/control_address.hpp"
#include "daemon/control_client.hpp"
#include "daemon/progress_bar.hpp"
#include "daemon/purge_question.hpp"
#include "daemon/purge_report.hpp"

#include <boost/json.hpp>
#include <ostream>
#include <utility>

namespace retention {
namespace {

namespace json = boost::json;

std::string order_of(const Options& options) {
    json::object order;
    if (options.all)
        order["all"] = true;
    else
        order["categories"] = json::array(options.categories.begin(), options.categories.end());
    if (options.as_of) order["as_of"] = to_string(*options.as_of);
    if (options.limit) order["limit"] = *options.limit;
    order["yes"] = options.yes;
    return json::serialize(order);
}

// The run in the daemon, from its order to its end.
class WatchedRun {
public:
    WatchedRun(const ControlClient& daemon, Context& context)
        : daemon_(daemon), context_(context), bar_(context.err, context.err_terminal) {}

    void order(const std::string& order) {
        const auto answer = json::parse(daemon_.post("/v1/purge", order)).as_object();
        run_ = text_member(answer, "run");
        const auto* joined = answer.if_contains("joined");
        if (joined && joined->is_bool() && joined->get_bool())
            context_.err << "the same purge was asked for already; this is its run " << run_ << '\n';
    }

    // Nothing: the daemon ended before the run did.
    std::optional<RunOutcome> watch() {
        daemon_.follow(
            "/v1/runs/" + in_query(run_) + "/news", [this](const std::string& line) { show(line); },
            [this] { cancel(); });
        bar_.clear();
        return result_;
    }
    const std::string& run() const { return run_; }

private:
    void show(const std::string& line) {
        const auto news = json::parse(line).as_object();
        if (const auto* result = news.if_contains("result")) {
            result_ = purge_from_json(json::serialize(*result));
            return;
        }
        const auto category = text_member(news, "category");
        if (!category.empty())
            bar_.show(category, number_member(news, "disposed").value_or(0), number_member(news, "due").value_or(0),
                      context_.now());
        bar_.waits(text_member(news, "waits_for"));
    }

    void cancel() {
        bar_.clear();
        if (std::exchange(cancelled_, true)) return;
        context_.err << "the run ends after the batch in hand\n" << std::flush;
        try {
            daemon_.post("/v1/runs/" + in_query(run_) + "/cancel", "");
        } catch (const DaemonRefused&) { // it has ended meanwhile, and its result is on the way
        }
    }

    const ControlClient& daemon_;
    Context& context_;
    ProgressBar bar_;
    std::string run_;
    std::optional<RunOutcome> result_;
    bool cancelled_ = false;
};

} // namespace

ExitCode purge_by_daemon(const Options& options, Context& context) {
    const ControlClient daemon(control_socket(options, context));
    if (!options.yes && !agreed(report_from_json(daemon.get_counted(report_target(options))), options.limit, context)) {
        context.err << "nothing was done\n";
        return ExitCode::refused;
    }
    WatchedRun watched(daemon, context);
    watched.order(order_of(options));
    if (const auto outcome = watched.watch()) return tell_purge(options, *outcome, context);
    context.err << "error: the daemon ended before run " << watched.run()
                << " did\nhint: retentiond status, once it runs again; retentiond audit show --run " << watched.run()
                << '\n';
    return ExitCode::incomplete;
}

} // namespace retention
