#include "connectors/check.hpp"
#include "connectors/check_findings.hpp"
#include "connectors/check_footprint.hpp"
#include "connectors/check_index.hpp"
#include "connectors/check_readings.hpp"

#include <algorithm>
#include <set>

namespace retention {

namespace {

void judge_faults(CheckFindings& findings, const Plan& plan) {
    for (const ServerFault& fault : plan.catalogue->faults) {
        const bool accepted = fault.kind == ServerFault::Kind::weak_durability && plan.weak_durability_accepted;
        if (fault.kind == ServerFault::Kind::unseen)
            findings.warning(plan.rule.place, fault.what, fault.hint);
        else if (accepted)
            findings.warning(plan.rule.place,
                             fault.what +
                                 "; the store accepts it: the audit log may name disposals that a crash took back",
                             "switch it on where the proof has to stand");
        else
            findings.error(plan.rule.place, fault.what, fault.hint);
    }
}

// Each table that the plan touches in any way, and the place in the rule that names it.
struct Touched {
    const Table* table = nullptr;
    std::string purpose; // empty: the record's own
    Place place;
};

std::vector<Touched> touched_by(const Plan& plan) {
    std::vector<Touched> touched{{plan.table, "", plan.rule.place}};
    for (const FollowedLink& link : links_of(plan))
        for (const PlannedHop& hop : link.link->hops) touched.push_back({hop.table, link.purpose, link.place});
    for (const Reading& reading : readings_of(plan)) touched.push_back({reading.table, reading.name, reading.place});
    std::set<const Table*> seen;
    std::erase_if(touched, [&](const Touched& one) { return !seen.insert(one.table).second; });
    return touched;
}

void judge_hidden_rows(CheckFindings& findings, const Plan& plan) {
    for (const Touched& one : touched_by(plan))
        if (one.table->hides_rows)
            findings.error(one.place,
                           (one.purpose.empty() ? "" : one.purpose + ": ") + "row security hides rows of " +
                               shown(*one.table) + " from this user, so what should keep a record may not be seen",
                           "ALTER ROLE … BYPASSRLS; or connect as the owner of " + shown(*one.table) +
                               ", to whom row security applies only where it is forced");
}

void judge_heirs(CheckFindings& findings, const Change& change) {
    const Table& table = *change.table;
    if (!table.children.empty())
        findings.error(change.place,
                       shown(table) + " has tables that inherit from it (" + listing(table.children) +
                           "): what is done to its rows would be done to theirs too",
                       "name tables without heirs, each in a category of its own; or ALTER TABLE … NO INHERIT");
    if (!table.partition_of.empty())
        findings.error(change.place,
                       shown(table) + " is a partition of " + shown(table.partition_of) +
                           ": keys, foreign keys and triggers are declared there",
                       "name " + shown(table.partition_of) + " in the rule; `where` can narrow it");
}

void judge_engine(CheckFindings& findings, const Plan& plan, const Change& change) {
    const Table& table = *change.table;
    if (table.transactional) return;
    findings.error(change.place,
                   shown(table) + " is kept by " + (table.engine.empty() ? "an engine" : table.engine) +
                       ", which has no transactions: what is done to its rows stays done when a batch is rolled back",
                   "ALTER TABLE " + name_to_paste(*plan.catalogue, table) + " ENGINE=InnoDB;");
}

// SQLite has its rowid where no key is declared; a server has nothing that stays with a row.
void judge_identity(CheckFindings& findings, const Plan& plan, const Change& change) {
    const Table& table = *change.table;
    const auto never_null = [&](const std::string& name) {
        const Column* column = table.find(name);
        return column && !column->nullable;
    };
    const auto names_rows = [&](const Index& index) {
        return index.unique && !index.partial && !index.columns.empty() &&
               std::all_of(index.columns.begin(), index.columns.end(), never_null);
    };
    const bool named =
        !table.primary_key.empty() || std::any_of(table.indexes.begin(), table.indexes.end(), names_rows);
    if (!change.entry || named || !plan.catalogue->native_dates) return;
    findings.error(change.place,
                   shown(table) + " has no primary key and no unique index over NOT NULL columns, so its rows cannot "
                                  "be told apart",
                   "give the table a primary key");
}

// Below so many rows a whole table is read in less time than its index is thought about.
constexpr double large_table = 100'000;

void judge_trigger_index(CheckFindings& findings, const Plan& plan) {
    if (plan.triggers.size() != 1 || plan.fallback || plan.table->estimated_rows <= large_table) return;
    const PlannedDate& trigger = plan.triggers.front();
    if (!trigger.column || trigger.link || trigger.query) return;
    const std::vector<std::string> columns{trigger.column->name};
    if (has_index(*plan.catalogue, *plan.table, columns)) return;
    const RuleDate date = dates_of(plan).front();
    findings.warning(date.place,
                     date.name + ": no index begins with " + shown(*plan.table, columns) +
                         ", so every run makes the store read the whole table",
                     index_to_make(*plan.catalogue, *plan.table, columns));
}

// True where the store holds the linked row to the record: nobody can then add one while the record is locked.
bool tied(const Plan& plan, const PlannedLink& link) {
    const PlannedHop& hop = link.hops.front();
    return link.hops.size() == 1 &&
           std::any_of(hop.table->foreign_keys.begin(), hop.table->foreign_keys.end(), [&](const ForeignKey& key) {
               return plan.catalogue->find(key.schema, key.references) == plan.table &&
                      std::is_permutation(key.columns.begin(), key.columns.end(), hop.on.begin(), hop.on.end());
           });
}

// A batch locks the record and the linked rows that there are; what is added elsewhere meanwhile it cannot see. A
// SQLite batch holds the whole database.
void judge_late_evidence(CheckFindings& findings, const Plan& plan) {
    if (!plan.catalogue->native_dates) return;
    for (const FollowedLink& link : links_of(plan)) {
        if (link.entry || tied(plan, *link.link)) continue;
        findings.warning(link.place,
                         link.purpose + ": no foreign key ties " + shown(link.link->table()) +
                             " to the record, so a row that is added there in the moment between the last proof and "
                             "the commit of a batch comes too late",
                         "declare the foreign key, where that moment matters");
    }
}

} // namespace

Problems check_server(const Plan& plan) {
    CheckFindings findings(plan);
    judge_faults(findings, plan);
    judge_hidden_rows(findings, plan);
    for (const Change& change : changes_of(plan)) {
        if (change.table->kind != TableKind::table) continue; // check_tables.cpp says that
        judge_heirs(findings, change);
        judge_engine(findings, plan, change);
        judge_identity(findings, plan, change);
    }
    judge_trigger_index(findings, plan);
    judge_late_evidence(findings, plan);
    return findings.take();
}

} // namespace retention
