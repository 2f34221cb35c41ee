#pragma once
// How a rule answers a foreign key that points at rows which it deletes, and the entry that would.

#include "connectors/plan.hpp"

#include <optional>
#include <string>
#include <vector>

namespace retention {

// The related entries that follow exactly the key, in the order of the rule. `deleter`: the entry whose rows are
// deleted; nothing for the record itself.
std::vector<const PlannedRelated*> answers_to(const Plan&, std::optional<std::size_t> deleter, const Table& from,
                                              const ForeignKey&);
// True where an exemption without a condition follows the key: no record that has such rows is ever due.
bool exempted_by(const Plan&, const Table& from, const ForeignKey&);

// Every column can be set to NULL: nullable, not generated, no part of the primary key.
bool detachable(const Table&, const std::vector<std::string>& columns);
// Two entries that start at the same rows and pair the same columns: tried in order, never both.
bool same_route(const Catalogue&, const PlannedRelated&, const PlannedRelated&);

// [[categories.contacts.related]] with of, table, on, via and the action that fits the key.
std::string entry_to_paste(const Plan&, std::optional<std::size_t> deleter, const Table& from, const ForeignKey&);

} // namespace retention
