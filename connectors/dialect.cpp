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

Sql Dialect::key_among(const std::vector<Sql>& key, const std::vector<const Column*>& of,
                       const std::vector<Key>& keys) const {
    const bool alone = key.size() == 1;
    Sql sql = (alone ? key.front() : "(" + listed(key) + ")") + " IN (";
    for (std::size_t i = 0; i < keys.size(); ++i) {
        sql += i > 0 ? ", " : "";
        sql += alone ? "" : "(";
        for (std::size_t k = 0; k < key.size(); ++k) {
            sql += k > 0 ? ", " : "";
            sql += key_value(*of[k], keys[i][k]);
        }
        sql += alone ? "" : ")";
    }
    return sql + ")";
}

Sql Dialect::compare(const std::vector<Sql>& columns, const char* comparison, const std::vector<Sql>& values) const {
    const std::string between = " " + std::string(comparison) + " ";
    if (columns.size() == 1) return columns.front() + between + values.front();
    return "(" + listed(columns) + ")" + between + "(" + listed(values) + ")";
}

} // namespace retention
