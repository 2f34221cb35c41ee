#pragma once
// The configuration as a command line names it: read, its problems told, the categories and the day looked up in it.

#include "daemon/context.hpp"
#include "daemon/options.hpp"

#include <optional>

namespace retention {

// The configuration with all its problems, also those that only the daemon's parts know (schedules).
Loaded loaded_configuration(const Options&, const Context&);
// Nothing where it has errors: all of them are then on the error stream, with their places and a count.
std::optional<Configuration> configured(const Options&, Context&);
void print_problems(std::ostream&, const Problems&);
std::string count_of_problems(const Problems&); // "1 error, 2 warnings"

// Throws UsageError for a category that the configuration does not have.
void require_categories(const Configuration&, const std::vector<std::string>& categories);

Date today(const Configuration&, const Context&); // in the configuration's zone

} // namespace retention
