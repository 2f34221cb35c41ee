#pragma once
// Entries of one rule that reach rows of the same table: which of them has a row that both reach, and whether that can
// be told record by record. Pure.

#include "connectors/plan.hpp"

namespace retention {

// Entries for the very same link: they are tried in order, and a row that the first takes is none of the second's.
bool same_link(const PlannedRelated&, const PlannedRelated&);

// Where both reach a row, `strong` has it: the one that keeps more; of equals the first. Of deletes the last, which may
// stand below rows that go and is disposed of before them; but not where it stands right below the other one: what
// hangs on the row is found from there, and rows of one table go leaves first anyway. Two that detach different links
// do not compete: a row that both reach gives up both, and each counts it.
bool beats(const Plan&, std::size_t strong, std::size_t weak);

// `strong` beats `weak`, one record may reach a row by the one and another record by the other, and it matters which
// has the row. Then that is decided once, over all records that are due: a batch that looked at its own records alone
// would delete what the report says is kept.
bool beats_across_records(const Plan&, std::size_t strong, std::size_t weak);
bool shares_rows(const Plan&); // there are such entries

// The records of a walk are those that are due when it begins, and one walk goes along them: its own batches could
// change which records are due (takes_own_evidence), or what goes with them.
bool judged_as_a_whole(const Plan&);

} // namespace retention
