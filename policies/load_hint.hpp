#pragma once
// "did you mean 'x'?": the known name nearest to a misspelt one. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace retention {

// The hint, or nothing where no known name is within two letters of the misspelt one, case aside.
std::string did_you_mean(std::string_view misspelt, const std::vector<std::string>& known);

} // namespace retention
