#pragma once
// Where few records of a large table are due: their keys, found by one query, which is the count of them as well. The
// walk goes along the list and does not pass over the table again. Each record is judged anew in its turn: one that
// was touched meanwhile stays, and one that became due meanwhile is left to the next run.

#include "connectors/bound_plan.hpp"
#include "connectors/key_list.hpp"

#include <cstdint>
#include <memory>
#include <optional>

namespace retention {

using SharedKeys = std::shared_ptr<const KeyList>;

// As far as the store knows: too large to be passed over in vain. Also where it does not know.
bool is_large(const Plan&);
// As many are few: more than that go faster by passing over the whole table. Nothing: no list is made for this plan,
// because its table is small or of unknown size, because a record's key may not come back equal to itself, or because
// the plan's own batches change what is due.
std::optional<std::int64_t> few_of(const Plan&);

// What is due now, in the order of the key; null where it is more than `few`. Within a transaction of the caller.
SharedKeys list_due(const BoundPlan&, std::int64_t few);

// A record's key is one of those: for the statement that proves the record once more.
Sql is_among(const BoundPlan&, const std::vector<Key>&);

} // namespace retention
