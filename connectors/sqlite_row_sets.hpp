#pragma once
// The records of one batch and the rows that go with them, as temporary tables of one SQLite connection: gathered from
// the record outwards while everything still stands, disposed of from the leaves inwards. Temporary tables are not part
// of the database: a report uses the same code on a connection that cannot write.

#include "connectors/conditions.hpp"
#include "connectors/sqlite_native.hpp"
#include "connectors/survey.hpp"

#include <optional>
#include <string>
#include <vector>

namespace retention {

// (a, b) of a table under an alias, as one row value.
Sql row_value(const Dialect&, const std::string& alias, const std::vector<std::string>& columns);

class SqliteRowSets {
public:
    // Makes the temporary tables anew. Keeps references to all arguments.
    SqliteRowSets(const SqliteConnection&, const Plan&, const Conditions&, const Dialect&);

    // Records that join the selected ones must meet this too.
    void only(const Sql& condition) { only_ = condition; }
    // The records that meet the condition, in the order of their key, at most `most` of them. Returns how many.
    std::int64_t select_records(const Sql& condition, std::optional<std::size_t> most = std::nullopt);
    // Finds what goes with them: each row once, the entry that keeps more wins. A record that another one takes along
    // by a delete entry on its own table, and is due itself, joins the records.
    void collect();
    std::size_t records() const;
    // Of one record and those that it takes along, the `most` that lie deepest, whatever hangs on them being among
    // them. Collects again. False where there are no more than that.
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
    };
    Sql select_identity(const Set&) const;
    Sql select_taken(const Set&) const; // without rows that a mask has nothing to do to
    void create(const Set&, std::size_t keys) const;
    void join_due_records();
    void collect_entry(std::size_t entry);
    std::vector<std::size_t> reconcile();
    bool needed(std::size_t entry) const;
    void change(const Sql& statement, const Set&, const std::string& what) const;
    void erase(const Set&, const std::string& what) const;
    Sql no_row_points_at(const Set&) const;
    void require_unreferenced(const Set&, const std::string& what) const;
    void require_all(std::int64_t changed, std::int64_t wanted, const std::string& what) const;
    std::int64_t size(const Set&) const;

    const SqliteConnection& connection_;
    const Plan& plan_;
    const Conditions& conditions_;
    const Dialect& dialect_;
    Sql only_ = "1 = 1";
    Set records_;
    std::vector<Set> entries_;
};

} // namespace retention
