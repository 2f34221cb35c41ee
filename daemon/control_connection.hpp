#pragma once
// One connection to the control socket: requests one after the other, an answer each, or the news of a run until its
// end. A peer that is slow, silent or gone costs a bounded time and a bounded memory. Used on the io_context's thread.

#include "daemon/control_api.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <chrono>
#include <functional>
#include <memory>

namespace retention {

struct ControlLimits {
    std::chrono::milliseconds request{10'000};   // from its first byte to its last
    std::chrono::milliseconds idle{30'000};      // between two requests
    std::chrono::milliseconds write{30'000};     // an answer, or one piece of news
    std::chrono::milliseconds linger{1'000};     // for a peer that still writes when it has been answered
    std::chrono::milliseconds farewell{2'000};   // for answers on their way when the server stops
    std::size_t connections = 32, of_a_user = 8; // root may have more than other users
    std::size_t kept_for_root = 4;               // of `connections`
    std::size_t turned_away = 16;                // at once, who are told so; more are just closed
};

class ControlConnection {
public:
    virtual ~ControlConnection() = default;
    virtual void finish() = 0; // ends after the answer in hand; at once where no whole request has come
    virtual void close() = 0;  // at once; neither the ControlApi nor `ended` is called afterwards
};

using ControlStream = boost::asio::local::stream_protocol::socket;

// `ended` is called once, when it is over. The api must live until then, or until close().
std::shared_ptr<ControlConnection> serve(ControlStream, const Peer&, ControlApi&, const ControlLimits&,
                                         std::function<void()> ended);
// Answers with the problem, whatever is asked, and ends.
std::shared_ptr<ControlConnection> turn_away(ControlStream, const ProblemDetails&, const ControlLimits&,
                                             std::function<void()> ended);

} // namespace retention
