#include "tests/support/enforced_world.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <unistd.h>

namespace retention::test {
namespace {

// In memory where that is possible: nothing here pulls the plug, and a thousand worlds need not wait for a disk.
std::filesystem::path temporary_folder() {
    const std::filesystem::path memory = "/dev/shm";
    const auto parent = access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
    std::string name = (parent / "retention-world-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    return name;
}

Rule rule_of(const std::string& category, const std::string& store, Action action) {
    Rule rule;
    rule.category = category;
    rule.store = store;
    rule.table = category;
    rule.action = action;
    rule.period = FixedPeriod{{36, Unit::month}, std::nullopt};
    rule.period_text = "36 months";
    rule.limits.share = 1;
    return rule;
}

std::map<std::string, bool> records(int due, int kept) {
    std::map<std::string, bool> all;
    for (int number = 1; number <= due + kept; ++number) all[std::to_string(1000 + number)] = number <= due;
    return all;
}

std::shared_ptr<Plan> plan_of(const Rule& rule, Date as_of) {
    auto plan = std::make_shared<Plan>();
    plan->rule = rule;
    plan->cutoffs.as_of = as_of;
    plan->cutoffs.fixed = PeriodCutoffs{as_of - std::chrono::days(1096), as_of - std::chrono::days(1103), {}};
    PlannedRelated notes;
    notes.table = "notes";
    notes.action = Action::erase;
    plan->related.push_back(notes);
    return plan;
}

} // namespace

World::World() : folder_(temporary_folder()) {
    for (const auto* name : {"crm", "shop"}) {
        StoreSettings settings;
        settings.name = name;
        configuration.stores[name] = settings;
    }
    configuration.rules = {rule_of("contacts", "crm", Action::anonymise), rule_of("calls", "crm", Action::erase),
                           rule_of("orders", "shop", Action::erase)};
    configuration.rules.front().elsewhere = {"recordings under the archive"};
    stores["crm"].records = {{"contacts", records(5, 2)}, {"calls", records(3, 1)}};
    stores["shop"].records = {{"orders", records(4, 2)}};
    key.fill(7);
}

World::~World() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

Rule& World::rule(const std::string& category) {
    return *std::ranges::find(configuration.rules, category, &Rule::category);
}

std::int64_t World::left_due() const {
    std::int64_t due = 0;
    for (const auto& [name, store] : stores)
        for (const auto& [category, all] : store.records)
            due += std::ranges::count_if(all, [](const auto& record) { return record.second; });
    return due;
}

std::vector<StorePlans> World::plan(const Configuration& rules, Date as_of, const std::vector<std::string>& wanted) {
    std::vector<StorePlans> all;
    for (const auto& [name, settings] : rules.stores) {
        StorePlans plans;
        plans.store = &settings;
        const bool away = unreachable.contains(name);
        if (away) plans.failure = "out of reach";
        if (!away) plans.connector = std::make_unique<FailingConnector>(stores[name], faults, clock.reading());
        for (const auto& rule : rules.rules) {
            if (rule.store != name || (!wanted.empty() && std::ranges::count(wanted, rule.category) == 0)) continue;
            if (away || stopped.contains(rule.category))
                plans.stopped.push_back({rule.category, away ? "out of reach" : stopped[rule.category]});
            else
                plans.plans.push_back(plan_of(rule, as_of));
        }
        all.push_back(std::move(plans));
    }
    return all;
}

void World::with_process(const std::function<void(RunContext&)>& work) {
    faults.crashed = false;
    State state = State::acquire(folder_ / "state");
    AuditLog log(folder_ / "log", state, clock.now());
    RunContext context{log, key, clock.reading(), progress, stop};
    context.plan = [this](const auto& rules, Date as_of, const auto& wanted) { return plan(rules, as_of, wanted); };
    context.open_store = [this](const StoreSettings& settings, const Zone&) -> std::unique_ptr<Connector> {
        if (unreachable.contains(settings.name)) throw StoreError(StoreError::Kind::lost, "out of reach");
        return std::make_unique<FailingConnector>(stores[settings.name], faults, clock.reading());
    };
    context.pause = [this](std::chrono::microseconds time) { waited += time; };
    work(context);
}

std::optional<RunOutcome> World::process() {
    std::optional<RunOutcome> outcome;
    try {
        with_process([&](RunContext& context) {
            recover(configuration, context);
            outcome = enforce(configuration, request, context);
        });
    } catch (const Crash&) {
        return std::nullopt;
    }
    return outcome;
}

const CategoryOutcome& of(const RunOutcome& outcome, const std::string& category) {
    const auto found = std::ranges::find(outcome.categories, category, &CategoryOutcome::category);
    if (found == outcome.categories.end()) throw std::out_of_range("no outcome of " + category);
    return *found;
}

} // namespace retention::test
