#include "daemon/watchdog.hpp"

#include "daemon/notify.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <charconv>
#include <cstdlib>
#include <string_view>
#include <unistd.h>

namespace retention {
namespace {

std::optional<std::int64_t> number_in(const char* variable) {
    const char* const value = std::getenv(variable);
    if (!value) return std::nullopt;
    const std::string_view text = value;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number <= 0) return std::nullopt;
    return number;
}

} // namespace

std::optional<std::chrono::microseconds> watchdog_interval() {
    const auto interval = number_in("WATCHDOG_USEC");
    if (!interval) return std::nullopt;
    if (std::getenv("WATCHDOG_PID") && number_in("WATCHDOG_PID") != ::getpid()) return std::nullopt;
    return std::chrono::microseconds(*interval);
}

struct Watchdog::Timer {
    boost::asio::steady_timer timer;
    std::chrono::microseconds pause;

    void tell() {
        notify_service_manager("WATCHDOG=1");
        timer.expires_after(pause);
        timer.async_wait([this](const boost::system::error_code& error) {
            if (!error) tell();
        });
    }
};

Watchdog::Watchdog(boost::asio::io_context& io, std::chrono::microseconds interval)
    : timer_(new Timer{boost::asio::steady_timer(io), interval / 2}) {
    timer_->tell();
}

Watchdog::~Watchdog() = default;

} // namespace retention
