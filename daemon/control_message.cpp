#include "daemon/control_message.hpp"

namespace retention {

namespace http = boost::beast::http;

void limit(ControlParser& parser) {
    parser.header_limit(longest_head);
    parser.body_limit(longest_body);
}

RequestHead head_of(const ControlParser& parser) {
    const auto& message = parser.get();
    RequestHead head;
    head.method = std::string(message.method_string());
    head.target = std::string(message.target());
    head.version = static_cast<int>(message.version());
    head.hosts = message.count(http::field::host);
    head.accept = std::string(message[http::field::accept]);
    head.content_type = std::string(message[http::field::content_type]);
    head.content_length = static_cast<std::size_t>(parser.content_length().value_or(0));
    head.chunked = message.count(http::field::transfer_encoding) > 0;
    head.expects = message.count(http::field::expect) > 0;
    return head;
}

std::optional<ProblemDetails> problem_of(boost::system::error_code error) {
    if (error == http::error::header_limit || error == http::error::buffer_overflow)
        return ProblemDetails{431, "the head is larger than 8 KiB", "send fewer or shorter fields", ""};
    if (error == http::error::body_limit)
        return ProblemDetails{413, "the body is larger than 64 KiB", "name fewer categories", ""};
    if (error == http::error::bad_version) return ProblemDetails{505, "this is not HTTP/1.1", "speak HTTP/1.1", ""};
    if (error == http::error::end_of_stream) return {};
    if (error.category() != make_error_code(http::error::bad_method).category()) return {};
    return ProblemDetails{400, "this is no HTTP request: " + error.message(), "speak HTTP/1.1", ""};
}

} // namespace retention
