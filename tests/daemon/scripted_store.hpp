#pragma once
// A store that answers as its script says, for tests of what planning and reports make of the answers. It disposes of
// nothing.

#include "connectors/connector.hpp"
#include "connectors/plan.hpp"
#include "daemon/planning.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace retention::test {

struct Script {
    std::shared_ptr<const Catalogue> catalogue;
    std::string unreachable;                                            // why; empty: it answers
    std::map<std::string, Problems> tried;                              // by category: try_plan
    std::map<std::string, StoreError> failing;                          // by category: survey and try_plan throw
    std::map<std::pair<std::string, std::string>, std::int64_t> shared; // by the two categories
    std::map<std::pair<std::string, std::string>, std::int64_t> longer; // by category and own category
    std::map<std::string, Survey> surveys;                              // by category
    int opened = 0;
    std::vector<std::string> asked; // the categories that were tried or compared, in that order
    std::map<std::pair<std::string, std::string>, bool> asked_of_today; // how rows_kept_longer was asked
};

class ScriptedSession : public Session {
public:
    explicit ScriptedSession(Script& script) : script_(script) {}
    Catalogue catalogue() override { return *script_.catalogue; }
    Problems try_plan(const Plan& plan) override {
        script_.asked.push_back(plan.rule.category);
        fail(plan);
        const auto found = script_.tried.find(plan.rule.category);
        return found == script_.tried.end() ? Problems{} : found->second;
    }
    Problems advise(const Plan&) override { return {}; }
    Survey survey(const Plan& plan) override {
        fail(plan);
        return script_.surveys[plan.rule.category];
    }
    std::int64_t shared_records(const Plan& one, const Plan& other) override {
        script_.asked.push_back(one.rule.category + "+" + other.rule.category);
        return script_.shared[{one.rule.category, other.rule.category}];
    }
    std::int64_t rows_kept_longer(const Plan& plan, std::size_t, const Plan& own, bool today) override {
        script_.asked.push_back(plan.rule.category + ">" + own.rule.category);
        script_.asked_of_today[{plan.rule.category, own.rule.category}] = today;
        return script_.longer[{plan.rule.category, own.rule.category}];
    }
    std::optional<Explanation> explain(const Plan&, const std::vector<std::string>&) override { return std::nullopt; }
    std::unique_ptr<Walk> walk(const Plan&) override { return nullptr; }
    void prepare_witnesses() override {}
    std::vector<Witness> witnesses() override { return {}; }
    void mark(const std::string&) override {}
    Settled settle(const std::string&) override { return Settled::in_doubt; }
    std::vector<std::string> leave_no_trace() override { return {}; }
    std::optional<std::chrono::milliseconds> replica_lag() override { return std::nullopt; }
    Instant now() override { return {}; }
    void cancel() noexcept override {}

private:
    void fail(const Plan& plan) const {
        if (const auto found = script_.failing.find(plan.rule.category); found != script_.failing.end())
            throw found->second;
    }
    Script& script_;
};

class ScriptedConnector : public Connector {
public:
    explicit ScriptedConnector(Script& script) : script_(script) {}
    std::unique_ptr<Session> open(Access) override {
        if (!script_.unreachable.empty()) throw StoreError(StoreError::Kind::lost, script_.unreachable);
        ++script_.opened;
        return std::make_unique<ScriptedSession>(script_);
    }
    std::size_t most_writers() const override { return 1; }

private:
    Script& script_;
};

using Scripts = std::map<std::string, Script>; // by store

inline OpenStore scripted(Scripts& scripts) {
    return [&scripts](const StoreSettings& store, const Zone&) -> std::unique_ptr<Connector> {
        return std::make_unique<ScriptedConnector>(scripts.at(store.name));
    };
}

} // namespace retention::test
