#pragma once
// The status as Prometheus reads it: exposition format 0.0.4, names by its conventions (base units, _total for what
// only grows, times as seconds since 1970). Pure. systemd/alerts.yml has the rules that watch them; the one that
// matters is the age of the oldest overdue record, not the outcome of a run.

#include "daemon/service_status.hpp"

#include <string>

namespace retention {

std::string metrics_text(const ServiceStatus&);

} // namespace retention
