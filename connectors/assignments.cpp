#include "connectors/assignments.hpp"

namespace retention {

Sql assignments(const Dialect& dialect, const std::vector<PlannedMask>& masks, const std::string& alias,
                const std::string& pseudonym_key) {
    std::vector<Sql> set;
    for (const PlannedMask& mask : masks)
        set.push_back(dialect.quote(mask.column->name) + " = " +
                      dialect.masked(mask, dialect.column(alias, mask.column->name), pseudonym_key));
    return listed(set);
}

Sql record_assignments(const Dialect& dialect, const Plan& plan, const std::string& pseudonym_key) {
    Sql set = assignments(dialect, plan.masks, plan.table->name, pseudonym_key);
    if (plan.marker)
        set += ", " + Sql(dialect.quote(plan.marker->name)) + " = " + dialect.mark(*plan.marker, plan.cutoffs.as_of);
    return set;
}

Sql detachment(const Dialect& dialect, const PlannedLink& link) {
    std::vector<Sql> set;
    for (const std::string& column : link.hops.back().on) set.emplace_back(dialect.quote(column) + " = NULL");
    return listed(set);
}

} // namespace retention
