#include "daemon/control_client.hpp"

#include "daemon/audit_line.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <optional>
#include <poll.h>

namespace retention {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace json = boost::json;
using Socket = asio::local::stream_protocol::socket;
using boost::system::error_code;

constexpr std::uint64_t longest_answer = 256u << 20;

[[noreturn]] void unreachable(const std::filesystem::path& socket, const error_code& why) {
    const bool denied = why == boost::system::errc::permission_denied;
    throw DaemonUnreachable("the daemon does not answer at " + socket.string() + ": " + why.message() + "\nhint: " +
                            (denied ? "your user may not use that socket: see its folder's mode"
                                    : "is it running? systemctl status retentiond; --socket names another path"));
}

[[noreturn]] void silent(const std::filesystem::path& socket, bool ordered) {
    throw DaemonUnreachable("the daemon does not answer at " + socket.string() +
                            (ordered ? ": it may yet do this when it starts" : ": it is still starting, or cannot") +
                            "\nhint: systemctl status retentiond, journalctl -u retentiond");
}

// Whether there is something to read, or the end of it, before that time is over.
bool answers_within(Socket& socket, std::chrono::milliseconds patience) {
    const auto end = std::chrono::steady_clock::now() + patience;
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        pollfd asked{socket.native_handle(), POLLIN, 0};
        const int ready = ::poll(&asked, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
        if (ready >= 0 || errno != EINTR) return ready != 0;
    }
}

void connect(Socket& socket, const std::filesystem::path& path) {
    error_code why;
    if (path.native().size() > 100) why = boost::system::errc::make_error_code(boost::system::errc::filename_too_long);
    if (!why) socket.connect(asio::local::stream_protocol::endpoint(path.string()), why);
    if (why) unreachable(path, why);
}

http::request<http::string_body> request(http::verb verb, const std::string& target, const std::string& body = "") {
    http::request<http::string_body> made{verb, target, 11};
    made.set(http::field::host, "retentiond");
    made.set(http::field::connection, "close");
    if (verb == http::verb::post) made.set(http::field::content_type, "application/json");
    made.body() = body;
    made.prepare_payload();
    return made;
}

ExitCode code_of(unsigned status) {
    if (status == 400 || status == 404) return ExitCode::usage;
    if (status == 403 || status == 409) return ExitCode::refused;
    return ExitCode::incomplete;
}

[[noreturn]] void refuse(unsigned status, const std::string& body) {
    error_code error;
    const auto value = json::parse(body, error);
    std::string what = "the daemon answered " + std::to_string(status);
    if (!error && value.is_object()) {
        const auto& problem = value.get_object();
        const auto detail = text_member(problem, "detail"), hint = text_member(problem, "hint");
        what = detail.empty() ? what + " " + text_member(problem, "title") : detail;
        if (!hint.empty()) what += "\nhint: " + hint;
    }
    throw DaemonRefused(what, code_of(status));
}

std::string answered(const std::filesystem::path& path, const http::request<http::string_body>& request,
                     std::optional<std::chrono::milliseconds> patience) {
    asio::io_context io;
    Socket socket(io);
    connect(socket, path);
    error_code error;
    http::write(socket, request, error); // an answer may come all the same: too many connections
    if (patience && !answers_within(socket, *patience)) silent(path, request.method() == http::verb::post);
    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(longest_answer);
    http::read(socket, buffer, parser, error);
    if (error) unreachable(path, error);
    const auto& answer = parser.get();
    if (answer.result_int() / 100 != 2) refuse(answer.result_int(), answer.body());
    return answer.body();
}

// A stream that is read as it comes, beside the signals of this process.
class Following {
public:
    Following(const std::filesystem::path& path, const std::function<void(const std::string&)>& line,
              const std::function<void()>& interrupted)
        : path_(path), line_(line), interrupted_(interrupted) {
        parser_.body_limit(boost::none);
    }
    void run(const std::string& target) {
        connect(socket_, path_);
        error_code error;
        http::write(socket_, request(http::verb::get, target), error);
        if (error) unreachable(path_, error);
        await_signal();
        await_more();
        io_.run();
        if (failure_) unreachable(path_, *failure_);
        const auto& answer = parser_.get();
        if (answer.result_int() / 100 != 2) refuse(answer.result_int(), rest_);
    }

private:
    void await_signal() {
        signals_.async_wait([this](const error_code& error, int) {
            if (error) return;
            interrupted_();
            await_signal();
        });
    }
    void await_more() {
        parser_.get().body().data = piece_;
        parser_.get().body().size = sizeof piece_;
        http::async_read_some(socket_, buffer_, parser_, [this](const error_code& error, std::size_t) { take(error); });
    }
    void take(error_code error) {
        if (error == http::error::need_buffer) error = {};
        rest_.append(piece_, sizeof piece_ - parser_.get().body().size);
        if (parser_.is_header_done() && parser_.get().result_int() / 100 == 2) tell_lines();
        if (error || parser_.is_done()) {
            if (!parser_.is_done()) failure_ = error;
            signals_.cancel();
            return;
        }
        await_more();
    }
    void tell_lines() {
        for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n')) {
            const std::string line = rest_.substr(0, end);
            rest_.erase(0, end + 1);
            if (!line.empty()) line_(line);
        }
    }

    const std::filesystem::path& path_;
    const std::function<void(const std::string&)>& line_;
    const std::function<void()>& interrupted_;
    asio::io_context io_{1};
    Socket socket_{io_};
    asio::signal_set signals_{io_, SIGINT, SIGTERM};
    boost::beast::flat_buffer buffer_;
    http::response_parser<http::buffer_body> parser_;
    char piece_[16 * 1024];
    std::string rest_; // of a line, or of a problem
    std::optional<error_code> failure_;
};

} // namespace

std::string ControlClient::get(const std::string& target) const {
    return answered(socket_, request(http::verb::get, target), patience_);
}

std::string ControlClient::get_counted(const std::string& target) const {
    return answered(socket_, request(http::verb::get, target), std::nullopt);
}

std::string ControlClient::post(const std::string& target, const std::string& body) const {
    return answered(socket_, request(http::verb::post, target, body), patience_);
}

void ControlClient::follow(const std::string& target, const std::function<void(const std::string&)>& line,
                           const std::function<void()>& interrupted) const {
    Following(socket_, line, interrupted).run(target);
}

std::string in_query(std::string_view value) {
    std::string text;
    for (const char c : value) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                           c == '.' || c == '_' || c == '~';
        if (plain) {
            text += c;
            continue;
        }
        char coded[4];
        std::snprintf(coded, sizeof coded, "%%%02X", static_cast<unsigned char>(c));
        text += coded;
    }
    return text;
}

} // namespace retention
