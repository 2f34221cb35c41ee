#include "daemon/metrics_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>
#include <list>
#include <thread>

using namespace retention;
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// A server on a thread of its own, and clients that block.
struct Served {
    explicit Served(std::chrono::milliseconds with_patience = std::chrono::minutes(1)) : patience(with_patience) {}
    ServiceStatus status;
    asio::io_context io;
    const std::chrono::milliseconds patience;
    MetricsServer server{io, "127.0.0.1:0", [this] { return status; }, patience};
    std::thread thread{[this] { io.run(); }};
    asio::io_context client;

    ~Served() {
        io.stop();
        thread.join();
    }
    tcp::socket connect() {
        tcp::socket socket(client);
        socket.connect({asio::ip::make_address("127.0.0.1"), server.port()});
        return socket;
    }
    static std::string rest(tcp::socket& socket) {
        std::string text;
        boost::system::error_code error;
        asio::read(socket, asio::dynamic_buffer(text), error);
        return text;
    }
    std::string ask(const std::string& request) {
        auto socket = connect();
        asio::write(socket, asio::buffer(request));
        return rest(socket);
    }
};

bool has_ended(tcp::socket& socket) {
    char byte = 0;
    boost::system::error_code error;
    socket.non_blocking(true);
    socket.read_some(asio::buffer(&byte, 1), error);
    return error != asio::error::would_block;
}

bool begins(const std::string& text, const std::string& with) {
    return text.starts_with(with);
}

} // namespace

BOOST_AUTO_TEST_SUITE(metrics_server)

BOOST_AUTO_TEST_CASE(prometheus_gets_the_metrics) {
    Served served;

    const auto answer = served.ask("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");

    BOOST_TEST(begins(answer, "HTTP/1.1 200 OK\r\n"));
    BOOST_TEST(answer.find("Content-Type: text/plain; version=0.0.4") != std::string::npos);
    BOOST_TEST(answer.find("\nretentiond_healthy 1\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(healthz_says_what_is_wrong) {
    Served well, ill;
    ill.status.stopped = "the audit log cannot be written";

    BOOST_TEST(begins(well.ask("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"), "HTTP/1.1 200"));
    const auto answer = ill.ask("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(begins(answer, "HTTP/1.1 503"));
    BOOST_TEST(answer.ends_with("nothing is disposed of: the audit log cannot be written\n"));
}

BOOST_AUTO_TEST_CASE(refuses_everything_else) {
    Served served;

    BOOST_TEST(begins(served.ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "HTTP/1.1 404"));
    BOOST_TEST(begins(served.ask("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"), "HTTP/1.1 405"));
    BOOST_TEST(served.ask("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n123456789") == "");
    BOOST_TEST(served.ask("no HTTP at all\r\n\r\n") == "");
    BOOST_TEST(served.ask("GET /" + std::string(20'000, 'a')) == "");
}

BOOST_AUTO_TEST_CASE(who_asks_is_answered_at_once_whoever_else_is_silent) {
    Served served; // which waits a minute for each
    auto half = served.connect();
    asio::write(half, asio::buffer(std::string("GET /metrics HTTP/1.1\r\nHost: x\r\n")));
    std::list<tcp::socket> silent;
    for (int i = 0; i < 400; ++i) silent.push_back(served.connect());

    const auto begin = std::chrono::steady_clock::now();
    const auto answer = served.ask("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");

    BOOST_TEST(begins(answer, "HTTP/1.1 200"));
    BOOST_TEST((std::chrono::steady_clock::now() - begin < std::chrono::seconds(30)));
    BOOST_TEST(Served::rest(half) == ""); // they went in the order in which they came
    BOOST_TEST(Served::rest(silent.front()) == "");
    BOOST_TEST(!has_ended(silent.back()));
}

BOOST_AUTO_TEST_CASE(who_does_not_read_does_not_keep_others_out) {
    Served served;
    served.status.stopped = std::string(20'000'000, 'x'); // more than the system takes for a peer
    std::list<tcp::socket> deaf;
    for (int i = 0; i < 16; ++i) {
        deaf.push_back(served.connect());
        asio::write(deaf.back(), asio::buffer(std::string("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")));
        deaf.back().wait(tcp::socket::wait_read); // it is being answered
    }

    const auto begin = std::chrono::steady_clock::now();
    const auto answer = served.ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

    BOOST_TEST(begins(answer, "HTTP/1.1 404"));
    BOOST_TEST((std::chrono::steady_clock::now() - begin < std::chrono::seconds(5)));
    BOOST_TEST(Served::rest(deaf.front()).size() < served.status.stopped.size());
}

BOOST_AUTO_TEST_CASE(silence_is_not_waited_for) {
    Served served(std::chrono::milliseconds(20));
    auto silent = served.connect(), half = served.connect();
    asio::write(half, asio::buffer(std::string("GET /metr")));

    BOOST_TEST(Served::rest(silent) == "");
    BOOST_TEST(Served::rest(half) == "");
}

BOOST_AUTO_TEST_CASE(an_address_that_cannot_be_had_is_an_error_with_a_hint) {
    Served served;
    asio::io_context io;

    for (const auto& listen :
         {"127.0.0.1:" + std::to_string(served.server.port()), std::string("192.0.2.1:9188"), std::string("nowhere")})
        BOOST_CHECK_EXCEPTION(MetricsServer(io, listen, [] { return ServiceStatus{}; }), std::runtime_error,
                              [](const auto& error) { return std::string(error.what()).find("\nhint: ") < 400; });
}

BOOST_AUTO_TEST_SUITE_END()
