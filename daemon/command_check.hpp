#pragma once
// `check`: all that is wrong or risky in the configuration and, unless --offline, in the live databases; and what each
// good rule means in plain words. Errors end 2, warnings alone end 0; where nothing is wrong but a store is out of
// reach, it could not be checked: 1.

#include "daemon/context.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/options.hpp"

namespace retention {

ExitCode check(const Options&, Context&);

} // namespace retention
