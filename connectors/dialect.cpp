#include "connectors/dialect.hpp"

namespace retention {

Sql Dialect::falls_before(const Sql& value, const PlannedDate& date, Date day_after) const {
    const Sql falls = day_of(value, date) + " < " + day(day_after);
    const Sql maybe = maybe_before(value, date, day_after);
    return maybe.empty() ? falls : "(" + maybe + " AND " + falls + ")";
}

Sql Dialect::falls_from(const Sql& value, const PlannedDate& date, Date first) const {
    return day_of(value, date) + " >= " + day(first);
}

Sql Dialect::compare(const std::vector<Sql>& columns, const char* comparison, const std::vector<Sql>& values) const {
    const std::string between = " " + std::string(comparison) + " ";
    if (columns.size() == 1) return columns.front() + between + values.front();
    return "(" + listed(columns) + ")" + between + "(" + listed(values) + ")";
}

} // namespace retention
