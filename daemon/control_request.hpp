#pragma once
// A request to the control socket, understood before anything is done: from the head of a message to its route, the
// right that it needs and the answer's form, and from there with the body to an order. Pure: no I/O, no rights, safe on
// any bytes. What cannot be understood in one way alone is a problem.

#include "daemon/control.hpp"
#include "daemon/problem_details.hpp"
#include "daemon/rights.hpp"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace retention {

// What matters of a message before its body has come.
struct RequestHead {
    std::string method, target;
    int version = 11;      // 10: HTTP/1.0
    std::size_t hosts = 1; // so many Host fields
    std::string accept, content_type;
    std::size_t content_length = 0;
    bool chunked = false; // any Transfer-Encoding
    bool expects = false; // any Expect
};

enum class Route { status, report, explain, purge, runs, run, news, cancel, health, metrics };

struct RoutedRequest {
    Route route = Route::status;
    Verb verb = Verb::status;
    std::string run;                                        // of the path
    std::vector<std::pair<std::string, std::string>> query; // not judged yet
    bool head_only = false;                                 // HEAD
    bool wants_news = false;                                // Accept: application/x-ndjson
};

std::variant<RoutedRequest, ProblemDetails> route_of(const RequestHead&);

struct RunsOrder {
    std::size_t last = 20;
};
struct NoOrder {}; // the route says all
using ControlOrder = std::variant<NoOrder, ReportOrder, ExplainOrder, PurgeOrder, RunsOrder>;

// The query and the body; the actor of a purge is not in them.
std::variant<ControlOrder, ProblemDetails> order_of(const RoutedRequest&, const std::string& body);
// {"categories":["a"]} or {"all":true}; optional: as_of, limit, yes.
std::variant<PurgeOrder, ProblemDetails> purge_order(const std::string& body);

constexpr std::size_t longest_body = 64 * 1024;
constexpr std::size_t most_runs = 1000; // of one answer

} // namespace retention
