#include "daemon/problem_details.hpp"

#include <boost/json.hpp>

namespace retention {

ProblemDetails problem_of(const ControlFault& fault) {
    return {static_cast<unsigned>(fault.kind), fault.what(), fault.hint, ""};
}

std::string problem_json(const ProblemDetails& problem) {
    boost::json::object document{{"type", "about:blank"},
                                 {"title", title_of(problem.status)},
                                 {"status", problem.status},
                                 {"detail", problem.detail}};
    if (!problem.hint.empty()) document["hint"] = problem.hint;
    return boost::json::serialize(document) + "\n";
}

std::string_view title_of(unsigned status) {
    switch (status) {
    case 200:
        return "OK";
    case 202:
        return "Accepted";
    case 400:
        return "Bad Request";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 408:
        return "Request Timeout";
    case 409:
        return "Conflict";
    case 411:
        return "Length Required";
    case 413:
        return "Content Too Large";
    case 415:
        return "Unsupported Media Type";
    case 417:
        return "Expectation Failed";
    case 431:
        return "Request Header Fields Too Large";
    case 503:
        return "Service Unavailable";
    case 505:
        return "HTTP Version Not Supported";
    default:
        return "Internal Server Error";
    }
}

} // namespace retention
