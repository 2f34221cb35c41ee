#include "daemon/service.hpp"

#include "daemon/checkpoint.hpp"
#include "daemon/evidence.hpp"
#include "daemon/heartbeat.hpp"
#include "daemon/journal.hpp"
#include "daemon/left_stores.hpp"
#include "daemon/notify.hpp"
#include "daemon/service_core.hpp"
#include "daemon/wording.hpp"

#include <boost/asio/post.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <csignal>

namespace retention {
namespace asio = boost::asio;

Service::Service(const Configuration& configuration, const ServiceSettings& settings)
    : settings_(settings)
    , now_(settings.now)
    , configuration_(std::make_shared<const Configuration>(configuration))
    , state_(State::acquire(configuration.state))
    , key_(audit_key(configuration.audit.key,
                     {settings.directories.credentials, configuration.state, configuration.audit.directory}))
    , log_(configuration.audit.directory, state_, now_())
    , memory_(settings.memory(state_, log_.head()))
    , started_(now_())
    , loaded_(started_)
    , agenda_(configuration) {}

Service::~Service() = default;

ExitCode Service::run() {
    if (!key_.warning.empty()) warn(key_.warning);
    if (const auto lost = memory_->lost(); !lost.empty()) alarm("nothing is disposed of: " + lost);
    record_rules();
    wait_for_signal();
    wake_up_ = settings_.wake_up(io_, [this] { guarded([this] { look(); }); });
    if (settings_.outside) outside_ = settings_.outside(io_, *this, *configuration_);
    if (const auto interval = watchdog_interval()) watchdog_.emplace(io_, *interval);
    adopt_configuration();
    name_doubts_of_others();
    told_ = headline();
    tell("ready: " + told_);
    notify_service_manager("READY=1\nSTATUS=" + told_);
    guarded([this] { look(); });
    io_.run();
    close_lanes();
    if (failure_) std::rethrow_exception(failure_);
    tell("stopped");
    return exit_;
}

// Once for each configuration that it works by. The time is one that does not move the mark of the clock's guard.
void Service::record_rules() {
    const Instant last = log_.last_time();
    log_.append("config.loaded", line_of_rules(*configuration_), believable(now_(), last, false));
    confirm_left();
}

void Service::confirm_left() {
    const Instant last = log_.last_time();
    confirm_left_stores(log_, key_.key, *configuration_, believable(now_(), last, false));
}

void Service::wait_for_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
        if (!error) guarded([&] { take_signal(signal); });
    });
}

void Service::take_signal(int signal) {
    wait_for_signal();
    if (signal != SIGHUP) return stop();
    if (!stopping_) reload();
}

// What has begun ends after the batch in hand; what waits is forgotten, and what the schedule asked for comes again.
void Service::stop() {
    if (stopping_) return;
    stopping_ = true;
    notify_service_manager("STOPPING=1\nSTATUS=stopping after the batch in hand");
    for (const auto& [name, store] : stores_)
        if (store->lane) store->lane->interrupt();
    for (const auto& part : desk_.withdraw_all()) {
        if (!part.scheduled) refuse_unbegun(part, "stopped before it began");
        end_unbegun(part, Outcome::partial, "stopped before it began");
    }
    leave_if_idle();
}

void Service::leave_if_idle() {
    if (stopping_ && desk_.running().empty()) leave();
}

void Service::leave() {
    stopping_ = true;
    io_.stop();
}

void Service::fail(std::exception_ptr failure) {
    if (!failure_) failure_ = failure;
    leave();
}

// Batches in hand end, and are in the log when this returns.
void Service::close_lanes() {
    for (const auto& [name, store] : stores_)
        if (store->lane) store->lane->interrupt(), store->lane->close();
    for (const auto& [name, store] : stores_) store->lane.reset();
    retired_.clear();
    io_.restart();
    io_.poll(); // their last words
    signals_.cancel();
    wake_up_.reset();
    watchdog_.reset();
    if (outside_) outside_->stop();
    io_.restart();
    io_.run(); // whoever watches hears the end
    outside_.reset();
}

void Service::guarded(const Task& task) {
    try {
        task();
    } catch (...) { // goes on to run(), which throws it
        fail(std::current_exception());
    }
}

void Service::at_io(Task task) {
    asio::post(io_, [this, task = std::move(task)] { guarded(task); });
}

// The one place from which work begins: at its time, after each run, after each change. The clock is read once: what
// falls due while this lasts is in the future for all of it, and the alarm rings for it.
void Service::look() {
    if (stopping_) return;
    const Instant now = now_();
    for (auto& [category, through] : served_) // the clock was set back: to wait until it catches up would be silent
        if (through > now) through = now;
    if (memory_->busy()) look_at_memory();
    order_due(now);
    begin_what_may(now);
    try_stores_again(now);
    beat(now);
    retire_lanes();
    tell_headline();
    arm(now);
}

void Service::arm(Instant now) {
    Served idle = served_;
    std::erase_if(idle, [this](const auto& entry) { return desk_.scheduled(entry.first); });
    std::optional<Instant> first = agenda_.next(idle);
    for (const auto& other : {next_chance(now), next_heartbeat(now, log_.last_time())})
        if (other && (!first || *other < *first)) first = other;
    wake_up_->at(first);
}

void Service::beat(Instant now) {
    const auto due = next_heartbeat(now, log_.last_time());
    if (!due || *due > now) return;
    log_.append_checkpoint([this](const Head& head) { return line_of_checkpoint(key_.key, head); }, now);
}

// Of what is not due yet.
std::optional<Instant> Service::next_occurrence() const {
    Served served = served_;
    for (auto& [category, through] : served) through = std::max(through, now_());
    return agenda_.next(served);
}

std::string Service::headline() const {
    std::vector<std::string> running;
    for (const auto& [store, part] : desk_.running())
        running.insert(running.end(), part.categories.begin(), part.categories.end());
    std::string text = "nothing is scheduled";
    if (!running.empty())
        text = "running " + joined(running);
    else if (const auto next = next_occurrence())
        text = "next run " + to_text(*next);
    auto now = status();
    now.late.clear(); // as last counted: right after a run that is not so any more
    const auto faults = now.faults();
    return faults.empty() ? text : text + "; not healthy: " + on_one_line({parted(faults.front()).what, ""});
}

void Service::tell_headline() {
    if (auto text = headline(); text != told_) {
        told_ = std::move(text);
        notify_service_manager("STATUS=" + told_);
    }
}

ExitCode run_service(const Configuration& configuration, const ServiceSettings& settings) {
    return Service(configuration, settings).run();
}

} // namespace retention
