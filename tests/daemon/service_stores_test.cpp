#include "tests/support/service_bench.hpp"

#include "daemon/audit_log.hpp"
#include "daemon/lane.hpp"
#include "tests/support/clock.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace retention;
using namespace retention::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(service_stores)

BOOST_AUTO_TEST_CASE(a_store_that_hangs_keeps_neither_the_start_nor_the_others) {
    Daemon daemon("02:30");
    daemon.gates["crm"].opening.close();

    daemon.start(); // READY=1 while crm does not answer
    daemon.gates["crm"].opening.await_visitor();
    daemon.clock.advance(30min);
    const auto crm = daemon.scheduled_run("crm");
    BOOST_TEST(disposed_of(daemon.result(daemon.first_scheduled_run("shop")), "orders") == 2);
    BOOST_TEST(disposed_of(daemon.result(daemon.purge({"orders"}).run), "orders") == 0);
    BOOST_TEST(daemon.run(crm).at("state").as_string() == "running");
    BOOST_TEST(daemon.report({"orders"}).at("categories").as_array().size() == 1u);

    daemon.gates["crm"].opening.open();
    BOOST_TEST(disposed_of(daemon.result(crm), "contacts") == 2);
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

BOOST_AUTO_TEST_CASE(a_store_that_is_away_is_tried_again_and_its_missed_run_follows_once) {
    Daemon daemon("02:30");
    daemon.start();
    daemon.report();
    daemon.gates["crm"].away = true;

    daemon.clock.advance(30min);
    const auto first = daemon.first_scheduled_run("crm");
    BOOST_TEST(outcome_of(daemon.result(first), "contacts") == "failed");
    auto status = daemon.status();
    BOOST_TEST(store(status, "crm").state == "unreachable");
    BOOST_TEST(store(status, "crm").reason == "no route to the store");
    BOOST_TEST((store(status, "crm").since == instant("2026-11-21 02:30:00")));
    BOOST_TEST((store(status, "crm").next_try == instant("2026-11-21 02:31:00")));
    BOOST_TEST(store(status, "shop").state != "unreachable");
    const auto second = daemon.scheduled_run("crm");
    BOOST_TEST(second != first); // it is in line again
    BOOST_TEST(daemon.run(second).at("state").as_string() == "waiting");

    daemon.clock.advance(1min);
    BOOST_TEST(outcome_of(daemon.result(second), "contacts") == "failed");
    BOOST_TEST((store(daemon.status(), "crm").next_try == instant("2026-11-21 02:33:00")));
    const auto third = daemon.scheduled_run("crm");
    daemon.gates["crm"].away = false;
    daemon.clock.advance(2min);
    BOOST_TEST(disposed_of(daemon.result(third), "contacts") == 2);

    BOOST_TEST(daemon.scheduled_run("crm") == "");
    BOOST_TEST(store(daemon.status(), "crm").state == "ready");
    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST((daemon.memory.served["contacts"] == instant("2026-11-21 02:33:00")));
}

BOOST_AUTO_TEST_CASE(a_store_that_comes_back_is_noticed_without_a_run) {
    Daemon daemon;
    daemon.gates["crm"].away = true;
    daemon.start();
    daemon.report();
    BOOST_TEST(store(daemon.status(), "crm").state == "unreachable");

    daemon.gates["crm"].away = false;
    daemon.clock.advance(1min);
    daemon.status(); // the survey is in line now
    daemon.report();

    BOOST_TEST(store(daemon.status(), "crm").state == "ready");
    BOOST_TEST(category(daemon.status(), "contacts").due == 2);
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

BOOST_AUTO_TEST_CASE(a_try_that_falls_due_while_the_daemon_looks_is_not_passed_over) {
    int in_a_look = 1;
    for (int readings = 1; readings <= in_a_look; ++readings) {
        Daemon daemon("02:30");
        daemon.start();
        daemon.report();
        daemon.gates["crm"].away = true;
        daemon.clock.advance(30min);
        daemon.result(daemon.first_scheduled_run("crm"));
        daemon.result(daemon.first_scheduled_run("shop"));
        daemon.report(); // nothing goes on now; the next try is at 02:31
        const auto missed = daemon.scheduled_run("crm");
        daemon.gates["crm"].away = false;

        const auto look = [&] {
            const int before = daemon.clock.readings();
            daemon.clock.set("2026-11-21 02:30:00");
            daemon.ask([](Control&) {});
            return daemon.clock.readings() - before;
        };
        in_a_look = look();
        daemon.clock.advance_after_readings(readings, 1min);
        look();

        BOOST_TEST_CONTEXT("after " << readings << " readings of the clock")
        BOOST_TEST(disposed_of(daemon.result(missed), "contacts") == 2);
        BOOST_TEST((daemon.stop() == ExitCode::done));
    }
}

BOOST_AUTO_TEST_CASE(a_person_is_answered_though_the_store_rests) {
    Daemon daemon;
    daemon.gates["crm"].away = true;
    daemon.start();
    daemon.report();

    BOOST_TEST(outcome_of(daemon.result(daemon.purge({"contacts"}).run), "contacts") == "failed");

    BOOST_TEST((daemon.stop() == ExitCode::done));
}

namespace {

void leave_open_intents(const Daemon& daemon) {
    auto state = State::acquire(daemon.configuration.state);
    AuditLog log(daemon.configuration.audit.directory, state, daemon.clock.now());
    const auto intent = [&](const std::string& store, const std::string& category) {
        log.append("batch.intent",
                   {{"run", "old"},
                    {"batch", "old." + store},
                    {"category", category},
                    {"store", store},
                    {"table", category},
                    {"records", 1},
                    {"keys", boost::json::array()}},
                   daemon.clock.now());
    };
    intent("crm", "contacts");
    intent("shop", "orders");
    intent("gone", "calls");
}

} // namespace

BOOST_AUTO_TEST_CASE(what_a_crash_left_open_is_settled_store_by_store) {
    Daemon daemon("02:30");
    std::filesystem::create_directories(daemon.crm.folder());
    std::ofstream(daemon.crm.folder() / "audit.key") << std::string(64, 'a');
    std::filesystem::permissions(daemon.crm.folder() / "audit.key", std::filesystem::perms(0600));
    leave_open_intents(daemon);
    daemon.gates["crm"].away = true;

    daemon.start();
    daemon.report();
    BOOST_TEST(disposed_of(daemon.result(daemon.purge({"orders"}).run), "orders") == 2); // settled before it
    BOOST_TEST(outcome_of(daemon.result(daemon.purge({"contacts"}).run), "contacts") != "completed");
    BOOST_TEST(store(daemon.status(), "crm").state == "in doubt");
    BOOST_TEST(store(daemon.status(), "gone").state == "in doubt");
    BOOST_TEST(store(daemon.status(), "gone")
                   .reason.starts_with("a batch of it cannot be settled, because it is not "
                                       "configured; hint: put it back"));
    BOOST_TEST(daemon.status().waits_for_you.size() == 2u);

    daemon.gates["crm"].away = false;
    BOOST_TEST(disposed_of(daemon.result(daemon.purge({"contacts"}).run), "contacts") == 2);
    BOOST_TEST(store(daemon.status(), "crm").state == "ready");
    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST(with_event(daemon.log(), "batch.rolled_back").size() == 2u); // gone's stays open
    boost::json::array doubts;
    for (const auto& line : with_event(daemon.log(), "recovered"))
        for (const auto& store : line.at("in_doubt").as_array()) doubts.push_back(store);
    BOOST_TEST(std::ranges::count(doubts, boost::json::value("gone")) == 1);
    BOOST_TEST(std::ranges::count(doubts, boost::json::value("crm")) == 1);
}

BOOST_AUTO_TEST_CASE(a_store_in_doubt_is_tried_again_by_itself) {
    Daemon daemon;
    std::ofstream(daemon.crm.folder() / "audit.key") << std::string(64, 'a');
    std::filesystem::permissions(daemon.crm.folder() / "audit.key", std::filesystem::perms(0600));
    leave_open_intents(daemon);
    daemon.gates["crm"].away = true;
    daemon.start();
    daemon.result(daemon.purge({"contacts"}).run); // after the recovery, in the same thread
    BOOST_TEST(store(daemon.status(), "crm").state == "in doubt");

    daemon.gates["crm"].away = false;
    daemon.gates["crm"].opening.close();
    daemon.clock.advance(1min);
    daemon.gates["crm"].opening.await_visitor(); // the recovery, by itself
    daemon.gates["crm"].opening.open();
    BOOST_TEST(outcome_of(daemon.result(daemon.purge({"contacts"}).run), "contacts") == "completed");

    BOOST_TEST(store(daemon.status(), "crm").state == "ready");
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

// ---- what cannot be counted

BOOST_AUTO_TEST_CASE(a_category_that_cannot_be_counted_is_no_healthy_one_and_is_counted_again) {
    Daemon daemon("02:30");
    daemon.crm.run("ALTER TABLE contacts RENAME COLUMN created_at TO born");
    daemon.start();
    daemon.report();

    auto status = daemon.status();
    BOOST_TEST(store(status, "crm").state == "ready");
    BOOST_TEST(category(status, "contacts").not_counted != "");
    BOOST_TEST(category(status, "orders").not_counted == "");
    BOOST_REQUIRE(status.faults().size() == 2u); // and the orders are overdue
    BOOST_TEST(status.faults()[0].starts_with("contacts was not counted: "));

    daemon.crm.run("ALTER TABLE contacts RENAME COLUMN born TO created_at"); // nobody tells the daemon
    daemon.gates["crm"].opening.close();
    daemon.clock.advance(10min);
    daemon.gates["crm"].opening.await_visitor();
    daemon.gates["crm"].opening.open();
    daemon.report();

    status = daemon.status();
    BOOST_TEST(category(status, "contacts").not_counted == "");
    BOOST_TEST(category(status, "contacts").due == 2);
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

// ---- the threads themselves

BOOST_AUTO_TEST_CASE(interrupted_no_store_is_opened_to_read) {
    Daemon bench; // which is not started
    const auto& settings = bench.configuration.stores.at("crm");
    Interrupter interrupter;
    const auto store = interrupter.wrap(gated(bench.gates, bench.clock.reading()))(settings, bench.configuration.zone);

    interrupter.interrupt();

    BOOST_CHECK_EXCEPTION(store->open(Access::read_only), StoreError,
                          [](const auto& error) { return error.kind == StoreError::Kind::cancelled; });
    BOOST_TEST(bench.gates["crm"].opening.visits == 0);
    BOOST_TEST((store->open(Access::read_write) != nullptr)); // a batch may have to be settled
    interrupter.allow();
    BOOST_TEST((store->open(Access::read_only) != nullptr));
}

BOOST_AUTO_TEST_CASE(tasks_of_a_thread_run_in_their_order_one_at_a_time) {
    std::vector<int> order;
    {
        WorkThread thread;
        std::promise<void> done;
        for (int i = 0; i < 1000; ++i) thread.post([&order, i] { order.push_back(i); });
        thread.post([&done] { done.set_value(); });
        done.get_future().wait();
    }
    BOOST_TEST(order.size() == 1000u);
    BOOST_TEST(std::ranges::is_sorted(order));
}

BOOST_AUTO_TEST_CASE(what_is_withdrawn_does_not_begin) {
    Gate gate;
    gate.close();
    const bool never = false;
    const int mine = 0, yours = 0;
    std::vector<int> order;
    {
        WorkThread thread;
        std::promise<void> done;
        thread.post([&] { gate.pass(never), order.push_back(0); }, &mine);
        gate.await_visitor();
        for (int i = 1; i < 9; ++i) thread.post([&order, i] { order.push_back(i); }, i % 2 == 0 ? &mine : &yours);
        thread.post([&done] { done.set_value(); });

        thread.withdraw(&mine);
        gate.open();
        done.get_future().wait();
    }
    const std::vector<int> expected{0, 1, 3, 5, 7}; // what has begun ends
    BOOST_TEST(order == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_closed_thread_drops_what_waits) {
    Gate gate;
    gate.close();
    const bool never = false;
    bool second = false;
    WorkThread thread;
    thread.post([&] { gate.pass(never); });
    thread.post([&] { second = true; });
    gate.await_visitor();

    thread.close();
    thread.post([&] { second = true; });
    gate.open();
    while (!thread.ended()) std::this_thread::yield();

    BOOST_TEST(!second);
}

BOOST_AUTO_TEST_SUITE_END()
