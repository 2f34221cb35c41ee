#pragma once
// The users and groups of [control], against those of this machine.

#include "daemon/rights.hpp"
#include "policies/configuration.hpp"
#include "policies/problem.hpp"

namespace retention {

// A warning for each who does not exist here: a name that is nobody's lets nobody in.
Problems check_people(const ControlSettings&, const UserDatabase& = system_users());

} // namespace retention
