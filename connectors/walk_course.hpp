#pragma once
// What a walk on a server goes along, cut into ranges: the table itself, or the records alone that are due, where those
// are few or had to be fixed before the first batch. Inside connectors/server_walk.cpp alone.

#include "connectors/due_list.hpp"
#include "connectors/key_ranges.hpp"

#include <memory>
#include <optional>

namespace retention {

class Course {
public:
    virtual ~Course() = default;
    virtual bool is_of_due_records() const { return true; }
    // Condition on a record: it lies in the range.
    virtual Sql in(const KeyRange&) const = 0;
    // The end of the first `rows`, at least one, of what is `beyond`. Nothing: that ends first.
    virtual std::optional<Key> cut(const KeyRange& beyond, std::size_t rows) const = 0;
    // Where a range begins that comes right after this record, of a range in which it lies.
    virtual Key behind(const Key& record, const KeyRange&) const { return record; }
};

// Ranges of the table's own key, in its order; or of a list, which several walks may share: its ranges are of places in
// it, which are handed out like keys of one number. Keeps a reference to the plan.
std::unique_ptr<Course> make_course(const BoundPlan&, const SharedKeys& listed);

// The keys of what is due now, in a temporary table of this session, which it makes. Where a batch takes rows that
// another record is judged by, these are what a report of this moment names.
class DueTable : public Course {
public:
    explicit DueTable(const BoundPlan&);
    Sql in(const KeyRange&) const override;
    std::optional<Key> cut(const KeyRange& beyond, std::size_t rows) const override;

private:
    const BoundPlan& on_;
};

// The key that a query gives; nothing where it has no row.
std::optional<Key> key_at(const BoundPlan&, const Sql& select);

} // namespace retention
