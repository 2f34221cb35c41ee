#include "connectors/plan_names.hpp"

namespace retention {

namespace {

std::string list(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

} // namespace

void Names::error(const Place& place, std::string what, std::string hint) {
    problems_.push_back({Severity::error, place, category_, std::move(what), std::move(hint)});
}

const Table* Names::table(const std::string& name, const Place& place) {
    if (const Table* table = catalogue_.find(name)) return table;
    std::vector<std::string> known;
    for (const Table& table : catalogue_.tables)
        if (table.kind == TableKind::table && known.size() < 30) known.push_back(table.name);
    error(place, "the store has no table '" + name + "'", "it has: " + list(known));
    return nullptr;
}

const Column* Names::column(const Table& table, const std::string& name, const Place& place) {
    if (const Column* column = table.find(name)) return column;
    std::vector<std::string> known;
    for (const Column& column : table.columns) known.push_back(column.name);
    error(place, "the table '" + table.name + "' has no column '" + name + "'", "it has: " + list(known));
    return nullptr;
}

std::optional<PlannedHop> Names::hop(const Hop& hop, const Table& from, const std::vector<std::string>& key) {
    PlannedHop planned;
    planned.table = table(hop.table, hop.place);
    if (!planned.table) return std::nullopt;
    planned.where = hop.where;
    const auto& on = hop.on.empty() ? planned.table->primary_key : hop.on;
    const auto& via = hop.via.empty() ? key : hop.via;
    if (on.size() != via.size() || on.empty()) {
        error(hop.place,
              "the link to '" + hop.table + "' pairs (" + list(on) + ") with (" + list(via) + ") of '" + from.name +
                  "'",
              "`on` and `via` name as many columns each; without one of them the key of that table stands in");
        return std::nullopt;
    }
    bool known = true;
    for (std::size_t i = 0; i < on.size(); ++i) {
        const Column* there = column(*planned.table, on[i], hop.place);
        const Column* here = column(from, via[i], hop.place);
        known = known && there && here;
        if (!known) continue;
        planned.on.push_back(there->name);
        planned.via.push_back(here->name);
    }
    return known ? std::optional(std::move(planned)) : std::nullopt;
}

std::optional<PlannedLink> Names::link(const Link& link, const Table& from, const std::vector<std::string>& key) {
    PlannedLink planned;
    planned.sql = link.sql;
    const Table* before = &from;
    std::vector<std::string> before_key = key;
    if (link.through) {
        auto between = hop(*link.through, from, key);
        if (!between) return std::nullopt;
        before = between->table;
        before_key = before->primary_key;
        planned.hops.push_back(std::move(*between));
    }
    auto last = hop(link, *before, before_key);
    if (!last) return std::nullopt;
    planned.hops.push_back(std::move(*last));
    return planned;
}

} // namespace retention
