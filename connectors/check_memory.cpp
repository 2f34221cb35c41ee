#include "connectors/check_memory.hpp"

#include "connectors/check_findings.hpp"
#include "connectors/check_readings.hpp"

#include <algorithm>

namespace retention {

namespace {

// Counting so never ends before counting in the other way, from the same trigger.
bool starts_no_earlier(const Counting& a, const Counting& b) {
    if (b.starts == Starts::at_trigger) return true;
    if (a.starts == b.starts)
        return a.starts != Starts::end_of_financial_year || a.financial_year_ends == b.financial_year_ends;
    return a.starts == Starts::end_of_year && b.starts == Starts::end_of_month;
}

// Whatever the remover reads as a date, the reader reads as the same one.
bool reads_alike(const PlannedDate& remover, const PlannedDate& reader) {
    return remover.format == reader.format && (remover.earliest == reader.earliest || !reader.earliest);
}

// A row goes only once the reader has no more use for it: it goes by the very date that the reader counts from, and
// after a period that never ends before the reader's.
bool goes_late_enough(const Plan& remover, const Change& change, const Plan& reader, const Reading& reading) {
    const auto* theirs = std::get_if<FixedPeriod>(&remover.rule.period);
    const auto* ours = std::get_if<FixedPeriod>(&reader.rule.period);
    const bool by_own_date = !change.entry && !remover.fallback && remover.triggers.size() == 1 &&
                             remover.triggers.front().column && !remover.triggers.front().link;
    if (!theirs || !ours || !by_own_date || !reading.holds_date || !reading.trigger->column) return false;
    return remover.catalogue->same_name(remover.triggers.front().column->name, reading.trigger->column->name) &&
           reads_alike(remover.triggers.front(), *reading.trigger) &&
           starts_no_earlier(remover.rule.counting, reader.rule.counting) &&
           never_ends_before(theirs->at_least, ours->at_least);
}

// Two categories of one table have records of their own, and each record takes only its own rows along.
bool goes_with_other_records(const Plan& remover, const Change& change, const Plan& reader, const Reading& reading) {
    if (!same_table(*reader.catalogue, *remover.table, *reader.table)) return false;
    if (!change.entry) return !remover.deletes() && !reader.deletes();
    if (!change.entry->parents.empty() || !reading.trigger || !reading.trigger->link) return false;
    const auto& theirs = change.entry->link.hops;
    const auto& ours = reading.trigger->link->hops;
    return theirs.size() == 1 && ours.size() == 1 && theirs.front().on == ours.front().on &&
           theirs.front().via == ours.front().via;
}

std::string period_of(const Plan& plan) {
    if (const auto* fixed = std::get_if<FixedPeriod>(&plan.rule.period)) return "for " + to_string(fixed->at_least);
    return "for the period in its data";
}

std::string how_taken(const Plan& remover, const Change& change, const Reading& reading) {
    const std::string category = "category " + shown(remover.rule.category);
    const std::string table = shown(*change.table);
    if (const ChangedColumn* column = column_taken(*remover.catalogue, change, reading); column && !change.deletes)
        return category + " overwrites " + shown(*change.table, *column->column);
    if (change.entry) return "rows of " + table + " go with the records of " + category;
    const auto* fixed = std::get_if<FixedPeriod>(&remover.rule.period);
    return "rows of " + table + " are deleted" + (fixed ? " after " + to_string(fixed->at_least) : "") + " (" +
           category + ")";
}

Problem forgotten(const Plan& reader, const Plan& remover, const Change& change, const Reading& reading) {
    const bool query = reading.trigger->query.has_value();
    return {Severity::error, reading.place.line ? reading.place : reader.rule.place, reader.rule.category,
            how_taken(remover, change, reading) + ", but this rule reads them " + period_of(reader) + " for " +
                reading.name + ": a record would look older than it is",
            std::string("`remember = true` on the trigger keeps the latest date, but is not supported yet") +
                (query ? " (and wants a linked trigger, not `sql`)" : "") + "; until then keep what it reads in " +
                shown(*change.table) + " at least as long, by the same date, or count from the record's own columns"};
}

Problem moved(const Plan& reader, const Plan& remover, const ChangedColumn& column, const Reading& reading) {
    return {Severity::error, column.place.line ? column.place : remover.rule.place, remover.rule.category,
            shown(*reading.table, *column.column) + " is read by category " + shown(reader.rule.category) + " for " +
                reading.name + " and cannot be overwritten",
            "leave it, or count from another column there"};
}

} // namespace

Problems check_memory(const Plan& reader, const Plan& remover) {
    Problems problems;
    if (std::holds_alternative<NoPeriod>(reader.rule.period)) return problems;
    for (const Reading& reading : readings_of(reader)) {
        if (!reading.dates) continue;
        for (const Change& change : changes_of(remover)) {
            if (!takes(*reader.catalogue, change, reading)) continue;
            if (goes_with_other_records(remover, change, reader, reading)) continue;
            const ChangedColumn* column = column_taken(*reader.catalogue, change, reading);
            if (!reading.trigger && reading.holds_date && column &&
                has_name(*reader.catalogue, {reading.columns.back()}, column->column->name))
                problems.push_back(moved(reader, remover, *column, reading));
            else if (reading.trigger && !goes_late_enough(remover, change, reader, reading))
                problems.push_back(forgotten(reader, remover, change, reading));
        }
    }
    return problems;
}

namespace {

using Hops = std::vector<PlannedHop>;

// The way from the record to the rows of an entry; nothing where there are several.
std::optional<Hops> way_to(const Plan& plan, const PlannedRelated& entry) {
    Hops way;
    if (entry.parents.size() > 1) return std::nullopt;
    if (!entry.parents.empty()) {
        auto parent = way_to(plan, plan.related[entry.parents.front()]);
        if (!parent) return std::nullopt;
        way = std::move(*parent);
    }
    way.insert(way.end(), entry.link.hops.begin(), entry.link.hops.end());
    return way;
}

bool same_way(const Hops& a, const Hops& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const PlannedHop& one, const PlannedHop& other) {
        return one.table == other.table && one.on == other.on && one.via == other.via;
    });
}

