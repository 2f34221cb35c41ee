#pragma once
// What is wrong or risky about a plan, found in the catalogue alone: the refusals of design.md section 4. Pure: a plan
// in, problems out. An error stops the category; the others go on. One file a family of refusals.

#include "connectors/plan.hpp"

#include <memory>
#include <vector>

namespace retention {

// Everything below for one plan.
Problems check_plan(const Plan&);

// The record's table and key: views, virtual tables, a key that is not unique, nullable or missing. (check_tables.cpp)
Problems check_tables(const Plan&);
// `on` and `via` of every link in one type family and collation; `via` of related entries unique. (check_links.cpp)
Problems check_links(const Plan&);
// Database triggers on rows that the plan changes; soft deletes; triggers that move a trigger date.
// (check_triggers.cpp)
Problems check_database_triggers(const Plan&);
// Every foreign key that points at a table from which the plan deletes is answered; prints the entry to paste.
Problems check_foreign_keys(const Plan&); // (check_foreign_keys.cpp)
// Masks and the marker fit their columns: type, length, NOT NULL, uniqueness, keys, columns of links and triggers.
// (check_masks.cpp, check_mask_fit.cpp, check_marker.cpp)
Problems check_masks(const Plan&);
Problems check_marker(const Plan&);
// What servers alone have: standbys and settings that make no promise, row security, inheritance, partitions named by
// themselves, engines without transactions, tables without any key, a missing index on the trigger. (check_server.cpp)
Problems check_server(const Plan&);

// The plans of one store against each other. (check_order.cpp, check_memory.cpp)
struct Ordered {
    std::vector<std::size_t> order; // indices: readers before removers, delete before anonymise on one table
    Problems problems;              // cycles; triggers read from a table from which rows go sooner
};
Ordered order_plans(const std::vector<std::shared_ptr<Plan>>&);

} // namespace retention
