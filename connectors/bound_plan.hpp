#pragma once
// A plan on a store: its conditions with the periods that are in the data now. What survey, explain, checks and
// disposal take their expressions from. Read it within the transaction that uses it.

#include "connectors/conditions.hpp"
#include "connectors/database.hpp"

namespace retention {

class BoundPlan {
public:
    // Keeps references to all of them.
    BoundPlan(Database&, const Dialect&, const Plan&);
    BoundPlan(const BoundPlan&) = delete;
    BoundPlan& operator=(const BoundPlan&) = delete;

    Database& database;
    const Dialect& dialect;
    const Plan& plan;

private:
    AllStoredCutoffs stored_;

public:
    const Conditions conditions;

    const StoredCutoffs& periods() const { return stored_.at(&plan); }
    Sql from() const { return " FROM " + dialect.table(*plan.table); }
    std::vector<Sql> key() const; // its columns, by the table's bare name
};

} // namespace retention
