#pragma once
// One record's story, for a person and for a program: what the store answered (connectors/survey.hpp) in the words of
// the rule. Pure.
//
//   contacts 5 is kept through 2027-03-01: 36 months after 2024-03-01 (calls.started_at)

#include "connectors/plan.hpp"
#include "connectors/survey.hpp"

#include <iosfwd>
#include <string>

namespace retention {

struct Told {
    const Rule& rule;
    const Explanation& found;
    Date as_of{};
};

// {"category", "store", "table", "key", "verdict", "trigger": {"date", "source"} or null, "triggers", "period",
// "kept_through", "due_from", "overdue", "exempt", "held", "related", "as_of", "words"}: the last is what
// print_explanation says
std::string explanation_json(const Told&);
void print_explanation(std::ostream&, const Told&);

} // namespace retention
