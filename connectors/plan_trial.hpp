#pragma once
// The statements of a plan, tried on the store before anything runs: what the store says against them. Each `where` on
// its own table alone first, so that a slip cannot silently bind to another table's column.

#include "connectors/row_sets.hpp"
#include "policies/problem.hpp"

#include <optional>
#include <string>

namespace retention {

class PlanTrial {
public:
    PlanTrial(const BoundPlan& on, RowSets& sets) : on_(on), sets_(sets) {}
    virtual ~PlanTrial() = default;

    Problems run();

protected:
    struct Refusal {
        std::string why;
        bool not_the_same_twice = false; // it asks for the present moment or for chance
    };
    // Prepares a statement that may only read; nothing where the store takes it.
    virtual std::optional<Refusal> attempt(const Sql&, const std::string& operation) = 0;
    // What else the engine can try: keys that are NULL, masks on a copy of some rows.
    virtual void data() {}

    void error(const Place&, std::string what, std::string hint);
    void warning(const Place&, std::string what, std::string hint);

    const BoundPlan& on_;
    RowSets& sets_;

private:
    void alone(const Table&, const std::optional<RuleSql>& where);
    void alone(const std::optional<PlannedLink>&);
    void conditions_alone();
    void query(const PlannedDate&);
    void both(const std::optional<PlannedLink>&, const Table& from);
    void conditions_on_both();
    void whole_statements();

    Problems problems_;
};

} // namespace retention
