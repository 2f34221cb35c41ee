#include "daemon/control_writer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <array>

namespace retention {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

using asio::awaitable;
constexpr auto told = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t most_discarded = 128 * 1024; // of a peer that goes on writing

template <class Message>
void fill_head(Message& message, const ControlAnswer& answer, const ControlWriter::Form& form) {
    message.version(form.version);
    message.result(answer.status);
    message.set(http::field::content_type, answer.type);
    message.set(http::field::cache_control, "no-store");
    if (!answer.location.empty()) message.set(http::field::location, answer.location);
    if (!answer.allow.empty()) message.set(http::field::allow, answer.allow);
}

} // namespace

awaitable<bool> ControlWriter::send(ControlAnswer answer, Form form) {
    http::response<http::string_body> message;
    fill_head(message, answer, form);
    message.body() = std::move(answer.body);
    message.keep_alive(form.keep);
    if (answer.news_of.empty()) message.prepare_payload();
    stream_.expires_after(limits_.write);
    http::response_serializer<http::string_body> writer(message);
    boost::system::error_code error;
    if (form.head_only)
        std::tie(error, std::ignore) = co_await http::async_write_header(stream_, writer, told);
    else
        std::tie(error, std::ignore) = co_await http::async_write(stream_, writer, told);
    co_return !error;
}

awaitable<bool> ControlWriter::begin_lines(const ControlAnswer& answer, Form form) {
    http::response<http::empty_body> message;
    fill_head(message, answer, form);
    if (form.version == 11) message.chunked(true);
    message.keep_alive(false);
    stream_.expires_after(limits_.write);
    http::response_serializer<http::empty_body> writer(message);
    const auto [error, size] = co_await http::async_write_header(stream_, writer, told);
    co_return !error;
}

awaitable<bool> ControlWriter::send_line(std::string line, Form form) {
    line += '\n';
    stream_.expires_after(limits_.write);
    boost::system::error_code error;
    const auto bytes = asio::buffer(line);
    const auto chunk = http::make_chunk(bytes); // g++ 12 destroys twice what is made inside a co_await
    if (form.version == 11)
        std::tie(error, std::ignore) = co_await asio::async_write(stream_, chunk, told);
    else
        std::tie(error, std::ignore) = co_await asio::async_write(stream_, bytes, told);
    co_return !error;
}

awaitable<bool> ControlWriter::end_lines(Form form) {
    if (form.version != 11) co_return true;
    stream_.expires_after(limits_.write);
    const auto end = http::make_chunk_last();
    const auto [error, size] = co_await asio::async_write(stream_, end, told);
    co_return !error;
}

awaitable<void> ControlWriter::linger() {
    boost::system::error_code ignored;
    stream_.socket().shutdown(asio::socket_base::shutdown_send, ignored);
    stream_.expires_after(limits_.linger);
    std::array<char, 4096> waste{};
    for (std::size_t all = 0; all < most_discarded;) {
        const auto room = asio::buffer(waste);
        const auto [error, size] = co_await stream_.async_read_some(room, told);
        if (error) break;
        all += size;
    }
}

} // namespace retention
