#include "tests/support/held_clock.hpp"

#include "tests/support/clock.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <mutex>

namespace retention::test {

struct HeldClock::Shared : std::enable_shared_from_this<HeldClock::Shared> {
    std::mutex mutex;
    Instant now{};
    int readings = 0;
    std::optional<int> moves_on_at; // that reading, by itself
    std::chrono::seconds step{};
    std::optional<Instant> armed;
    boost::asio::io_context* io = nullptr; // while there is an alarm
    std::function<void()> ring;

    // With the lock held.
    void look(bool was_set) {
        if (!io || (!was_set && (!armed || *armed > now))) return;
        armed.reset();
        boost::asio::post(*io, [self = shared_from_this()] {
            std::function<void()> ringing;
            {
                const std::scoped_lock lock(self->mutex);
                ringing = self->ring;
            }
            if (ringing) ringing();
        });
    }
};

class HeldClock::Alarm : public WakeUp {
public:
    Alarm(std::shared_ptr<Shared> shared, boost::asio::io_context& io, std::function<void()> ring)
        : shared_(std::move(shared)) {
        const std::scoped_lock lock(shared_->mutex);
        shared_->io = &io;
        shared_->ring = std::move(ring);
    }
    ~Alarm() override {
        const std::scoped_lock lock(shared_->mutex);
        shared_->io = nullptr;
        shared_->ring = nullptr;
        shared_->armed.reset();
    }
    void at(std::optional<Instant> instant) override {
        const std::scoped_lock lock(shared_->mutex);
        shared_->armed = instant;
        shared_->look(false);
    }

private:
    std::shared_ptr<Shared> shared_;
};

HeldClock::HeldClock(const std::string& text) : shared_(std::make_shared<Shared>()) {
    shared_->now = instant(text);
}

Instant HeldClock::now() const {
    const std::scoped_lock lock(shared_->mutex);
    const Instant read = shared_->now;
    if (++shared_->readings == shared_->moves_on_at) shared_->now += shared_->step;
    return read;
}

void HeldClock::advance_after_readings(int readings, std::chrono::seconds by) {
    const std::scoped_lock lock(shared_->mutex);
    shared_->moves_on_at = shared_->readings + readings;
    shared_->step = by;
}

int HeldClock::readings() const {
    const std::scoped_lock lock(shared_->mutex);
    return shared_->readings;
}

void HeldClock::advance(std::chrono::seconds by) {
    const std::scoped_lock lock(shared_->mutex);
    shared_->now += by;
    shared_->look(false);
}

void HeldClock::set(const std::string& text) {
    const std::scoped_lock lock(shared_->mutex);
    shared_->now = instant(text);
    shared_->look(true);
}

std::function<Instant()> HeldClock::reading() const {
    return [clock = *this] { return clock.now(); };
}

MakeWakeUp HeldClock::wake_up() const {
    return [shared = shared_](boost::asio::io_context& io, std::function<void()> ring) -> std::unique_ptr<WakeUp> {
        return std::make_unique<Alarm>(shared, io, std::move(ring));
    };
}

} // namespace retention::test
