#include "daemon/courtesy.hpp"

#include "daemon/wrapped_walk.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace retention {
namespace {

using namespace std::chrono_literals;
using Seconds = std::chrono::duration<double>;

constexpr std::size_t looks_kept = 3; // two seconds between the first and the last

} // namespace

bool Courtesy::wants_look(Time now) {
    const std::scoped_lock lock(mutex_);
    if (asked_ >= 2 && now - *looked_at_ < 1s) return false;
    looked_at_ = now;
    asked_ = std::min(asked_ + 1, 2);
    return true;
}

void Courtesy::saw(std::optional<Traffic> others, Time now) {
    const std::scoped_lock lock(mutex_);
    rate_ = 0;
    if (!others) return looks_.clear();
    if (looks_.empty() && others->over.count() > 0) looks_.push_back({now - others->over, 0});
    looks_.push_back({now, others->requests});
    if (looks_.size() > looks_kept) looks_.pop_front();
    const auto many = looks_.back().others - looks_.front().others;
    const double seconds = std::max(Seconds(looks_.back().at - looks_.front().at).count(), 1e-3);
    const double rate = static_cast<double>(many) / seconds;
    if (many >= fewest && rate >= static_cast<double>(fewest)) rate_ = rate;
}

double Courtesy::waits() const {
    return std::min(rate_ / requests_a_wait, most_waits);
}

Courtesy::Span Courtesy::wait_at(Time now) {
    const std::scoped_lock lock(mutex_);
    if (rate_ == 0) return Span{0};
    if (now < free_at_) return std::chrono::ceil<Span>(free_at_ - now);
    wait_for(last_, now + last_); // until took() knows better
    return Span{0};
}

std::size_t Courtesy::most() const {
    const std::scoped_lock lock(mutex_);
    return rate_ == 0 ? BatchSize::most : most_;
}

// As BatchSize does, but from the records that there were, whatever was asked for: alone, a batch has more.
void Courtesy::took(std::size_t records, Span time, Time now) {
    const std::scoped_lock lock(mutex_);
    wait_for(time, now);
    last_ = std::min(time, short_batch);
    const double factor =
        static_cast<double>(short_batch.count()) / static_cast<double>(std::max<std::int64_t>(time.count(), 1));
    if (records < most_ / 2 && factor >= 1) return;
    const double size = static_cast<double>(records) * std::min(factor, 2.0);
    most_ = std::clamp(static_cast<std::size_t>(size), least, BatchSize::most);
}

void Courtesy::commit_took(Span time, Time now) {
    const std::scoped_lock lock(mutex_);
    wait_for(time, std::max(now, free_at_));
}

// As far as there are others; how many there will be then is not known.
void Courtesy::wait_for(Span time, Time now) {
    const auto wait = std::min(std::chrono::duration<double, std::micro>(waits() * static_cast<double>(time.count())),
                               std::chrono::duration<double, std::micro>(longest_wait));
    free_at_ = std::max(free_at_, now + std::chrono::ceil<Time::duration>(wait));
}

std::string Courtesy::why() const {
    const std::scoped_lock lock(mutex_);
    return rate_ == 0 ? "" : "others, " + std::to_string(std::llround(rate_)) + " requests a second";
}

void look_at_others(Session& session, Courtesy& courtesy, Courtesy::Time now) {
    if (!courtesy.wants_look(now)) return;
    courtesy.saw(session.others(), now);
}

namespace {

class CourteousWalk : public WrappedWalk {
public:
    CourteousWalk(std::unique_ptr<Walk> walk, Session& session, Courtesy& courtesy, Steady clock, Pause pause,
                  const std::atomic<bool>& stop, Waits waits)
        : WrappedWalk(std::move(walk))
        , session_(session)
        , courtesy_(courtesy)
        , clock_(std::move(clock))
        , pause_(std::move(pause))
        , stop_(stop)
        , waits_(std::move(waits)) {}

    Disposed dispose(std::size_t most) override {
        wait();
        const auto began = clock_();
        auto disposed = WrappedWalk::dispose(std::min(most, courtesy_.most()));
        courtesy_.took(disposed.keys.size(), since(began), clock_());
        return disposed;
    }
    void commit(const Witness& witness) override {
        const auto began = clock_();
        WrappedWalk::commit(witness);
        courtesy_.commit_took(since(began), clock_());
    }

private:
    Courtesy::Span since(Courtesy::Time began) const {
        return std::chrono::duration_cast<Courtesy::Span>(clock_() - began);
    }

    void wait() {
        bool said = false;
        for (;;) {
            look_at_others(session_, courtesy_, clock_());
            const auto left = courtesy_.wait_at(clock_());
            if (left.count() == 0) break;
            const std::string why = courtesy_.why();
            if (stop_) throw StoreError(StoreError::Kind::cancelled, "stopped while waiting for " + why);
            if (waits_ && !std::exchange(said, true)) waits_(why);
            pause_(std::min<Courtesy::Span>(left, 1s)); // they may be gone by then
        }
        if (said) waits_("");
    }

    Session& session_;
    Courtesy& courtesy_;
    Steady clock_;
    Pause pause_;
    const std::atomic<bool>& stop_;
    Waits waits_;
};

} // namespace

std::unique_ptr<Walk> give_way(std::unique_ptr<Walk> walk, Session& session, Courtesy& courtesy, Steady clock,
                               Pause pause, const std::atomic<bool>& stop, Waits waits) {
    return std::make_unique<CourteousWalk>(std::move(walk), session, courtesy, std::move(clock), std::move(pause), stop,
                                           std::move(waits));
}

} // namespace retention
