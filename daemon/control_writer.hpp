#pragma once
// The answers of one connection, as HTTP on the wire: one document, or lines as they come. Every write has its time;
// false means that the connection is over. Beast takes long to compile: few files include this one.

#include "daemon/control_connection.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>

namespace retention {

class ControlWriter {
public:
    using Stream = boost::beast::basic_stream<boost::asio::local::stream_protocol>;
    template <class Value>
    using awaitable = boost::asio::awaitable<Value>;

    ControlWriter(Stream& stream, const ControlLimits& limits) : stream_(stream), limits_(limits) {}

    struct Form {
        unsigned version = 11;  // 10: HTTP/1.0, which knows no chunks
        bool keep = false;      // the connection, afterwards
        bool head_only = false; // HEAD
    };
    awaitable<bool> send(ControlAnswer, Form);
    awaitable<bool> begin_lines(const ControlAnswer&, Form);
    awaitable<bool> send_line(std::string line, Form);
    awaitable<bool> end_lines(Form);
    // After the last answer: what the peer still writes is read and thrown away for a while. Closed with unread bytes,
    // a socket tells the peer of a reset before it has read the answer.
    awaitable<void> linger();

private:
    Stream& stream_;
    const ControlLimits& limits_;
};

} // namespace retention
