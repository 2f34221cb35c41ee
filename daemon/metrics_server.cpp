#include "daemon/metrics_server.hpp"

#include "daemon/metrics.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <list>
#include <optional>
#include <stdexcept>

namespace retention {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t most_connections = 16;
constexpr std::chrono::seconds to_read_the_answer{10};
constexpr std::uint32_t longest_header = 8 * 1024;

[[noreturn]] void refuse(const std::string& listen, const std::string& why) {
    throw std::runtime_error("[metrics] listen = \"" + listen + "\": " + why +
                             "\nhint: an address of this machine and a free port, as \"127.0.0.1:9188\"");
}

tcp::endpoint endpoint_of(asio::io_context& io, const std::string& listen) {
    const auto colon = listen.rfind(':');
    if (colon == std::string::npos) refuse(listen, "no port");
    std::string host = listen.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    error_code error;
    const auto found = tcp::resolver(io).resolve(host, listen.substr(colon + 1), error);
    if (error || found.empty()) refuse(listen, error.message());
    return *found.begin();
}

using Request = http::request<http::empty_body>;
using Answer = http::response<http::string_body>;

std::string faults_of(const ServiceStatus& status) {
    std::string text;
    for (const auto& fault : status.faults()) text += fault + '\n';
    return text;
}

Answer answer_to(const Request& request, const std::function<ServiceStatus()>& status) {
    Answer answer{http::status::ok, request.version()};
    answer.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
    const auto path = request.target();
    if (request.method() != http::verb::get && request.method() != http::verb::head) {
        answer.result(http::status::method_not_allowed);
        answer.set(http::field::allow, "GET, HEAD");
    } else if (path == "/metrics") {
        answer.body() = metrics_text(status());
    } else if (path == "/healthz") {
        answer.body() = faults_of(status());
        if (!answer.body().empty()) answer.result(http::status::service_unavailable);
        if (answer.body().empty()) answer.body() = "ok\n";
    } else {
        answer.result(http::status::not_found);
        answer.body() = "there is /metrics and /healthz\n";
    }
    answer.keep_alive(false);
    answer.prepare_payload();
    if (request.method() == http::verb::head) answer.body().clear();
    return answer;
}

} // namespace

struct MetricsServer::Impl : std::enable_shared_from_this<MetricsServer::Impl> {
    struct Connection;
    Impl(asio::io_context& io, const std::string& listen, std::function<ServiceStatus()> from,
         std::chrono::milliseconds with_patience)
        : acceptor(io), again(io), status(std::move(from)), patience(with_patience) {
        const auto endpoint = endpoint_of(io, listen);
        error_code error;
        acceptor.open(endpoint.protocol(), error);
        if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error) acceptor.bind(endpoint, error);
        if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
        if (error) refuse(listen, error.message());
    }
    void accept();
    void accept_later();
    void make_room();
    void close();

    tcp::acceptor acceptor;
    asio::steady_timer again;
    std::function<ServiceStatus()> status;
    const std::chrono::milliseconds patience;
    std::list<std::shared_ptr<Connection>> connections; // as they came
};

struct MetricsServer::Impl::Connection : std::enable_shared_from_this<Connection> {
    Connection(Impl& of, tcp::socket socket) : server(of), stream(std::move(socket)) {
        parser.header_limit(longest_header);
        parser.body_limit(0);
    }
    void read() {
        stream.expires_after(server.patience);
        http::async_read(stream, buffer, parser, [self = shared_from_this()](const error_code& error, std::size_t) {
            error || self->closed ? self->end() : self->write();
        });
    }
    void write() {
        asked = true;
        stream.expires_after(to_read_the_answer);
        try {
            answer = answer_to(parser.get(), server.status);
        } catch (const std::exception& error) { // costs this answer, not the daemon
            answer.emplace(http::status::internal_server_error, 11, std::string(error.what()) + '\n');
            answer->prepare_payload();
        }
        http::async_write(stream, *answer,
                          [self = shared_from_this()](const error_code&, std::size_t) { self->end(); });
    }
    void end() {
        error_code ignored;
        stream.socket().shutdown(tcp::socket::shutdown_both, ignored);
        stream.close();
        if (closed) return;
        closed = true;
        server.connections.remove(shared_from_this());
    }
    void close() { // from outside
        closed = true;
        stream.close();
    }

    Impl& server;
    boost::beast::tcp_stream stream;
    boost::beast::flat_buffer buffer{longest_header + 1024};
    http::request_parser<http::empty_body> parser;
    std::optional<Answer> answer;
    bool asked = false;  // its whole request is here
    bool closed = false; // or the server is gone
};

void MetricsServer::Impl::accept() {
    acceptor.async_accept([self = shared_from_this()](const error_code& error, tcp::socket socket) {
        if (!self->acceptor.is_open()) return;
        if (error) return self->accept_later();
        self->make_room();
        const auto connection = std::make_shared<Connection>(*self, std::move(socket));
        self->connections.push_back(connection);
        connection->read();
        self->accept();
    });
}

// Nobody waits behind those who are silent: the oldest of them goes, or, where all have asked, who has read the
// longest.
void MetricsServer::Impl::make_room() {
    if (connections.size() < most_connections) return;
    auto oldest = std::ranges::find(connections, false, [](const auto& one) { return one->asked; });
    if (oldest == connections.end()) oldest = connections.begin();
    (*oldest)->close();
    connections.erase(oldest);
}

// Out of descriptors, say: what was not accepted is there at once again, and would be tried without end.
void MetricsServer::Impl::accept_later() {
    again.expires_after(std::chrono::seconds(1));
    again.async_wait([self = shared_from_this()](const error_code& error) {
        if (!error) self->accept();
    });
}

void MetricsServer::Impl::close() {
    error_code ignored;
    acceptor.close(ignored);
    again.cancel();
    for (const auto& connection : connections) connection->close();
    connections.clear();
}

MetricsServer::MetricsServer(asio::io_context& io, const std::string& listen, std::function<ServiceStatus()> status,
                             std::chrono::milliseconds patience)
    : impl_(std::make_shared<Impl>(io, listen, std::move(status), patience)) {
    impl_->accept();
}
MetricsServer::~MetricsServer() {
    impl_->close();
}

std::uint16_t MetricsServer::port() const {
    return impl_->acceptor.local_endpoint().port();
}

} // namespace retention
