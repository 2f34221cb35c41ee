#include "daemon/control_connection.hpp"

#include "daemon/control_message.hpp"
#include "daemon/control_writer.hpp"
#include "daemon/journal.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>

#include <poll.h>

namespace retention {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using asio::awaitable;
constexpr auto told = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t most_buffered = 16 * 1024; // a head and what came with it

// What the head said, for as long as the body comes and the answer goes.
struct Exchange {
    RoutedRequest request;
    unsigned version = 11;
    bool keep = false; // the connection, after the answer
};

class Connection : public ControlConnection, public std::enable_shared_from_this<Connection> {
public:
    Connection(ControlStream socket, const Peer& peer, ControlApi* api, const ControlLimits& limits,
               std::function<void()> ended)
        : stream_(std::move(socket))
        , bell_(stream_.get_executor(), asio::steady_timer::time_point::max())
        , peer_(peer)
        , api_(api)
        , limits_(limits)
        , ended_(std::move(ended)) {}

    void start(std::optional<ProblemDetails> refused);
    void finish() override;
    void close() override;

private:
    awaitable<void> talk(std::optional<ProblemDetails> refused);
    awaitable<bool> exchange(); // true: another may follow
    awaitable<bool> first_bytes();
    awaitable<bool> judge(ControlParser&, Exchange&);
    awaitable<std::optional<ControlAnswer>> answer(const Exchange&, std::string body);
    awaitable<bool> give(const ControlAnswer&, const Exchange&);
    awaitable<bool> refuse(const ProblemDetails&, const Exchange&);
    awaitable<bool> send(ControlAnswer, const Exchange&);
    awaitable<bool> send_news(const ControlAnswer&, const Exchange&);
    awaitable<void> wait_for_bell();
    void watch_for_hang_up();
    void end();

