#pragma once
// The rule model: one retention rule for one category of records, as its author wrote it. Names of tables and columns
// are not looked up yet (connectors/plan.hpp does that against a store's catalogue). Plain values; no I/O.

#include "policies/calendar.hpp"
#include "policies/mask.hpp"
#include "policies/period.hpp"
#include "policies/problem.hpp"
#include "policies/rule_sql.hpp"
#include "policies/stored_date.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace retention {

enum class Action { erase, anonymise, detach, keep }; // `erase` is written "delete", which C++ keeps for itself

std::string to_string(Action);         // "delete", "anonymise", "detach", "keep"
Action action_named(std::string_view); // the other way. Throws std::invalid_argument: no action has that name

// table.on = record.via AND (where) AND (sql). `on` and `via` have one length where both are given.
//   on alone:  via is the record's key.      via alone: on is the other table's key.
// With `through` there is one more link between: table.on = through.via' and through.on = record.via, where the outer
// `via` names columns of the table in between.
struct Hop {
    std::string table;
    std::vector<std::string> on;
    std::vector<std::string> via;
    std::optional<RuleSql> where; // knows the linked table only
    Place place;
};
struct Link : Hop {
    std::optional<Hop> through;
    std::optional<RuleSql> sql; // a condition that sees the record and the linked row
};

// Where a date comes from: a column of the record, a column of linked rows, or a scalar query.
struct DateSource {
    std::string column; // of the record, or of the link's table; empty with `query`
    std::optional<Link> link;
    std::optional<RuleSql> query; // SELECT …: the record answers to its table's bare name
    std::optional<DateFormat> format;
    std::optional<Date> earliest;
    bool open_ignored = false; // open = "ignore": NULL in linked rows is passed over
    Place place;
};

struct FixedPeriod {
    Period at_least;
    std::optional<Period> at_most;
};
// A number of units in a column of the record or of a linked row.
struct StoredPeriod {
    std::string column;
    Unit unit = Unit::month;
    std::optional<Link> link;
    Place place;
};
struct NoPeriod {}; // due as soon as found
using PeriodRule = std::variant<FixedPeriod, StoredPeriod, NoPeriod>;

struct Unless {
    std::string reason;
    std::optional<Link> link;     // without it, the condition is about the record itself
    std::optional<RuleSql> where; // about the record, without a link
    std::optional<RuleSql> sql;   // a condition on the record in full SQL, without a link
    Place place;
};

struct Related {
    std::string name; // another entry may say `of` this name, or of the table
    std::string of;   // empty: rows of the record itself
    Link link;
    Action action = Action::keep;
    std::vector<Mask> masks;
    Place place;
};

struct Limits {
    double share = 0.05; // of the category; 0 to 1
    std::optional<std::int64_t> records;
    bool stated = false; // the rule says them itself
};

struct Rule {
    std::string category, description, authority, lawful_basis, owner;
    std::string store, table; // as configured
    std::optional<RuleSql> where;
    std::vector<std::string> key; // empty: the primary key
    std::vector<DateSource> triggers;
    std::optional<DateSource> fallback;
    PeriodRule period;
    std::string period_text; // as the rule says it: "36 months", "6 years to 7 years", "keep_months (month)", "none"
    Counting counting;
    Period overdue_after{7, Unit::day};
    Action action = Action::anonymise; // erase or anonymise
    std::vector<Mask> masks;
    std::string marker; // column that says a record is anonymised; may be empty
    std::vector<Unless> unless;
    std::vector<Related> related;
    std::vector<std::string> elsewhere;
    std::vector<std::string> accepted_triggers; // names of the database triggers that the author knows about
    Limits limits;
    std::string schedule; // systemd calendar syntax; empty: run on demand only
    Place schedule_place; // where it was written: in the category, or for all in the main file
    Place place;
};

// Everything in the rule that decides what happens to which record, in one line a member, in a fixed order: what the
// audit log's rule digest is made of. Comments, descriptions and the order of keys in the file do not change it.
std::string canonical_text(const Rule&);

} // namespace retention
