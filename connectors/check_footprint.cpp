#include "connectors/check_footprint.hpp"

#include "connectors/check_findings.hpp"

#include <algorithm>

namespace retention {

namespace {

template <class T>
Place place_of(const std::vector<T>& written, std::size_t i, const Plan& plan) {
    return i < written.size() ? written[i].place : plan.rule.place;
}

std::vector<const Table*> parents_of(const Plan& plan, const PlannedRelated& entry) {
    std::vector<const Table*> tables;
    for (const std::size_t parent : entry.parents) {
        const Table* table = &plan.related.at(parent).link.table();
        if (std::find(tables.begin(), tables.end(), table) == tables.end()) tables.push_back(table);
    }
    if (tables.empty()) tables.push_back(plan.table);
    return tables;
}

Place period_place(const Plan& plan) {
    const auto* stored = std::get_if<StoredPeriod>(&plan.rule.period);
    return stored ? stored->place : plan.rule.place;
}

void read_link(std::vector<ReadColumn>& read, const FollowedLink& followed) {
    const Table* before = followed.from;
    for (const PlannedHop& hop : followed.link->hops) {
        for (const std::string& name : hop.via) read.push_back({before, before->find(name), followed.purpose, false});
        for (const std::string& name : hop.on)
            read.push_back({hop.table, hop.table->find(name), followed.purpose, false});
        before = hop.table;
    }
}

Change change_of(const Plan& plan, const PlannedRelated& entry) {
    Change change{&entry.link.table(), entry.action == Action::erase, {}, &entry, entry.place};
    if (entry.action == Action::detach)
        for (const std::string& name : entry.link.hops.back().on)
            change.updates.push_back({change.table->find(name), entry.place});
    if (entry.action == Action::anonymise)
        for (const PlannedMask& mask : entry.masks) change.updates.push_back({mask.column, mask.mask.place});
    if (!change.place.line) change.place = plan.rule.place;
    return change;
}

} // namespace

const Table& parent_of(const Plan& plan, const PlannedRelated& entry) {
    return *parents_of(plan, entry).front();
}

std::vector<RuleDate> dates_of(const Plan& plan) {
    std::vector<RuleDate> dates;
    for (std::size_t i = 0; i < plan.triggers.size(); ++i)
        dates.push_back({&plan.triggers[i], "the trigger " + shown(plan.triggers[i].label),
                         place_of(plan.rule.triggers, i, plan), false});
    if (plan.fallback)
        dates.push_back({&*plan.fallback, "the fallback " + shown(plan.fallback->label),
                         plan.rule.fallback ? plan.rule.fallback->place : plan.rule.place, true});
    return dates;
}

std::vector<FollowedLink> links_of(const Plan& plan) {
    std::vector<FollowedLink> links;
    for (const RuleDate& date : dates_of(plan))
        if (date.date->link) links.push_back({&*date.date->link, plan.table, nullptr, date.name, date.place});
    if (plan.period && plan.period->link)
        links.push_back({&*plan.period->link, plan.table, nullptr, "the period", period_place(plan)});
    for (std::size_t i = 0; i < plan.unless.size(); ++i)
        if (const PlannedUnless& unless = plan.unless[i]; unless.link)
            links.push_back({&*unless.link, plan.table, nullptr, "the exemption " + shown(unless.reason),
                             place_of(plan.rule.unless, i, plan)});
    for (const PlannedRelated& entry : plan.related)
        for (const Table* parent : parents_of(plan, entry))
            links.push_back({&entry.link, parent, &entry, "the related rows of " + shown(entry.table), entry.place});
    return links;
}

std::vector<ReadColumn> columns_read(const Plan& plan) {
    std::vector<ReadColumn> read;
    const auto own_or_linked = [&](const std::optional<PlannedLink>& link) {
        return link ? &link->table() : plan.table;
    };
    for (const RuleDate& date : dates_of(plan))
        if (date.date->column) read.push_back({own_or_linked(date.date->link), date.date->column, date.name, true});
    if (plan.period && plan.period->column)
        read.push_back({own_or_linked(plan.period->link), plan.period->column, "the period", false});
    for (const FollowedLink& link : links_of(plan)) read_link(read, link);
    std::erase_if(read, [](const ReadColumn& column) { return !column.column; });
    return read;
}

std::vector<Change> changes_of(const Plan& plan) {
    std::vector<Change> changes{{plan.table, plan.deletes(), {}, nullptr, plan.rule.place}};
    if (!plan.deletes())
        for (const PlannedMask& mask : plan.masks) changes.front().updates.push_back({mask.column, mask.mask.place});
    for (const PlannedRelated& entry : plan.related)
        if (entry.action != Action::keep) changes.push_back(change_of(plan, entry));
    for (Change& change : changes)
        std::erase_if(change.updates, [](const ChangedColumn& update) { return !update.column; });
    return changes;
}

} // namespace retention
