#include "daemon/report.hpp"

#include "daemon/wording.hpp"

#include <map>

namespace retention {
namespace {

using ReasonOf = std::map<std::string, std::string>; // category to reason

std::vector<std::string> warnings_of(const Problems& problems, const std::string& category) {
    std::vector<std::string> warnings;
    for (const Problem& problem : problems)
        if (problem.severity == Severity::warning && problem.category == category) warnings.push_back(problem.what);
    return warnings;
}

CategoryReport counted_plan(Session& session, const Plan& plan, const Problems& problems) {
    const Rule& rule = plan.rule;
    CategoryReport report;
    report.category = rule.category, report.store = rule.store, report.table = rule.table;
    report.action = rule.action;
    report.period = rule.period_text;
    if (plan.cutoffs.fixed) report.cutoff = plan.cutoffs.fixed->cutoff;
    report.survey = session.survey(plan);
    report.elsewhere = rule.elsewhere;
    report.warnings = warnings_of(problems, rule.category);
    return report;
}

using Counted = std::map<std::string, CategoryReport>;

void count_store(const StorePlans& plans, Counted& counted, ReasonOf& failed) {
    for (const StoppedCategory& stopped : plans.stopped)
        failed[stopped.category] = on_one_line({stopped.reason, stopped.hint});
    std::unique_ptr<Session> session;
    for (const auto& plan : plans.plans) {
        const std::string& category = plan->rule.category;
        try {
            if (!session) session = plans.connector->open(Access::read_only);
            counted.emplace(category, counted_plan(*session, *plan, plans.problems));
        } catch (const StoreError& error) {
            failed[category] = on_one_line(parted(error.what()));
            if (error.kind == StoreError::Kind::lost) session.reset();
        }
    }
}

} // namespace

Report make_report(const Configuration& configuration, const std::vector<StorePlans>& stores, Date as_of) {
    Counted counted;
    ReasonOf failed;
    for (const StorePlans& store : stores) count_store(store, counted, failed);
    Report report;
    report.as_of = as_of;
    report.timezone = configuration.zone.name();
    for (const Rule& rule : configuration.rules) {
        if (const auto found = counted.find(rule.category); found != counted.end())
            report.categories.push_back(std::move(found->second));
        if (const auto found = failed.find(rule.category); found != failed.end())
            report.failed.push_back({rule.category, rule.store, found->second});
    }
    return report;
}

} // namespace retention
