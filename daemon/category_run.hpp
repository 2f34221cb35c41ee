#pragma once
// One category of a run: every guard in its order, then batch after batch until nothing is due or something ends it.

#include "daemon/current_run.hpp"

namespace retention {

// What happened is in the outcome. Throws AuditError alone; the outcome then holds what was disposed of until then.
void run_category(CurrentRun&, StoreInHand&, const Plan&, CategoryOutcome&);

} // namespace retention
