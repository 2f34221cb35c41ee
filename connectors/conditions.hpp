#pragma once
// A plan as SQL expressions about one record, which answers to its table's bare name. Report, explain and disposal all
// take them from here: what one counts as due is what the other removes. Each boolean is true or false, never NULL.
//
// The order of counting (design.md section 5): done, retained, exempt, undated, due. Exactly one of them is true.

#include "connectors/links.hpp"

#include <cstdint>
#include <map>

namespace retention {

// The distinct values of a period in the data, with their cutoffs; empty for a plan without one.
using StoredCutoffs = std::map<std::int64_t, PeriodCutoffs>;
using AllStoredCutoffs = std::map<const Plan*, StoredCutoffs>;

class Conditions {
public:
    // Keeps references to all of them.
    Conditions(const Plan&, const Dialect&, const AllStoredCutoffs&);

    Sql covered() const;  // matches the rule's `where`
    Sql member() const;   // covered, and not due under a delete category on the same table
    Sql done() const;     // already anonymised
    Sql retained() const; // its last date is not past
    Sql exempt(std::size_t unless) const;
    Sql undated() const;
    Sql due() const; // a member that is none of the above
    // The same for a WHERE, where NULL counts as false: put so that an index on the trigger's column serves.
    Sql narrow_due() const;

    Sql latest() const;                     // day of the latest usable trigger date, or of the fallback; NULL
    Sql day(const PlannedDate&) const;      // the latest usable date of one source; NULL
    Sql unusable(const PlannedDate&) const; // it has a value that is no date in the declared form
    Sql units() const;                      // the period in the data: its longest valid value; NULL
    Sql untouched(const PlannedRelated&, const std::string& row) const; // an entry still has something to do to a row

    // Columns for join()'s `extra`, and the condition over `alias` that no earlier entry for the same link takes the
    // row.
    std::vector<Sql> earlier_columns(std::size_t entry) const;
    Sql first_match(std::size_t entry, const std::string& alias) const;

    const RuleText& rule_text() const { return rule_text_; }

private:
    Sql due_where(const Sql& falls_before) const;
    const PlannedDate* lone_trigger() const;
    Sql cutoff() const;
    Sql cutoff_case(const Sql& units) const;
    Sql exists_left(std::size_t entry, const std::string& before) const;
    std::vector<std::size_t> children(std::optional<std::size_t> parent) const;
    std::vector<std::size_t> earlier(std::size_t entry) const;
    std::vector<std::size_t> stronger(std::size_t entry) const;
    Sql taken_by(std::size_t stronger, const std::string& before) const;
    Sql value(const PlannedDate&) const;

    const Plan& plan_;
    const Dialect& dialect_;
    const AllStoredCutoffs& stored_;
    RuleText rule_text_;
    std::string record_; // the alias
};

} // namespace retention
