#pragma once
// The target of a request, taken apart strictly: a path of segments and a query of named values, percent-decoded once.
// Whatever could be read in two ways is refused: a broken escape, a bare plus, a fragment, what is no UTF-8, a zero
// byte. Pure, and safe on any bytes.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace retention {

struct RequestTarget {
    std::vector<std::string> path;                          // "/v1/runs/x": v1, runs, x; "/": one that is empty
    std::vector<std::pair<std::string, std::string>> query; // in the order of the text
};

// Nothing: `why` then says what is wrong with it.
std::optional<RequestTarget> read_target(std::string_view, std::string& why);

} // namespace retention