// The rows go with the record that reads them: the entry follows the trigger's link, or a part of it.
bool goes_with_its_record(const Plan& plan, const Change& change, const PlannedLink& trigger) {
    if (!change.entry) return false;
    const auto way = way_to(plan, *change.entry);
    if (!way || way->size() > trigger.hops.size()) return false;
    return same_way(*way, Hops(trigger.hops.begin(), trigger.hops.begin() + static_cast<std::ptrdiff_t>(way->size())));
}

} // namespace

Problems check_own_memory(const Plan& plan) {
    Problems problems;
    if (std::holds_alternative<NoPeriod>(plan.rule.period)) return problems;
    for (const Reading& reading : readings_of(plan)) {
        if (!reading.dates || !reading.trigger || !reading.trigger->link) continue;
        for (const Change& change : changes_of(plan))
            if (takes(*plan.catalogue, change, reading) &&
                !goes_with_its_record(plan, change, *reading.trigger->link) &&
                !goes_late_enough(plan, change, plan, reading))
                problems.push_back(forgotten(plan, plan, change, reading));
    }
    return problems;
}

Problems check_kept_longer(const Plan& remover, const Plan& keeper) {
    Problems problems;
    if (std::holds_alternative<NoPeriod>(keeper.rule.period)) return problems;
    const auto* theirs = std::get_if<FixedPeriod>(&remover.rule.period);
    const auto* kept = std::get_if<FixedPeriod>(&keeper.rule.period);
    if (theirs && kept && never_ends_before(theirs->at_least, kept->at_least)) return problems;
    for (const PlannedRelated& entry : remover.related)
        if (entry.action == Action::erase && same_table(*remover.catalogue, entry.link.table(), *keeper.table))
            problems.push_back(
                {Severity::warning, entry.place.line ? entry.place : remover.rule.place, remover.rule.category,
                 "rows of " + shown(*keeper.table) + " go with their record, though category " +
                     shown(keeper.rule.category) + " keeps them " + period_of(keeper),
                 "each run looks whether there are such rows, and refuses this category while there are"});
    return problems;
}

} // namespace retention
