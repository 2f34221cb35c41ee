#pragma once
// A daemon in a thread of this process, with two SQLite stores behind gates, a clock that the test holds, the systemd
// that listens to it, and a hand at its controls.
//   crm: contacts (3 records, 2 due), shop: orders (3 records, 2 due); limits allow everything.

#include "daemon/control.hpp"
#include "daemon/service.hpp"
#include "tests/support/evidence_check.hpp"
#include "tests/support/gated_store.hpp"
#include "tests/support/held_clock.hpp"
#include "tests/support/notify_listener.hpp"
#include "tests/support/sqlite_file.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <csignal>
#include <future>

namespace retention::test {

// What a daemon remembers, for the next one.
class SharedMemory {
public:
    std::string lost;
    bool stays_lost = false; // whoever accepts it: what is left cannot be set aside
    bool locked = false;     // by another process; guarded as `served` is, or set it on the daemon's own thread
    std::map<std::string, Instant> served; // guarded by the daemon's own order: read it when the daemon has ended
    std::map<std::string, std::string> schedules; // their texts, where they are known
    std::vector<RunRecord> runs;
    MakeMemory maker();

private:
    class Hand;
};

class Daemon {
public:
    // `schedule` of both categories; empty: none.
    explicit Daemon(const std::string& schedule = "", const std::string& store_keys = "");
    ~Daemon();

    HeldClock clock{"2026-11-21 02:00:00"};
    SqliteFile crm{R"(CREATE TABLE contacts (id INTEGER PRIMARY KEY, created_at TEXT);
                      INSERT INTO contacts VALUES (1, '2001-01-01'), (2, '2002-01-01'), (3, '2099-01-01');)"};
    SqliteFile shop{R"(CREATE TABLE orders (id INTEGER PRIMARY KEY, created_at TEXT);
                       INSERT INTO orders VALUES (1, '2001-01-01'), (2, '2002-01-01'), (3, '2099-01-01');)"};
    NotifyListener systemd{(crm.folder() / "notify").string()};
    std::map<std::string, Gates> gates;
    SharedMemory memory;
    Configuration configuration;
    std::function<Loaded()> load;
    std::future<ExitCode> end;

    Loaded read(const std::string& schedule, const std::string& store_keys = "", const std::string& state = "state");
    void start(); // and waits for READY=1
    ExitCode stop(int signal = SIGTERM);
    ExitCode ended() { return end.get(); }

    // On the daemon's own thread, in its second turn from now: a look that was on its way when the clock was advanced
    // has rung by then.
    template <class Work>
    auto ask(Work work) {
        using Answer = decltype(work(std::declval<Control&>()));
        const auto answer = std::make_shared<std::promise<Answer>>(); // it may still be setting when this returns
        auto result = answer->get_future();
        const auto turn = [this, answer, &work] {
            try {
                if constexpr (std::is_void_v<Answer>)
                    work(*control_), answer->set_value();
                else
                    answer->set_value(work(*control_));
            } catch (...) {
                answer->set_exception(std::current_exception());
            }
        };
        boost::asio::post(*io_, [this, turn] { boost::asio::post(*io_, turn); });
        return result.get();
    }
    ServiceStatus status() {
        return ask([](Control& control) { return control.status(); });
    }
    OrderedRun purge(const std::vector<std::string>& categories, bool approved = false) {
        return ask([&](Control& control) {
            return control.purge({categories, {}, {}, approved, "user anna (uid 1000)"});
        });
    }
    boost::json::object run(const std::string& name) {
        return boost::json::parse(ask([&](Control& control) { return control.run(name); })).as_object();
    }
    // Waits until the run has ended; its result. Throws after 30 s.
    boost::json::object result(const std::string& run);
    // The schedule's run of a store that waits or runs now; empty: there is none.
    std::string scheduled_run(const std::string& store);
    // The first one of this start, which may have ended in the meantime; empty: there was none.
    std::string first_scheduled_run(const std::string& store);
    // A report of that category, or of all; what its store's reading thread had to do before is done then.
    boost::json::object report(const std::vector<std::string>& categories = {});
    std::variant<std::string, ControlFault> explain(const std::string& category, const std::string& key);
    Lines log() const { return read_log(crm.folder() / "log"); }

private:
    using Asking = std::function<std::unique_ptr<Question>(Control&, Control::Answer)>;
    std::variant<std::string, ControlFault> answered(const Asking&);

    boost::asio::io_context* io_ = nullptr;
    Control* control_ = nullptr;
};

// Of a run's document: its one category, or the named one.
std::string outcome_of(const boost::json::object& result, const std::string& category);
std::int64_t disposed_of(const boost::json::object& result, const std::string& category);

inline const CategoryStatus& category(const ServiceStatus& status, const std::string& name) {
    return *std::ranges::find(status.categories, name, &CategoryStatus::category);
}
inline const StoreStatus& store(const ServiceStatus& status, const std::string& name) {
    return *std::ranges::find(status.stores, name, &StoreStatus::store);
}

} // namespace retention::test
