#pragma once
// What the sessions of all engines share: questions that the plan's expressions answer. An engine adds its connection,
// its dialect, its catalogue and its walk. The parts stand in survey_query.cpp, explain_query.cpp and sql_session.cpp.

#include "connectors/bound_plan.hpp"
#include "connectors/connector.hpp"

namespace retention {

class SqlSession : public Session {
public:
    Problems advise(const Plan&) override;
    Survey survey(const Plan&) override;
    Count count(const Plan&, double share) override;
    std::optional<Explanation> explain(const Plan&, const std::vector<std::string>& key) override;
    std::int64_t shared_records(const Plan&, const Plan&) override;
    std::int64_t rows_kept_longer(const Plan&, std::size_t entry, const Plan& own, bool today) override;

protected:
    virtual Database& database() = 0;
    virtual const Dialect& dialect() const = 0;

    // Of all records no more are counted than are enough for the share; above 0. `due` is known already.
    static void count_members(const BoundPlan&, double share, Count&);
};

} // namespace retention