    ControlWriter::Stream stream_;
    asio::steady_timer bell_; // rings by being cancelled
    const Peer peer_;
    ControlApi* api_; // nothing: after close()
    const ControlLimits limits_;
    ControlWriter writer_{stream_, limits_};
    std::function<void()> ended_;
    beast::flat_buffer buffer_{most_buffered};
    bool first_ = true, finishing_ = false, gone_ = false;
    bool listening_ = false; // for the rest of a request, or the next one
    std::optional<ControlAnswer> answered_;
    std::optional<RunNews> newest_; // only the newest waits to be written
    std::unique_ptr<Question> question_;
    std::unique_ptr<RunWatch> watch_;
};

void Connection::start(std::optional<ProblemDetails> refused) {
    watch_for_hang_up();
    asio::co_spawn(stream_.get_executor(), talk(std::move(refused)),
                   [self = shared_from_this()](std::exception_ptr failure) {
                       try {
                           if (failure) std::rethrow_exception(failure);
                       } catch (const std::exception& error) { // costs this connection, not the daemon
                           alarm(std::string("a connection of the control socket failed: ") + error.what());
                       }
                       self->end();
                   });
}

void Connection::end() {
    watch_.reset();
    question_.reset();
    stream_.close();
    api_ = nullptr;
    if (const auto ended = std::exchange(ended_, nullptr)) ended();
}

void Connection::finish() {
    finishing_ = true;
    if (listening_) stream_.close();
}

void Connection::close() {
    ended_ = nullptr;
    api_ = nullptr;
    gone_ = true;
    watch_.reset();
    question_.reset();
    stream_.close();
    bell_.cancel();
}

// Asked of the socket itself: Asio may wake a wait with what became of another one that had its number before.
bool has_hung_up(int socket) {
    pollfd asked{socket, 0, 0};
    return ::poll(&asked, 1, 0) > 0 && (asked.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

// A peer that closed its end hangs up (POLLHUP); one that only ended its writing is still answered.
void Connection::watch_for_hang_up() {
    stream_.socket().async_wait(asio::socket_base::wait_error,
                                [weak = weak_from_this()](boost::system::error_code error) {
                                    const auto self = weak.lock();
                                    if (error || !self) return;
                                    if (!has_hung_up(self->stream_.socket().native_handle()))
                                        return self->watch_for_hang_up();
                                    self->gone_ = true;
                                    self->bell_.cancel();
                                });
}

awaitable<void> Connection::wait_for_bell() {
    co_await bell_.async_wait(told);
}

awaitable<void> Connection::talk(std::optional<ProblemDetails> refused) {
    if (refused) {
        const Exchange nothing_read;
        co_await refuse(*refused, nothing_read);
        co_return;
    }
    bool more = true;
    while (more && !finishing_ && api_ != nullptr) more = co_await exchange();
}

awaitable<bool> Connection::exchange() {
    if (buffer_.size() == 0) {
        const bool there = co_await first_bytes();
        if (!there) co_return false;
    }
    stream_.expires_after(limits_.request); // until the body's last byte
    ControlParser parser;
    limit(parser);
    Exchange now;
    listening_ = true;
    auto [error, size] = co_await http::async_read_header(stream_, buffer_, parser, told);
    listening_ = false;
    if (error) {
        const auto problem = retention::problem_of(error);
        if (problem) co_await refuse(*problem, now);
        co_return false;
    }
    const bool right = co_await judge(parser, now);
    if (!right) co_return now.keep;
    listening_ = true;
    std::tie(error, size) = co_await http::async_read(stream_, buffer_, parser, told);
    listening_ = false;
    if (error) {
        const auto problem = retention::problem_of(error);
        if (problem) co_await refuse(*problem, now);
        co_return false;
    }
    if (finishing_) co_return false; // its last bytes came with the stop: it would be an order after it
    const auto answer = co_await this->answer(now, std::move(parser.get().body()));
    if (!answer) co_return false;
    co_return co_await give(*answer, now);
}

awaitable<bool> Connection::first_bytes() {
    stream_.expires_after(first_ ? limits_.request : limits_.idle);
    first_ = false;
    listening_ = true;
    const auto room = buffer_.prepare(4096);
    const auto [error, size] = co_await stream_.async_read_some(room, told);
    listening_ = false;
    if (!error) buffer_.commit(size);
    co_return !error && api_ != nullptr;
}

// The head says what is wanted; whether it makes sense and who may is known before the body is read.
awaitable<bool> Connection::judge(ControlParser& parser, Exchange& now) {
    const RequestHead head = head_of(parser);
    now.version = head.version == 10 ? 10 : 11;
    auto routed = route_of(head);
    std::optional<ProblemDetails> problem;
    if (auto* request = std::get_if<RoutedRequest>(&routed)) {
        now.request = std::move(*request);
        if (api_ == nullptr) co_return false; // closed while the last bytes came in
        problem = api_->forbidden(peer_, now.request.verb);
    } else {
        problem = std::get<ProblemDetails>(routed);
        now.request.head_only = head.method == "HEAD";
    }
    const bool no_body = head.content_length == 0 && !head.chunked;
    now.keep = parser.keep_alive() && no_body;
    if (!problem) {
        now.keep = parser.keep_alive();
        co_return true;
    }
    if (now.keep && problem->status < 500) {
        auto answer = answer_of(*problem);
        now.keep = co_await send(std::move(answer), now);
    } else {
        now.keep = co_await refuse(*problem, now);
    }
    co_return false;
}

awaitable<std::optional<ControlAnswer>> Connection::answer(const Exchange& now, std::string body) {
    answered_.reset();
    ControlApi::Done done = [weak = weak_from_this()](ControlAnswer answer) {
        const auto self = weak.lock();
        if (!self) return;
        self->answered_ = std::move(answer);
        self->bell_.cancel();
    };
    if (api_ == nullptr) co_return std::nullopt;
    question_ = api_->answer(now.request, body, peer_, std::move(done));
    while (!answered_ && !gone_) co_await wait_for_bell();
    question_.reset();
    co_return std::exchange(answered_, std::nullopt);
}

awaitable<bool> Connection::give(const ControlAnswer& answer, const Exchange& now) {
    if (!answer.news_of.empty() && !now.request.head_only) co_return co_await send_news(answer, now);
    co_return co_await send(answer, now);
}

// The last answer of a connection: what the peer still writes is read and thrown away, so that it reads this.
awaitable<bool> Connection::refuse(const ProblemDetails& problem, const Exchange& now) {
    Exchange last = now;
    last.keep = false;
    auto answer = answer_of(problem); // g++ 12 destroys twice what is made inside a co_await
    co_await send(std::move(answer), last);
    co_return false;
}

awaitable<bool> Connection::send(ControlAnswer answer, const Exchange& now) {
    const ControlWriter::Form form{now.version, now.keep && !finishing_, now.request.head_only};
    const bool sent = co_await writer_.send(std::move(answer), form);
    if (sent && !form.keep) co_await writer_.linger();
    co_return sent&& form.keep;
}

awaitable<bool> Connection::send_news(const ControlAnswer& answer, const Exchange& now) {
    std::optional<ProblemDetails> problem;
    if (api_ == nullptr) co_return false;
    try {
        watch_ = api_->watch(answer.news_of, [this](const RunNews& news) {
            newest_ = news;
            bell_.cancel();
        });
    } catch (const ControlFault& fault) {
        problem = retention::problem_of(fault);
    }
    if (problem) co_return co_await refuse(*problem, now);
    const ControlWriter::Form form{now.version, false, false};
    bool more = co_await writer_.begin_lines(answer, form), last = false;
    while (more && !last) {
        while (!newest_ && !gone_) co_await wait_for_bell();
        if (gone_ || !newest_) break;
        RunNews news = *std::exchange(newest_, std::nullopt);
        last = news.last;
        more = co_await writer_.send_line(std::move(news.line), form);
    }
    watch_.reset();
    if (more && last) more = co_await writer_.end_lines(form);
    if (more && last) co_await writer_.linger();
    co_return false;
}

std::shared_ptr<ControlConnection> started(ControlStream socket, const Peer& peer, ControlApi* api,
                                           const ControlLimits& limits, std::optional<ProblemDetails> refused,
                                           std::function<void()> ended) {
    auto connection = std::make_shared<Connection>(std::move(socket), peer, api, limits, std::move(ended));
    connection->start(std::move(refused));
    return connection;
}

} // namespace

std::shared_ptr<ControlConnection> serve(ControlStream socket, const Peer& peer, ControlApi& api,
                                         const ControlLimits& limits, std::function<void()> ended) {
    return started(std::move(socket), peer, &api, limits, {}, std::move(ended));
}

std::shared_ptr<ControlConnection> turn_away(ControlStream socket, const ProblemDetails& why,
                                             const ControlLimits& limits, std::function<void()> ended) {
    return started(std::move(socket), Peer{}, nullptr, limits, why, std::move(ended));
}

} // namespace retention
