#pragma once
// The records of one batch and the rows that go with them, as temporary tables of one connection: gathered from the
// record outwards while everything still stands, disposed of from the leaves inwards. Temporary tables are not part of
// the database: a report uses the same code on a connection that cannot write.

#include "connectors/bound_plan.hpp"
#include "connectors/survey.hpp"

#include <optional>
#include <string>
#include <vector>

namespace retention {

class RowSets {
public:
    // Makes the temporary tables anew: no transaction is open. Keeps references to all arguments.
    RowSets(Database&, const Plan&, const Dialect&);

    // The expressions to gather by; before anything else. Keeps a reference.
    void judge_by(const Conditions& conditions) { conditions_ = &conditions; }
    // Records that join the selected ones must meet this too.
    void only(const Sql& condition) { only_ = condition; }
    // Decides which entry has which row over all records that meet the condition; every later collect() keeps to that,
    // for as long as the sets live. For a plan whose records share rows (connectors/rivals.hpp). No transaction is
    // open.
    void judge_whole(const Sql& condition);
    // The records that meet the condition, in the order of their key, at most `most` of them. Returns how many.
    std::int64_t select_records(const Sql& condition, std::optional<std::size_t> most = std::nullopt);
    // Finds what goes with them: each row once, the entry that keeps more wins. A record that another one takes along
    // by a delete entry on its own table, and is due itself, joins the records.
    void collect();
    // The same under lock: every record and row of the sets is locked, and so are the linked rows by which the records
    // are judged, as far as this user may lock them; and each record has been proved to be due once more after that.
    // What is not due any more has left. Throws StoreError busy where others keep changing them.
    void collect_and_lock(const Sql& due);
    std::size_t records() const;
    // Of one record and those that it takes along, the `most` that lie deepest, whatever hangs on them being among
    // them. Collect again after it. False where there are no more than that.
    bool keep_deepest(std::size_t most);

    std::vector<std::vector<std::string>> keys() const;
    std::optional<Key> last_key() const; // the largest, in the order of the key
    std::vector<RelatedCount> counts() const;
    // Condition on a row of `table`: it is in the set of an entry.
    Sql in_entry(std::size_t entry) const;

    // Leaves first, then the records. Throws StoreError where the store kept a row that had to change.
    void dispose() const;

private:
    struct Set {
        std::string name; // of the temporary table
        const Table* table;
        std::vector<std::string> identity;
        std::string locked() const { return name + "_locked"; }
        std::string round() const { return name + "_round"; }
        std::string lost() const { return name + "_lost"; } // to an entry that keeps more
    };
    Sql temporary(const Set& set) const { return dialect_.temporary(set.name); }
    std::vector<std::string> record_columns() const;
    Sql select_identity(const Set&) const;
    Sql select_taken(const Set&) const; // without rows that a mask has nothing to do to
    std::vector<Sql> statements_to_make() const;
    void empty(const std::string& temporary_table) const;
    void join_due_records();
    void collect_entry(std::size_t entry);
    std::vector<std::size_t> reconcile();
    Sql not_lost(const Set&, const std::vector<Sql>& row) const;
    Sql in_both(const Set& weak, const Set& strong) const;
    bool needed(std::size_t entry) const;
    bool lock_newcomers(const Set&) const;
    void find_evidence();
    void lock_evidence() const;
    void change(const Sql& statement, const Set&, const std::string& what) const;
    void erase(const Set&, const std::string& what) const;
    std::int64_t erase_leaves(const Set&, const std::string& what) const;
    void require_unreferenced(const Set&, const std::string& what) const;
    void require_all(std::int64_t changed, std::int64_t wanted, const std::string& what) const;
    std::int64_t size(const Set&) const;

    Database& database_;
    const Plan& plan_;
    const Dialect& dialect_;
    const Conditions* conditions_ = nullptr;
    Sql only_ = "1 = 1";
    Set records_;
    std::vector<Set> entries_;
    const bool shares_;                                // rows among its records
    bool whole_ = false;                               // what the entries lost was decided over all records
    std::optional<std::vector<PlannedLink>> evidence_; // that may be locked, without conditions; asked for once
};

} // namespace retention
