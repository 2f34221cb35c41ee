// Feeds bytes to the control socket's reading: HTTP as the connection does it, then the route, then the order; and the
// parts alone. Whatever they are, there is an answer, and a purge says what it is to take. Run: fuzz_control
// -max_total_time=600 CORPUS

#include "daemon/control_message.hpp"
#include "daemon/request_target.hpp"

#include <boost/asio/buffer.hpp>
#include <cstdlib>

using namespace retention;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void require_clear(const PurgeOrder& order) {
    for (const auto& category : order.categories) require(!category.empty());
    require(!order.limit || *order.limit > 0);
    require(order.actor.empty()); // never the peer's to say
}

void require_problem(const ProblemDetails& problem) {
    require(problem.status >= 400 && problem.status < 600 && !problem.detail.empty());
    require(!problem_json(problem).empty());
}

void feed_message(const std::string& text) {
    ControlParser parser;
    limit(parser);
    parser.eager(true);
    boost::system::error_code error;
    std::size_t read = 0;
    while (!error && read < text.size() && !parser.is_done())
        read += parser.put(boost::asio::buffer(text.data() + read, text.size() - read), error);
    if (!parser.is_header_done()) return;
    const auto head = head_of(parser);
    const auto routed = route_of(head);
    if (const auto* problem = std::get_if<ProblemDetails>(&routed)) return require_problem(*problem);
    if (!parser.is_done()) return;
    const auto& request = std::get<RoutedRequest>(routed);
    const auto order = order_of(request, parser.get().body());
    if (const auto* problem = std::get_if<ProblemDetails>(&order)) return require_problem(*problem);
    require((request.route == Route::purge) == std::holds_alternative<PurgeOrder>(std::get<ControlOrder>(order)));
    require(request.route != Route::purge || head.method == "POST");
    if (const auto* purge = std::get_if<PurgeOrder>(&std::get<ControlOrder>(order))) require_clear(*purge);
}

void feed_parts(const std::string& text) {
    std::string why;
    require(read_target(text, why).has_value() == why.empty());
    const auto order = purge_order(text);
    if (const auto* purge = std::get_if<PurgeOrder>(&order)) require_clear(*purge);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    feed_message(text);
    feed_message("POST /v1/purge HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" + text);
    feed_message("GET /" + text + " HTTP/1.1\r\nHost: x\r\n\r\n");
    feed_parts(text);
    return 0;
}
