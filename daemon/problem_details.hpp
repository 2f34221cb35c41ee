#pragma once
// Why a request was not fulfilled, as the control socket says it: problem details for HTTP (RFC 9457), with what to do
// about it as the member `hint`. Pure.

#include "daemon/control.hpp"

#include <string>
#include <string_view>

namespace retention {

struct ProblemDetails {
    unsigned status = 500; // of HTTP
    std::string detail;    // what is wrong, lower case
    std::string hint;      // what to do; may be empty
    std::string allow;     // the methods that there are: of 405 alone
};

constexpr const char* problem_type = "application/problem+json";

ProblemDetails problem_of(const ControlFault&);
// {"type":"about:blank","title":"Not Found","status":404,"detail":"…","hint":"…"} and a line end.
std::string problem_json(const ProblemDetails&);
std::string_view title_of(unsigned status); // "Not Found"

} // namespace retention
