#include "daemon/control_request.hpp"

#include "daemon/request_target.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace retention {
namespace {

struct Place {
    std::vector<std::string> path; // "*": the name of a run
    bool by_post;
    Route route;
    Verb verb;
};

const std::vector<Place>& places() {
    static const std::vector<Place> all{
        {{"v1", "status"}, false, Route::status, Verb::status},
        {{"v1", "report"}, false, Route::report, Verb::report},
        {{"v1", "explain"}, false, Route::explain, Verb::explain},
        {{"v1", "purge"}, true, Route::purge, Verb::purge},
        {{"v1", "runs"}, false, Route::runs, Verb::runs},
        {{"v1", "runs", "*"}, false, Route::run, Verb::runs},
        {{"v1", "runs", "*", "news"}, false, Route::news, Verb::runs},
        {{"v1", "runs", "*", "cancel"}, true, Route::cancel, Verb::cancel},
        // Here go /v1/approvals (Verb::approve), /v1/holds (Verb::hold) and /v1/requests (Verb::erase): a line each, a
        // Route, and an order of its own. Their rights are judged already.
        {{"healthz"}, false, Route::health, Verb::status},
        {{"metrics"}, false, Route::metrics, Verb::status},
    };
    return all;
}

bool is_at(const Place& place, const std::vector<std::string>& path) {
    return std::equal(place.path.begin(), place.path.end(), path.begin(), path.end(),
                      [](const std::string& wanted, const std::string& given) {
                          return wanted == "*" ? !given.empty() : wanted == given;
                      });
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

// "application/json; charset=utf-8" -> "application/json"
std::string media_type(const std::string& text) {
    const auto type = text.substr(0, text.find(';'));
    const auto from = type.find_first_not_of(" \t");
    if (from == std::string::npos) return "";
    return lower(type.substr(from, type.find_last_not_of(" \t") - from + 1));
}

bool accepts_news(const std::string& accept) {
    for (std::size_t from = 0; from <= accept.size();) {
        const auto end = std::min(accept.find(',', from), accept.size());
        if (media_type(accept.substr(from, end - from)) == "application/x-ndjson") return true;
        from = end + 1;
    }
    return false;
}

std::optional<ProblemDetails> wrong_form(const RequestHead& head) {
    const auto problem = [](unsigned status, const char* what, const char* hint) {
        return ProblemDetails{status, what, hint, ""};
    };
    if (head.version != 11 && head.version != 10) return problem(505, "this is not HTTP/1.1", "speak HTTP/1.1");
    if (head.hosts > 1 || (head.hosts == 0 && head.version == 11))
        return problem(400, "a request has one Host field", "send \"Host: localhost\"");
    if (head.expects) return problem(417, "nothing is promised before the body came", "leave out the Expect field");
    if (head.chunked) return problem(411, "a body in chunks is not taken", "send it whole, with its Content-Length");
    if (head.content_length > longest_body)
        return problem(413, "the body is larger than 64 KiB", "name fewer categories");
    return {};
}

ProblemDetails wrong_method(const Place& place) {
    const std::string allow = place.by_post ? "POST" : "GET, HEAD";
    return {405, "the method does not fit this path", "use " + allow, allow};
}

std::optional<ProblemDetails> wrong_body(const RequestHead& head, const Place& place) {
    if (!place.by_post && head.content_length > 0)
        return ProblemDetails{400, "a question has no body", "leave it out", ""};
    if (place.by_post && !head.content_type.empty() && media_type(head.content_type) != "application/json")
        return ProblemDetails{415, "the body is JSON or nothing",
                              "send \"Content-Type: application/json\" (curl --json)", ""};
    return {};
}

std::variant<RoutedRequest, ProblemDetails> at_place(const RequestHead& head, const Place& place,
                                                     RequestTarget&& target) {
    const bool fits = place.by_post ? head.method == "POST" : head.method == "GET" || head.method == "HEAD";
    if (!fits) return wrong_method(place);
    if (auto wrong = wrong_body(head, place)) return std::move(*wrong);
    RoutedRequest routed{
        place.route, place.verb, "", std::move(target.query), head.method == "HEAD", accepts_news(head.accept)};
    if (place.path.size() > 2) routed.run = std::move(target.path[2]);
    return routed;
}

} // namespace

std::variant<RoutedRequest, ProblemDetails> route_of(const RequestHead& head) {
    if (auto wrong = wrong_form(head)) return std::move(*wrong);
    std::string why;
    auto target = read_target(head.target, why);
    if (!target) return ProblemDetails{400, why, "percent-encode what is no letter or digit", ""};
    const auto place =
        std::find_if(places().begin(), places().end(), [&](const Place& one) { return is_at(one, target->path); });
    if (place == places().end())
        return ProblemDetails{404, "there is nothing at this path",
                              "/v1/status, /v1/report, /v1/explain, /v1/purge, /v1/runs, /healthz or /metrics", ""};
    return at_place(head, *place, std::move(*target));
}

} // namespace retention
