#pragma once
// The intents whose outcome the log does not have yet: the batch in hand, and those that a crash or a lost connection
// left open. While a store has one, it is in doubt, and nothing is disposed of there.

#include "daemon/enforcement.hpp"

namespace retention {

// The context's own list; at first what the log was opened with.
std::vector<OpenIntent>& open_intents(RunContext&);
// The oldest one of a store, or null.
const OpenIntent* doubt_about(RunContext&, const std::string& store);
std::string in_doubt(const OpenIntent&); // why the store is refused
// By the witness row, in the database that the intent was for; in doubt in any other. Throws StoreError.
Settled settle(RunContext&, Session&, const OpenIntent&);

enum class Durable { now, with_next_line };
// Writes the outcome (committed or rolled_back) and takes the intent off the list. Throws AuditError; it then stays.
void conclude(RunContext&, const OpenIntent&, Settled, bool recovered, Durable);

} // namespace retention
