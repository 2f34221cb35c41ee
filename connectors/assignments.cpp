#include "connectors/assignments.hpp"

#include <algorithm>

namespace retention {

namespace {

// What the server would set by itself is written back as it is, or an anonymised record would look touched today.
Sql unmoved(const Dialect& dialect, const Table& table, const std::vector<std::string>& written) {
    Sql set;
    for (const Column& column : table.columns) {
        if (!column.updates_itself) continue;
        if (std::find(written.begin(), written.end(), column.name) != written.end()) continue;
        set += ", " + Sql(dialect.quote(column.name)) + " = " + dialect.column(table.name, column.name);
    }
    return set;
}

Sql masks_of(const Dialect& dialect, const std::vector<PlannedMask>& masks, const Table& table,
             const std::string& pseudonym_key, std::vector<std::string>& written) {
    std::vector<Sql> set;
    for (const PlannedMask& mask : masks) {
        set.push_back(dialect.quote(mask.column->name) + " = " +
                      dialect.masked(mask, dialect.column(table.name, mask.column->name), pseudonym_key));
        written.push_back(mask.column->name);
    }
    return listed(set);
}

} // namespace

Sql assignments(const Dialect& dialect, const std::vector<PlannedMask>& masks, const Table& table,
                const std::string& pseudonym_key) {
    std::vector<std::string> written;
    const Sql set = masks_of(dialect, masks, table, pseudonym_key, written);
    return set + unmoved(dialect, table, written);
}

Sql record_assignments(const Dialect& dialect, const Plan& plan, const std::string& pseudonym_key) {
    std::vector<std::string> written;
    Sql set = masks_of(dialect, plan.masks, *plan.table, pseudonym_key, written);
    if (plan.marker) {
        if (!set.empty()) set += ", ";
        set += Sql(dialect.quote(plan.marker->name)) + " = " + dialect.mark(*plan.marker, plan.cutoffs.as_of);
        written.push_back(plan.marker->name);
    }
    return set + unmoved(dialect, *plan.table, written);
}

Sql detachment(const Dialect& dialect, const PlannedLink& link) {
    std::vector<Sql> set;
    for (const std::string& column : link.hops.back().on) set.emplace_back(dialect.quote(column) + " = NULL");
    return listed(set) + unmoved(dialect, link.table(), link.hops.back().on);
}

} // namespace retention
