#include "daemon/wake_up.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <algorithm>
#include <cerrno>
#include <sys/timerfd.h>
#include <system_error>
#include <unistd.h>

namespace retention {
namespace {

constexpr Instant never = std::chrono::sys_days{std::chrono::year{2200} / 1 / 1};

int made_timer() {
    const int timer = ::timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (timer < 0) throw std::system_error(errno, std::generic_category(), "cannot make a timer");
    return timer;
}

class WallClockWakeUp : public WakeUp {
public:
    WallClockWakeUp(boost::asio::io_context& io, std::function<void()> ring)
        : timer_(io, made_timer()), ring_(std::move(ring)) {
        wait();
    }

    void at(std::optional<Instant> instant) override {
        const auto since = std::max<std::chrono::nanoseconds>(instant.value_or(never).time_since_epoch(),
                                                              std::chrono::nanoseconds(1)); // 0 would disarm it
        const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
        itimerspec time{};
        time.it_value.tv_sec = seconds.count();
        time.it_value.tv_nsec = static_cast<long>((since - seconds).count());
        // The clock was set since it was armed: ECANCELED says so here too, and the timer is armed all the same.
        if (::timerfd_settime(timer_.native_handle(), TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &time, nullptr) !=
                0 &&
            errno != ECANCELED)
            throw std::system_error(errno, std::generic_category(), "cannot set a timer");
    }

private:
    void wait() {
        timer_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](const auto& error) {
            if (error) return; // destroyed
            std::uint64_t times = 0;
            const bool rang = ::read(timer_.native_handle(), &times, sizeof times) > 0 || errno == ECANCELED;
            wait();
            if (rang) ring_();
        });
    }

    boost::asio::posix::stream_descriptor timer_;
    std::function<void()> ring_;
};

} // namespace

std::unique_ptr<WakeUp> wall_clock_wake_up(boost::asio::io_context& io, std::function<void()> ring) {
    return std::make_unique<WallClockWakeUp>(io, std::move(ring));
}

} // namespace retention
