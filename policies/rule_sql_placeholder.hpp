#pragma once
// {as_of}, {cutoff}, {as_of - 13 years}, {as_of start}: the dates of our own calendar in rule SQL. Pure.

#include "policies/rule_sql.hpp"

#include <string>
#include <string_view>

namespace retention {

// What stands between { and }; nothing, and `why`, where that is no date.
std::optional<DatePlaceholder> read_placeholder(std::string_view text, std::string& why);

} // namespace retention
