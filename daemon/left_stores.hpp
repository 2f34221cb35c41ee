#pragma once
// A store that the configuration names no more can never be asked for its witness rows again. A signed checkpoint after
// its last batch says as much (daemon/audit_uncompared.hpp), so that `audit verify` need not doubt the log for ever.

#include "daemon/audit_log.hpp"
#include "daemon/digest.hpp"
#include "policies/configuration.hpp"

namespace retention {

// For after `config.loaded`, and after the last batch of a run that goes on by an older configuration. Nothing is
// written where no batch of such a store came since the last checkpoint. Throws AuditError.
void confirm_left_stores(AuditLog&, const AuditKey&, const Configuration&, Instant time);

} // namespace retention
