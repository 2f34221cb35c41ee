#include "connectors/check_answers.hpp"

#include "connectors/check_findings.hpp"

#include <algorithm>

namespace retention {

namespace {

// The same pairs of columns, in any order.
bool same_pairs(const Catalogue& catalogue, const std::vector<std::string>& on, const std::vector<std::string>& via,
                const std::vector<std::string>& columns, const std::vector<std::string>& referenced) {
    if (on.size() != columns.size() || via.size() != on.size() || referenced.size() != on.size()) return false;
    for (std::size_t i = 0; i < on.size(); ++i) {
        bool found = false;
        for (std::size_t j = 0; j < columns.size(); ++j)
            found = found || (catalogue.same_name(on[i], columns[j]) && catalogue.same_name(via[i], referenced[j]));
        if (!found) return false;
    }
    return true;
}

bool follows(const Catalogue& catalogue, const PlannedLink& link, const Table& from, const ForeignKey& key) {
    if (link.hops.size() != 1) return false;
    const PlannedHop& hop = link.hops.front();
    return hop.table == &from && same_pairs(catalogue, hop.on, hop.via, key.columns, key.referenced);
}

std::string line(const std::string& key, const std::string& value) {
    return key + std::string(key.size() < 6 ? 6 - key.size() : 0, ' ') + " = " + value + "\n";
}

} // namespace

std::vector<const PlannedRelated*> answers_to(const Plan& plan, std::optional<std::size_t> deleter, const Table& from,
                                              const ForeignKey& key) {
    std::vector<const PlannedRelated*> answers;
    for (const PlannedRelated& entry : plan.related) {
        const auto& parents = entry.parents;
        const bool ours =
            deleter ? std::find(parents.begin(), parents.end(), *deleter) != parents.end() : parents.empty();
        if (ours && follows(*plan.catalogue, entry.link, from, key)) answers.push_back(&entry);
    }
    return answers;
}

bool exempted_by(const Plan& plan, const Table& from, const ForeignKey& key) {
    return std::any_of(plan.unless.begin(), plan.unless.end(), [&](const PlannedUnless& unless) {
        return unless.link && !unless.condition && !unless.link->sql && !unless.link->hops.back().where &&
               follows(*plan.catalogue, *unless.link, from, key);
    });
}

bool detachable(const Table& table, const std::vector<std::string>& columns) {
    return std::all_of(columns.begin(), columns.end(), [&](const std::string& name) {
        const Column* column = table.find(name);
        const bool in_key = std::any_of(table.primary_key.begin(), table.primary_key.end(),
                                        [&](const std::string& part) { return table.find(part) == column; });
        return column && column->nullable && !column->generated && !in_key;
    });
}

bool same_route(const Catalogue& catalogue, const PlannedRelated& a, const PlannedRelated& b) {
    if (a.parents != b.parents || a.link.hops.size() != b.link.hops.size()) return false;
    for (std::size_t i = 0; i < a.link.hops.size(); ++i) {
        const PlannedHop &left = a.link.hops[i], &right = b.link.hops[i];
        if (left.table != right.table || !same_pairs(catalogue, left.on, left.via, right.on, right.via)) return false;
    }
    return true;
}

std::string entry_to_paste(const Plan& plan, std::optional<std::size_t> deleter, const Table& from,
                           const ForeignKey& key) {
    const Catalogue& catalogue = *plan.catalogue;
    std::vector<std::string> parent_key;
    std::string text = "[[categories." + toml_key(plan.rule.category) + ".related]]\n";
    const Table* target = plan.table;
    if (deleter) {
        const PlannedRelated& entry = plan.related[*deleter];
        target = &entry.link.table();
        parent_key = target->primary_key;
        text += line("of", toml_string(entry.name.empty() ? entry.table : entry.name));
    } else {
        for (const Column* column : plan.key) parent_key.push_back(column->name);
    }
    text += line("table", toml_string(configured_name(catalogue, from)));
    text += line("on", toml_names(key.columns));
    const bool key_order =
        std::equal(key.referenced.begin(), key.referenced.end(), parent_key.begin(), parent_key.end(),
                   [&](const auto& a, const auto& b) { return catalogue.same_name(a, b); });
    if (!key_order) text += line("via", toml_names(key.referenced));
    const bool may_detach = detachable(from, key.columns);
    const bool detach = may_detach && (key.on_delete == OnDelete::set_null || &from == target || &from == plan.table);
    text += "action = " + std::string(detach ? "\"detach\"  # or \"delete\"" : "\"delete\"");
    if (may_detach && !detach) text += "  # or \"detach\"";
    return text;
}

} // namespace retention
