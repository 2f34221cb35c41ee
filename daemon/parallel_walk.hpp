#pragma once
// Several walks over one plan, each on a session and a thread of its own, as one Walk: while the caller proves one
// worker's batch in the audit log, the others prepare theirs. The caller, and with it the audit log, stays one thread;
// batches come in no order.

#include "connectors/connector.hpp"

#include <memory>
#include <vector>

namespace retention {

// `sessions` are those that the walks use, where the caller does not keep them itself. At most so many records as a
// dispose() allows are in open transactions at a time. At least one walk.
std::unique_ptr<Walk> in_parallel(std::vector<std::unique_ptr<Walk>> walks,
                                  std::vector<std::unique_ptr<Session>> sessions);

} // namespace retention
