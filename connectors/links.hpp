#pragma once
// A link of the plan as SQL: from the row that it starts at to the rows that it reaches. Each linked table stands in a
// sub-select of its own with its `where`, so that a slip in the rule's SQL cannot bind to another table's columns.

#include "connectors/dialect.hpp"

#include <string>
#include <vector>

namespace retention {

// What the SQL of a rule is written with: the dates that its placeholders mean.
class RuleText {
public:
    RuleText(const Dialect& dialect, const Cutoffs& cutoffs) : dialect_(dialect), cutoffs_(cutoffs) {}
    // In brackets, placeholders bound.
    Sql operator()(const RuleSql&) const;

private:
    const Dialect& dialect_;
    const Cutoffs& cutoffs_;
};

// The tables, the join and the conditions of a link, to be put behind FROM and WHERE.
struct JoinedLink {
    Sql from, where;
    std::string alias; // of the last hop: its table's bare name, or `other` where the row before has that name
                       // (`another` where that name is `other` itself)
};

// `before`: the alias of the row that the link starts at. `extra`: more columns of the last hop's sub-select, evaluated
// where only that table is known. `identified`: the sub-select also yields the row's identity (row_alias).
JoinedLink join(const Dialect&, const RuleText&, const PlannedLink&, const std::string& before,
                const std::vector<Sql>& extra = {}, bool identified = false);

// The name under which identity column i appears in an identified sub-select.
std::string row_alias(std::size_t i);

} // namespace retention
