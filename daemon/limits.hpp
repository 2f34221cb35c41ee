#pragma once
// How much of a category one run may dispose of without a person (design.md section 4, Limits). Pure.

#include "policies/rule.hpp"

#include <optional>
#include <string>

namespace retention {

// 5 % of 12,000 records are 600; of 10 records, one: rounded up to at least one.
std::int64_t most_without_approval(const Limits&, std::int64_t records);
// Nothing where `due` may go: otherwise "1,204 of 12,000 records are due (10.0 %), more than the limit of 5 %: …".
std::optional<std::string> exceeds(const Limits&, std::int64_t due, std::int64_t records);

} // namespace retention
