#include "policies/problem.hpp"

#include <algorithm>

namespace retention {

bool has_errors(const Problems& problems) {
    return std::any_of(problems.begin(), problems.end(),
                       [](const Problem& problem) { return problem.severity == Severity::error; });
}

std::string to_string(const Problem& problem) {
    std::string text = problem.place.file;
    if (problem.place.line > 0)
        text += ':' + std::to_string(problem.place.line) + ':' + std::to_string(problem.place.column);
    if (!text.empty()) text += ": ";
    text += problem.severity == Severity::error ? "error: " : "warning: ";
    text += problem.what;
    if (!problem.hint.empty()) text += "\nhint: " + problem.hint;
    return text;
}

} // namespace retention
