#pragma once
// The line `checkpoint` of the audit log: how long the log is and what its head is, signed with Ed25519 (RFC 8032), so
// that who has the public key alone can tell that the log up to there is the one that the daemon wrote. Pure.
//
//   {…,"event":"checkpoint","size":41,"head":"4f…","key":"…","signature":"…",…}
//   signed is "retentiond checkpoint\n41\n4f…\n"

#include "daemon/digest.hpp"
#include "daemon/state.hpp"

#include <boost/json/fwd.hpp>

namespace retention {

// The public half of the pair that is derived from the audit key, in hex.
std::string checkpoint_key(const AuditKey&);
// The members of a checkpoint that follows the line `head`.
boost::json::object line_of_checkpoint(const AuditKey&, const Head& head);
// What is wrong with a checkpoint as the line after `before`; empty where nothing is. `key`: the public key that it has
// to be signed with; empty: whatever the line names.
std::string checkpoint_fault(const boost::json::object& members, const Head& before, const std::string& key);

} // namespace retention
