#include "connectors/check.hpp"
#include "connectors/check_answers.hpp"
#include "connectors/check_findings.hpp"
#include "connectors/check_footprint.hpp"

#include <algorithm>

namespace retention {

namespace {

// One key that points at rows which the plan deletes: the record's (no entry) or a related entry's.
struct Pointer {
    const Plan& plan;
    std::optional<std::size_t> entry;
    const Table& target;
    const Table& from;
    const ForeignKey& key;

    Place place() const { return entry ? plan.related[*entry].place : plan.rule.place; }
    std::string name() const { return shown(from, key.columns) + " points at " + shown(target); }
};

// What the database would do by itself, or refuse to do.
std::string consequence(const Pointer& pointer) {
    const std::string table = shown(pointer.from);
    const bool named = std::any_of(pointer.plan.related.begin(), pointer.plan.related.end(),
                                   [&](const PlannedRelated& entry) { return &entry.link.table() == &pointer.from; });
    const std::string unnamed = named ? ", which the rule names for other rows only" : ", which the rule does not name";
    switch (pointer.key.on_delete) {
    case OnDelete::cascade:
        return "the database would cascade into " + table + unnamed;
    case OnDelete::set_null:
        return "the database would set " + shown(pointer.from, pointer.key.columns) + " to NULL in " + table + unnamed;
    case OnDelete::set_default:
        return "the database would set " + shown(pointer.from, pointer.key.columns) + " to its default in " + table +
               unnamed;
    case OnDelete::no_action:
    case OnDelete::restrict:
        break;
    }
    return "the delete would fail while such rows are there";
}

bool unconditional(const PlannedLink& link) {
    return !link.sql && !link.hops.back().where;
}

// What stays of an answer's rows must not point at nothing.
void judge_answer(CheckFindings& findings, const Pointer& pointer, const PlannedRelated& answer) {
    const bool nulled = pointer.key.on_delete == OnDelete::set_null && detachable(pointer.from, pointer.key.columns);
    const bool stays = answer.action == Action::keep || (answer.action == Action::anonymise && !nulled);
    if (!stays) return;
    std::string hint;
    if (detachable(pointer.from, pointer.key.columns))
        hint = "cut the link: action = \"detach\"";
    else
        hint = "the link cannot be NULL, so the rows cannot be detached: action = \"delete\"";
    hint += "; or let the record stay while it has such rows, with a [[categories." +
            toml_key(pointer.plan.rule.category) + ".unless]] entry of the same table and `on`";
    findings.error(answer.place,
                   pointer.name() + ": action = \"" + to_string(answer.action) +
                       "\" would leave rows that point at a deleted one",
                   hint);
}

void judge(CheckFindings& findings, const Pointer& pointer) {
    const std::vector<const PlannedRelated*> answers =
        answers_to(pointer.plan, pointer.entry, pointer.from, pointer.key);
    if (!pointer.entry && exempted_by(pointer.plan, pointer.from, pointer.key)) return;
    const std::string entry = entry_to_paste(pointer.plan, pointer.entry, pointer.from, pointer.key);
    if (answers.empty()) {
        findings.error(pointer.place(), pointer.name() + " and is not answered: " + consequence(pointer),
                       "say what becomes of those rows:\n" + entry);
        return;
    }
    for (const PlannedRelated* answer : answers) judge_answer(findings, pointer, *answer);
    if (!unconditional(answers.back()->link))
        findings.error(
            answers.back()->place,
            pointer.name() +
                ", and the last entry for it has a condition: rows that it leaves out would point at a deleted one",
            "take its `where` or `sql` out, or say what becomes of the rest:\n" + entry);
}

void judge_deleted(CheckFindings& findings, const Plan& plan, std::optional<std::size_t> entry, const Table& target) {
    for (const Catalogue::Reference& reference : plan.catalogue->references_to(target))
        judge(findings, {plan, entry, target, *reference.from, *reference.key});
}

void judge_detach(CheckFindings& findings, const PlannedRelated& entry) {
    const Table& table = entry.link.table();
    for (const std::string& name : entry.link.hops.back().on) {
        const Column* column = table.find(name);
        if (!column || detachable(table, {name})) continue;
        const bool in_key = std::any_of(table.primary_key.begin(), table.primary_key.end(),
                                        [&](const std::string& part) { return table.find(part) == column; });
        const std::string why = in_key ? "part of the primary key" : column->generated ? "generated" : "NOT NULL";
        findings.error(entry.place, "detach sets " + shown(table, *column) + " to NULL, but it is " + why,
                       "use action = \"delete\", or \"keep\" where no foreign key points at a deleted row");
    }
}

// The column by which a row of a deleting entry holds what is deleted above it; empty where no foreign key does.
std::string tie_of(const Plan& plan, const PlannedRelated& entry) {
    const auto erased = [&](std::size_t parent) { return plan.related[parent].action == Action::erase; };
    const bool above = entry.parents.empty() ? plan.deletes() : std::ranges::any_of(entry.parents, erased);
    const Table& table = entry.link.table();
    const std::vector<std::string>& on = entry.link.hops.back().on;
    const bool tied = std::ranges::any_of(
        table.foreign_keys, [&](const ForeignKey& key) { return same_columns(*plan.catalogue, key.columns, on); });
    return above && tied && entry.link.hops.size() == 1 ? shown(table, on) : std::string();
}

// A row that two entries reach by different links gets one action.
void judge_conflict(CheckFindings& findings, const Plan& plan, const PlannedRelated& a, const PlannedRelated& b) {
    std::string what = "rows of " + shown(b.link.table()) +
                       " that two entries reach by different links get one action: the one that keeps more wins (" +
                       to_string(std::max(a.action, b.action)) + ")";
    const std::string tie = tie_of(plan, a.action == Action::erase ? a : b);
    if (!tie.empty()) what += "; while " + tie + " of such a row points at what should go, that is passed over";
    findings.warning(b.place, what,
                     "nothing, if that is meant; all that is due is then looked at before the first batch, and one "
                     "worker disposes of it");
}

void judge_conflicts(CheckFindings& findings, const Plan& plan) {
    for (std::size_t j = 0; j < plan.related.size(); ++j)
        for (std::size_t i = 0; i < j; ++i) {
            const PlannedRelated &a = plan.related[i], &b = plan.related[j];
            const bool one_deletes = (a.action == Action::erase) != (b.action == Action::erase);
            if (one_deletes && &a.link.table() == &b.link.table() && !same_route(*plan.catalogue, a, b))
                judge_conflict(findings, plan, a, b);
        }
}

} // namespace

Problems check_foreign_keys(const Plan& plan) {
    CheckFindings findings(plan);
    if (plan.deletes()) judge_deleted(findings, plan, std::nullopt, *plan.table);
    for (std::size_t i = 0; i < plan.related.size(); ++i) {
        const PlannedRelated& entry = plan.related[i];
        if (entry.action == Action::erase) judge_deleted(findings, plan, i, entry.link.table());
        if (entry.action == Action::detach) judge_detach(findings, entry);
    }
    judge_conflicts(findings, plan);
    return findings.take();
}

} // namespace retention
