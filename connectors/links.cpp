#include "connectors/links.hpp"

#include <algorithm>

namespace retention {

Sql RuleText::operator()(const RuleSql& rule) const {
    Sql sql = "(";
    for (const auto& part : rule.parts) {
        if (const auto* text = std::get_if<std::string>(&part)) {
            sql += *text;
            continue;
        }
        const auto& placeholder = std::get<DatePlaceholder>(part);
        const bool as_of = placeholder.base == DatePlaceholder::Base::as_of;
        Date date = as_of ? cutoffs_.as_of : cutoffs_.fixed.value().cutoff;
        if (placeholder.minus) date = minus(date, *placeholder.minus);
        sql += placeholder.start ? dialect_.first_instant(date) : dialect_.date(date);
    }
    return sql + ")";
}

std::string row_alias(std::size_t i) {
    return "retentiond_row" + std::to_string(i);
}

namespace {

// A hop's table as one item of a FROM list.
Sql source(const Dialect& dialect, const RuleText& rule_text, const PlannedHop& hop, const std::string& alias,
           const std::vector<Sql>& extra, bool identified) {
    const Sql table = dialect.table(*hop.table);
    if (!hop.where && extra.empty() && !identified) return table + " AS " + dialect.quote(alias);
    Sql select = "(SELECT *";
    if (identified) {
        const auto identity = dialect.identity(*hop.table);
        for (std::size_t i = 0; i < identity.size(); ++i)
            select += ", " + dialect.column(hop.table->name, identity[i]) + " AS " + row_alias(i);
    }
    for (const Sql& column : extra) select += ", " + column;
    select += " FROM " + table;
    if (hop.where) select += " WHERE " + rule_text(*hop.where);
    return select + ") AS " + dialect.quote(alias);
}

// Some engines do not tell Other from other.
bool alike(const std::string& a, const std::string& b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

// For a link from a table to itself; `another` where the table itself has the name `other`.
std::string other_than(const std::string& before) {
    return alike(before, "other") ? "another" : "other";
}

} // namespace

JoinedLink join(const Dialect& dialect, const RuleText& rule_text, const PlannedLink& link, const std::string& before,
                const std::vector<Sql>& extra, bool identified) {
    JoinedLink joined;
    joined.alias = link.table().name == before ? other_than(before) : link.table().name;
    std::vector<Sql> from, where;
    std::string previous = before;
    for (const PlannedHop& hop : link.hops) {
        const bool last = &hop == &link.hops.back();
        std::string alias = last ? joined.alias : hop.table->name;
        if (!last && (alike(alias, before) || alike(alias, joined.alias))) alias = "retentiond_between";
        from.push_back(source(dialect, rule_text, hop, alias, last ? extra : std::vector<Sql>{}, last && identified));
        for (std::size_t i = 0; i < hop.on.size(); ++i)
            where.push_back(dialect.column(alias, hop.on[i]) + " = " + dialect.column(previous, hop.via[i]));
        previous = alias;
    }
    if (link.sql) where.push_back(rule_text(*link.sql));
    joined.from = listed(from);
    joined.where = all_of(where, "1 = 1");
    return joined;
}

} // namespace retention
