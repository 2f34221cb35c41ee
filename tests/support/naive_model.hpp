#pragma once
// Retention as the design says it, without SQL: tables in memory, a rule's own text, loops. It knows nothing of plans,
// dialects and statements; only the calendar and the reading of dates are those of policies/, which have tests of their
// own. Slow and plain on purpose: what connectors/ answers is compared with it. Native dates are ISO text here, as
// tests/support/engine_spelling.hpp reads them.

#include "connectors/survey.hpp"
#include "connectors/value.hpp"
#include "policies/rule.hpp"
#include "policies/zone.hpp"
#include "tests/support/engine_spelling.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace retention::test {

struct ModelColumn {
    std::string name;
    ColumnType type;
    bool text = false;                  // declared as text: digits in it are read as unix time
    std::string no_date = "1900-01-01"; // what a mask writes where no date is and NULL may not be
};
using Cells = std::vector<Value>;
struct ModelTable {
    std::string name;
    std::vector<ModelColumn> columns;
    std::vector<std::string> key;
    std::map<std::int64_t, Cells> rows; // by a number that stays with the row (its column "tag")

    std::size_t at(const std::string& column) const; // throws where there is none
};

// The rule's own SQL, told again in C++: looked up by its text. NULL counts as false. `record` may be null where the
// condition stands on the linked table alone.
struct ModelStore;
using Condition = std::function<bool(const ModelStore&, const Cells* record, const Cells* linked)>;
using Query = std::function<Value(const ModelStore&, const Cells& record)>;

struct ModelStore {
    std::map<std::string, ModelTable> tables;
    std::map<std::string, Condition> conditions;
    std::map<std::string, Query> queries;
    Zone here = Zone::utc(), store = Zone::utc();
    bool typed = false; // a query's value has a type, as a column's has; real keys are printed without ".0"
};

// Ways to be wrong, for the comparison to find.
enum class Flaw {
    none,
    due_on_the_cutoff,
    exempt_ignored,
    undated_is_old,
    keeps_more_loses,
    fallback_always,
    zone_ignored
};

struct Judged {
    Verdict verdict = Verdict::undated;
    std::optional<Date> trigger, kept_through;
    bool overdue = false, undated = false;
    std::vector<std::string> exempt;
};

// A cell that a mask has changed: what it was, and how. The store says what it is now; `fits` judges it.
struct Masked {
    std::string table;
    std::int64_t tag;
    std::size_t column;
    Mask mask;
    Value before;
};
bool fits(const Masked&, const ModelColumn&, const Value& now);

class NaiveModel {
public:
    using Lost = std::vector<std::set<std::int64_t>>; // rows of each entry that another one keeps
    // `deletes`: delete categories on the same table, which come first. Keeps references.
    NaiveModel(const ModelStore&, const Rule&, const std::vector<const Rule*>& deletes, Date as_of, Flaw = Flaw::none);

    std::vector<std::int64_t> members() const; // tags of the category's records
    Judged judge(std::int64_t record) const;
    const std::set<std::int64_t>& due() const;
    Survey survey() const;
    // What each entry loses where these records go: once more than these are to go, in batches, it is decided over all
    // of them, and each batch keeps to it.
    Lost lost(const std::set<std::int64_t>& records) const;
    // A record that another of them takes along, and is due itself, is one of them.
    std::set<std::int64_t> together(std::set<std::int64_t> records, const Lost& = {}) const;
    std::vector<RelatedCount> related(const std::set<std::int64_t>& records, const Lost& = {}) const;
    // What the tables are after these records went; masked cells are left as they were, and listed.
    ModelStore after(const std::set<std::int64_t>& records, std::vector<Masked>&, const Lost& = {}) const;
    std::vector<std::string> key_of(std::int64_t record) const;

private:
    struct Dates {
        std::optional<Date> latest;
        bool unusable = false;
    };
    const ModelTable& table(const std::string& name) const { return store_.tables.at(name); }
    const ModelTable& records() const { return table(rule_.table); }
    const std::vector<std::string>& key() const { return rule_.key.empty() ? records().key : rule_.key; }

    bool holds(const std::optional<RuleSql>&, const Cells* record, const Cells* linked) const;
    std::set<std::int64_t> hop(const Hop&, const ModelTable& from, const Cells& row,
                               const std::vector<std::string>& key) const;
    std::set<std::int64_t> linked(const Link&, const ModelTable& from, const Cells& row,
                                  const std::vector<std::string>& key) const;
    std::set<std::int64_t> linked(const Link&, const Cells& record) const;
    void read(const DateSource&, const Value&, bool digits, Dates&) const;
    Dates dates(const DateSource&, const Cells& record) const;
    std::vector<std::optional<Period>> periods(const Cells& record) const;
    bool covered(const Cells& record) const;
    bool done(std::int64_t record) const;
    bool takes(const Related&, const Cells& row) const;
    bool is_masked(const Mask&, const ModelTable&, const Cells& row) const;
    std::vector<std::set<std::int64_t>> reached(const std::set<std::int64_t>& records, Lost&) const;
    std::vector<std::set<std::int64_t>> reached(const std::set<std::int64_t>& records, const Lost& = {}) const;
    bool beats(std::size_t strong, std::size_t weak) const;
    std::set<std::int64_t> from_parent(std::size_t entry, const ModelTable&, const Cells& row) const;
    std::vector<std::size_t> parents(std::size_t entry) const;

    const ModelStore& store_;
    const Rule& rule_;
    std::vector<const Rule*> deletes_;
    Date as_of_;
    Flaw flaw_;
    mutable std::optional<std::set<std::int64_t>> due_;
};

bool same(const Value&, const Value&, bool nocase); // as an equality in SQL: NULL is never the same

} // namespace retention::test
