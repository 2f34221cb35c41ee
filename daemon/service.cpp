#include "daemon/service.hpp"

#include "daemon/agenda.hpp"
#include "daemon/audit_key.hpp"
#include "daemon/clock_guard.hpp"
#include "daemon/journal.hpp"
#include "daemon/notify.hpp"
#include "daemon/open_intents.hpp"
#include "daemon/wording.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/system_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <algorithm>
#include <csignal>
#include <exception>

namespace retention {
namespace {

namespace asio = boost::asio;

void tell_outcome(const CategoryOutcome& outcome) {
    switch (outcome.outcome) {
    case Outcome::completed:
        return tell(summary(outcome));
    case Outcome::partial:
    case Outcome::refused:
        return warn(summary(outcome));
    case Outcome::failed:
        return alarm(summary(outcome));
    }
}

class Service {
public:
    Service(const Configuration& configuration, const ServiceSettings& settings)
        : configuration_(configuration)
        , now_(settings.now)
        , state_(State::acquire(configuration.state))
        , key_(audit_key(configuration.audit.key,
                         {settings.directories.credentials, configuration.state, configuration.audit.directory}))
        , log_(configuration.audit.directory, state_, now_())
        , agenda_(configuration)
        , run_context_{log_, key_.key, now_, {}, stop_} {
        run_context_.open_store = settings.open_store;
    }
    ExitCode run();

private:
    void wait_for_signal();
    void take_signal(int);
    void arm();
    void look_at_clock();
    void begin_run(const std::vector<std::string>& categories);
    RunOutcome work(const std::vector<std::string>& categories); // on the worker's thread
    void end_run(const RunOutcome&);
    void fail(std::exception_ptr);
    void settle();
    void leave();
    std::string status() const;

    const Configuration& configuration_;
    std::function<Instant()> now_;
    State state_;
    FoundKey key_;
    AuditLog log_; // the worker's alone while a run lasts
    Agenda agenda_;
    std::atomic<bool> stop_{false};
    RunContext run_context_;

    asio::io_context io_{1};
    asio::thread_pool worker_{1};
    asio::signal_set signals_{io_, SIGTERM, SIGINT, SIGHUP};
    asio::system_timer timer_{io_};
    bool running_ = false;
    Instant looked_{}; // everything that was due up to here has run
    ExitCode exit_ = ExitCode::done;
    std::exception_ptr failure_;
};

ExitCode Service::run() {
    if (!key_.warning.empty()) warn(key_.warning);
    settle();
    looked_ = now_();
    wait_for_signal();
    arm();
    tell("ready: " + status());
    notify_service_manager("READY=1\nSTATUS=" + status());
    io_.run();
    worker_.join();
    if (failure_) std::rethrow_exception(failure_);
    tell("stopped");
    return exit_;
}

void Service::settle() {
    for (const auto& store : recover(configuration_, run_context_))
        if (const auto* intent = doubt_about(run_context_, store)) alarm(in_doubt(*intent));
}

void Service::wait_for_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
        if (!error) take_signal(signal);
    });
}

void Service::take_signal(int signal) {
    wait_for_signal();
    if (signal == SIGHUP) {
        notify_service_manager("STATUS=reloading is not supported yet; " + status());
        return warn("reloading is not supported yet; hint: systemctl restart retentiond");
    }
    stop_ = true;
    notify_service_manager("STOPPING=1\nSTATUS=stopping after the batch in hand");
    if (!running_) leave();
}

void Service::leave() {
    timer_.cancel();
    signals_.cancel();
}

void Service::arm() {
    const auto next = agenda_.next(looked_);
    if (!next) return;
    timer_.expires_at(std::min<Instant>(*next, now_() + std::chrono::hours(1)));
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error && !stop_) look_at_clock();
    });
}

void Service::look_at_clock() {
    const Instant now = now_();
    const auto due = agenda_.between(looked_, now);
    looked_ = now; // also where the clock was set back: waiting for it to catch up would be silent
    if (due.empty()) return arm();
    begin_run(due);
}

void Service::begin_run(const std::vector<std::string>& categories) {
    running_ = true;
    notify_service_manager("STATUS=running " + joined(categories));
    asio::post(worker_, [this, categories] {
        try {
            auto outcome = work(categories);
            asio::post(io_, [this, outcome = std::move(outcome)] { end_run(outcome); });
        } catch (...) { // goes on to run(), which throws it
            asio::post(io_, [this, failure = std::current_exception()] { fail(failure); });
        }
    });
}

RunOutcome Service::work(const std::vector<std::string>& categories) {
    if (run_context_.open_intents && !run_context_.open_intents->empty()) settle();
    RunRequest request;
    request.categories = categories;
    request.as_of = configuration_.zone.local_date(now_());
    request.actor = "schedule";
    return enforce(configuration_, request, run_context_);
}

void Service::end_run(const RunOutcome& outcome) {
    running_ = false;
    for (const auto& category : outcome.categories) tell_outcome(category);
    if (!outcome.log_failure.empty()) {
        alarm("nothing more is disposed of: " + outcome.log_failure);
        exit_ = ExitCode::incomplete;
        return leave();
    }
    if (stop_) return leave();
    notify_service_manager("STATUS=" + status());
    look_at_clock();
}

void Service::fail(std::exception_ptr failure) {
    failure_ = failure;
    leave();
}

std::string Service::status() const {
    const auto next = agenda_.next(looked_);
    return next ? "next run " + to_text(*next) : "nothing is scheduled";
}

std::string done_by(Action action) {
    return action == Action::erase ? "deleted" : "anonymised";
}

} // namespace

std::string summary(const CategoryOutcome& outcome) {
    std::string text = outcome.category + " in " + outcome.store + ": " + done_by(outcome.action) + " " +
                       counted(outcome.disposed, "record");
    if (outcome.batches > 0) text += " in " + grouped(outcome.batches) + (outcome.batches == 1 ? " batch" : " batches");
    if (outcome.outcome != Outcome::completed) text += "; " + to_string(outcome.outcome) + ": " + outcome.reason;
    return text;
}

ExitCode run_service(const Configuration& configuration, const ServiceSettings& settings) {
    return Service(configuration, settings).run();
}

} // namespace retention
