#pragma once
// What a rule means, said as to a person who never saw TOML: "anonymise 36 months after the latest of created_at,
// calls.started_at; 4 columns masked; …". Pure.

#include "policies/rule.hpp"

#include <string>

namespace retention {

std::string plain_words(const Rule&);
// How a trigger date becomes the start of the period: "", "the end of the financial year of ", …
std::string start_in_words(Starts);

} // namespace retention
