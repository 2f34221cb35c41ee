#include "tests/support/service_bench.hpp"

#include "daemon/audit_chain.hpp"
#include "daemon/journal.hpp"
#include "daemon/outcome_line.hpp"
#include "daemon/watchdog.hpp"
#include "tests/support/clock.hpp"
#include "tests/support/journal_at.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>
#include <unistd.h>

using namespace retention;
using namespace retention::test;
using namespace std::chrono_literals;

namespace {

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

const std::string from_four = "window = \"04:00-05:00\"\n"; // of crm

void reload(Daemon& daemon) {
    ::kill(::getpid(), SIGHUP);
    daemon.systemd.next_with("READY=1");
}

// What a reload reads from now on.
void change(Daemon& daemon, const std::string& store_keys, const std::function<void(Configuration&)>& by) {
    daemon.load = [&daemon, store_keys, by] {
        auto loaded = daemon.read("02:30", store_keys);
        by(*loaded.configuration);
        return loaded;
    };
}

void add_calls(Configuration& configuration) { // a second category of crm
    auto rule = configuration.rules.front();
    rule.category = rule.table = "calls";
    configuration.rules.push_back(rule);
}

} // namespace

BOOST_AUTO_TEST_SUITE(service)

// ---- by the schedule

BOOST_AUTO_TEST_CASE(runs_each_category_at_its_schedule_and_stops_when_told) {
    Daemon daemon("02:30");

    daemon.start();
    daemon.clock.advance(29min);
    BOOST_TEST(daemon.scheduled_run("crm") == "");
    daemon.clock.advance(1min);
    const auto crm = daemon.first_scheduled_run("crm"), shop = daemon.first_scheduled_run("shop");
    BOOST_TEST(disposed_of(daemon.result(crm), "contacts") == 2);
    BOOST_TEST(disposed_of(daemon.result(shop), "orders") == 2);
    BOOST_TEST((category(daemon.status(), "contacts").next_run == instant("2026-11-22 02:30:00")));

    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST(daemon.crm.value("SELECT group_concat(id) FROM contacts") == "3");
    const auto started = with_event(daemon.log(), "run.started");
    BOOST_REQUIRE(started.size() == 2u); // one a store, each of one name
    BOOST_TEST(started.front().at("actor").as_string() == "schedule");
    BOOST_TEST(with_event(daemon.log(), "run.finished").size() == 2u);
    BOOST_TEST((daemon.memory.served["contacts"] == instant("2026-11-21 02:30:00")));
}

BOOST_AUTO_TEST_CASE(says_what_it_does) {
    Daemon daemon("02:30");
    daemon.gates["crm"].counting.close();
    daemon.start();

    daemon.clock.advance(30min);
    daemon.gates["crm"].counting.await_visitor();
    daemon.systemd.next_with("STATUS=running contacts");
    daemon.gates["crm"].counting.open();

    BOOST_TEST(daemon.systemd.next_with("STATUS=next run") == "STATUS=next run 2026-11-22T02:30:00Z");
    BOOST_TEST((daemon.stop(SIGINT) == ExitCode::done));
    BOOST_TEST(daemon.systemd.next_with("STOPPING=1").starts_with("STOPPING=1"));
}

BOOST_AUTO_TEST_CASE(a_category_without_schedule_is_left_alone) {
    Daemon daemon;

    daemon.start();
    daemon.clock.advance(24h * 3);

    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST(daemon.crm.value("SELECT count(*) FROM contacts") == "3");
    BOOST_TEST(with_event(daemon.log(), "run.started").empty());
}

BOOST_AUTO_TEST_CASE(runs_missed_while_it_was_down_are_caught_up_once) {
    Daemon daemon("02:30");
    daemon.memory.served = {{"contacts", instant("2026-11-10 02:30:00")}, {"orders", instant("2026-11-20 02:30:00")}};

    daemon.start();
    const auto run = daemon.first_scheduled_run("crm");
    BOOST_REQUIRE(run != "");
    BOOST_TEST(disposed_of(daemon.result(run), "contacts") == 2);
    BOOST_TEST(daemon.scheduled_run("crm") == "");
    BOOST_TEST(daemon.scheduled_run("shop") == ""); // missed nothing

    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST(with_event(daemon.log(), "run.started").size() == 1u); // for eleven nights
    BOOST_TEST((daemon.memory.served["contacts"] == instant("2026-11-21 02:00:00")));
}

BOOST_AUTO_TEST_CASE(a_schedule_that_was_edited_while_it_was_down_has_no_past) {
    Daemon daemon("02:30");
    const Instant before = instant("2026-11-19 02:30:00");
    daemon.memory.served = {{"contacts", before}, {"orders", before}};
    daemon.memory.schedules = {{"contacts", "01:00"}, {"orders", "02:30"}};

    daemon.start();
    BOOST_TEST(daemon.scheduled_run("crm") == "");
    const auto shop = daemon.scheduled_run("shop"); // the twin: the one that was not edited is caught up
    BOOST_REQUIRE(shop != "");
    BOOST_TEST(disposed_of(daemon.result(shop), "orders") == 2);
    BOOST_TEST((category(daemon.status(), "contacts").next_run == instant("2026-11-21 02:30:00")));
    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST((daemon.memory.served["contacts"] == instant("2026-11-21 02:00:00")));
    BOOST_TEST(daemon.memory.schedules["contacts"] == "02:30");

    daemon.clock.advance(24h); // and from then on it has one
    daemon.start();
    const auto crm = daemon.scheduled_run("crm");
    BOOST_REQUIRE(crm != "");
    BOOST_TEST(outcome_of(daemon.result(crm), "contacts") == "completed");
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

BOOST_AUTO_TEST_CASE(a_schedule_whose_text_was_not_kept_counts_as_unchanged_and_is_kept_from_then_on) {
    Daemon daemon("02:30");
    daemon.memory.served = {{"contacts", instant("2026-11-20 02:30:00")}, {"orders", instant("2026-11-20 02:30:00")}};

    daemon.start();
    BOOST_TEST((daemon.stop() == ExitCode::done));

    BOOST_TEST(daemon.memory.schedules["contacts"] == "02:30");
    BOOST_TEST((daemon.memory.served["contacts"] == instant("2026-11-20 02:30:00")));
}

BOOST_AUTO_TEST_CASE(a_schedule_that_is_put_back_by_a_reload_has_no_past) {
    const std::vector<std::function<void(Configuration&)>> ways_out = {
        [](Configuration& configuration) { configuration.rules.front().schedule.clear(); },
        [](Configuration& configuration) { configuration.rules.erase(configuration.rules.begin()); },
    };
    for (const auto& out : ways_out) {
        Daemon daemon("02:30");
        auto by = out;
        change(daemon, "", [&](Configuration& configuration) { by(configuration); });
        daemon.start();
        daemon.clock.advance(15min);
        reload(daemon);
        daemon.clock.advance(30min); // its hour passes
        daemon.result(daemon.first_scheduled_run("shop"));

        by = [](Configuration&) {};
        reload(daemon);

        BOOST_TEST(daemon.scheduled_run("crm") == "");
        BOOST_TEST((category(daemon.status(), "contacts").next_run == instant("2026-11-22 02:30:00")));
        daemon.clock.advance(24h); // and from then on it has one
        BOOST_TEST(disposed_of(daemon.result(daemon.first_scheduled_run("crm")), "contacts") == 2);
        BOOST_TEST((daemon.stop() == ExitCode::done));
        BOOST_TEST((daemon.memory.served["contacts"] == instant("2026-11-22 02:45:00")));
    }
}

BOOST_AUTO_TEST_CASE(a_schedule_that_is_put_back_while_the_daemon_is_down_has_no_past) {
    Daemon daemon("02:30");
    const Instant before = instant("2026-11-19 02:30:00");
    daemon.memory.served = {{"contacts", before}, {"orders", before}};
    daemon.memory.schedules = {{"contacts", "02:30"}, {"orders", "02:30"}};
    const auto whole = daemon.configuration;
    daemon.configuration.rules.front().schedule.clear();
    daemon.start();
    daemon.result(daemon.first_scheduled_run("shop")); // the twin: the one that stayed is caught up
    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST(!daemon.memory.served.contains("contacts"));

    daemon.configuration = whole;
    daemon.start();
    BOOST_TEST(daemon.first_scheduled_run("crm") == "");

    BOOST_TEST((category(daemon.status(), "contacts").next_run == instant("2026-11-21 02:30:00")));
    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST(daemon.crm.value("SELECT count(*) FROM contacts") == "3");
}

BOOST_AUTO_TEST_CASE(a_run_in_hand_leaves_no_past_to_a_schedule_that_was_taken_out) {
    Daemon daemon("02:30");
    change(daemon, "", [](Configuration& configuration) { configuration.rules.erase(configuration.rules.begin()); });
    daemon.gates["crm"].counting.close();
    daemon.start();
    daemon.clock.advance(30min);
    daemon.gates["crm"].counting.await_visitor();
    const auto run = daemon.scheduled_run("crm");

    reload(daemon);
    daemon.gates["crm"].counting.open();
    BOOST_TEST(disposed_of(daemon.result(run), "contacts") == 2);

    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST(!daemon.memory.served.contains("contacts"));
    BOOST_TEST(daemon.memory.served.contains("orders"));
}

BOOST_AUTO_TEST_CASE(a_run_in_hand_does_not_open_the_past_of_a_schedule_that_replaced_its_own) {
    Daemon daemon("02:30");
    daemon.load = [&] { return daemon.read("02:40"); };
    daemon.gates["crm"].counting.close();
    daemon.start();
    daemon.clock.advance(30min);
    daemon.gates["crm"].counting.await_visitor();
    const auto run = daemon.scheduled_run("crm");
    daemon.clock.advance(15min);
    ::kill(::getpid(), SIGHUP);
    daemon.systemd.next_with("RELOADING=1");
    daemon.systemd.next_with("READY=1");

    daemon.gates["crm"].counting.open();
    daemon.result(run);

    BOOST_TEST(daemon.scheduled_run("crm") == "");
    BOOST_TEST((category(daemon.status(), "contacts").next_run == instant("2026-11-22 02:40:00")));
    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST((daemon.memory.served["contacts"] == instant("2026-11-21 02:45:00")));
    BOOST_TEST(daemon.memory.schedules["contacts"] == "02:40");
}

BOOST_AUTO_TEST_CASE(what_falls_due_while_a_run_lasts_follows_it_once) {
    Daemon daemon("*:0/10");
    daemon.gates["crm"].counting.close();
    daemon.start();
    daemon.clock.advance(10min);
    daemon.gates["crm"].counting.await_visitor();
    const auto first = daemon.scheduled_run("crm");

    daemon.clock.advance(35min);
    BOOST_TEST(daemon.scheduled_run("crm") == first); // no second one beside it
    daemon.gates["crm"].counting.open();
    daemon.result(first);
    const auto second = daemon.scheduled_run("crm");

    BOOST_TEST(second != first);
    if (second != "") daemon.result(second);
    BOOST_TEST(daemon.scheduled_run("crm") == "");
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

BOOST_AUTO_TEST_CASE(a_run_whose_window_is_closed_waits_until_it_opens) {
    Daemon daemon("02:30", "window = \"04:00-05:00\"\n");
    daemon.start();

    daemon.clock.advance(30min);
    const auto run = daemon.scheduled_run("crm");
    BOOST_TEST(daemon.ask([&](Control& control) { return control.run(run); }).find("waiting") != std::string::npos);
    daemon.clock.advance(90min); // and no further ring is needed: it is 04:00

    BOOST_TEST(disposed_of(daemon.result(run), "contacts") == 2);
    const auto waited = category(daemon.status(), "contacts").waited;
    BOOST_REQUIRE(waited.size() == 1u);
    BOOST_TEST(waited[0].reason == "window");
    BOOST_TEST(waited[0].seconds == 5400.0);
    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST(with_event(daemon.log(), "run.started").size() == 2u); // shop's at 02:30, crm's at 04:00
}

BOOST_AUTO_TEST_CASE(a_run_that_waits_ends_with_the_schedule_that_asked_for_it) {
    const std::vector<std::function<void(Configuration&)>> changes = {
        [](Configuration& configuration) { configuration.rules.front().schedule.clear(); },
        [](Configuration& configuration) { configuration.rules.front().schedule = "*-12-24 03:00"; },
        [](Configuration& configuration) { configuration.rules.erase(configuration.rules.begin()); },
    };
    for (const auto& by : changes) {
        Daemon daemon("02:30", from_four);
        change(daemon, from_four, by);
        daemon.start();
        daemon.clock.advance(30min);
        const auto run = daemon.scheduled_run("crm");
        BOOST_REQUIRE(run != "");

        reload(daemon);
        const auto ended = daemon.run(run);
        BOOST_TEST(ended.at("state").as_string() == "finished");
        BOOST_TEST(outcome_of(ended, "contacts") == "partial");
        BOOST_TEST(contains(boost::json::serialize(ended), "its schedule was changed or taken out before it began"));
        daemon.clock.advance(90min); // the window opens
        BOOST_TEST(daemon.scheduled_run("crm") == "");

        BOOST_TEST((daemon.stop() == ExitCode::done));
        BOOST_TEST(daemon.crm.value("SELECT count(*) FROM contacts") == "3");
        BOOST_TEST(with_event(daemon.log(), "run.started").size() == 1u); // of shop, at 02:30
    }
}

BOOST_AUTO_TEST_CASE(a_run_that_waits_for_a_locked_history_ends_with_its_schedule) {
    Daemon daemon("02:30");
    change(daemon, "", [](Configuration& configuration) { configuration.rules.front().schedule.clear(); });
    daemon.start();
    daemon.ask([&](Control&) { daemon.memory.locked = true; });
    daemon.status();             // finds it so
    daemon.ask([](Control&) {}); // and it was looked at what follows from that
    daemon.clock.advance(30min);
    BOOST_REQUIRE(daemon.scheduled_run("crm") != "");
    const auto shop = daemon.scheduled_run("shop");

    reload(daemon);
    BOOST_TEST(daemon.scheduled_run("crm") == "");
    daemon.ask([&](Control&) { daemon.memory.locked = false; });
    daemon.clock.advance(1min);

    BOOST_TEST(disposed_of(daemon.result(shop), "orders") == 2); // its schedule stayed
    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST(daemon.crm.value("SELECT count(*) FROM contacts") == "3");
}

BOOST_AUTO_TEST_CASE(a_run_that_waits_goes_on_without_the_category_whose_schedule_went) {
    Daemon daemon("02:30", from_four);
    daemon.crm.run("CREATE TABLE calls (id INTEGER PRIMARY KEY, created_at TEXT);"
                   "INSERT INTO calls VALUES (1, '2001-01-01');");
    add_calls(daemon.configuration);
    change(daemon, from_four, [](Configuration& configuration) {
        add_calls(configuration);
        configuration.rules.front().schedule = "*-12-24 03:00";
    });
    daemon.start();
    daemon.clock.advance(30min);
    const auto run = daemon.scheduled_run("crm");
    BOOST_TEST(daemon.run(run).at("categories").as_array().size() == 2u);

    reload(daemon);
    BOOST_TEST(daemon.scheduled_run("crm") == run);
    BOOST_TEST(daemon.run(run).at("state").as_string() == "waiting");
    BOOST_TEST(daemon.run(run).at("categories").as_array().size() == 1u);
    daemon.clock.advance(90min);
    const auto result = daemon.result(run);

    BOOST_TEST(outcome_of(result, "calls") == "completed");
    BOOST_TEST(result.at("categories").as_array().size() == 1u);
    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST(daemon.crm.value("SELECT count(*) FROM contacts") == "3");
    BOOST_TEST(daemon.crm.value("SELECT count(*) FROM calls") == "0");
}

BOOST_AUTO_TEST_CASE(a_run_that_the_window_cut_short_comes_again_while_its_schedule_is_there) {
    const std::string till_three = "window = \"02:00-03:00\"\n";
    for (const std::string text : {"02:30", ""}) {
        Daemon daemon("02:30", till_three);
        change(daemon, till_three, [&](Configuration& now) { now.rules.front().schedule = text; });
        daemon.gates["crm"].counting.close();
        daemon.start();
        daemon.clock.advance(30min);
        daemon.gates["crm"].counting.await_visitor();
        const auto run = daemon.scheduled_run("crm");
        daemon.clock.advance(45min);

        reload(daemon);
        daemon.gates["crm"].counting.open();
        BOOST_TEST(outcome_of(daemon.result(run), "contacts") == "partial");

        BOOST_TEST((daemon.scheduled_run("crm") != "") == (text != ""), "schedule \"" << text << '"');
        BOOST_TEST((daemon.stop() == ExitCode::done));
    }
}

BOOST_AUTO_TEST_CASE(what_a_person_asked_for_does_not_go_with_a_schedule) {
    Daemon daemon("02:30");
    change(daemon, "", [](Configuration& configuration) { configuration.rules.front().schedule.clear(); });
    daemon.gates["crm"].counting.close();
    daemon.start();
    daemon.clock.advance(30min);
    daemon.gates["crm"].counting.await_visitor();
    const auto in_hand = daemon.scheduled_run("crm"), waiting = daemon.purge({"contacts"}, true).run;

    reload(daemon);
    BOOST_TEST(daemon.run(waiting).at("state").as_string() == "waiting");
    daemon.gates["crm"].counting.open();

    BOOST_TEST(disposed_of(daemon.result(in_hand), "contacts") == 2); // it had begun
    BOOST_TEST(outcome_of(daemon.result(waiting), "contacts") == "completed");
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_set_is_noticed) {
    Daemon daemon("02:30");
    daemon.start();

    daemon.clock.set("2026-11-21 02:31:00");

    const auto run = daemon.first_scheduled_run("crm");
    BOOST_REQUIRE(run != "");
    daemon.result(run);
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

// ---- signals

BOOST_AUTO_TEST_CASE(a_stop_ends_a_long_count_and_the_run_comes_again) {
    Daemon daemon("02:30");
    daemon.gates["crm"].counting.close();
    daemon.start();
    daemon.clock.advance(30min);
    daemon.result(daemon.first_scheduled_run("shop"));
    daemon.gates["crm"].counting.await_visitor();

    BOOST_TEST((daemon.stop() == ExitCode::done)); // the gate is still closed

    const auto finished = with_event(daemon.log(), "run.finished").back();
    const auto& contacts = finished.at("categories").as_array().front().as_object();
    BOOST_TEST(contacts.at("outcome").as_string() == "partial");
    BOOST_TEST(contacts.at("reason").as_string() == "stopped");
    BOOST_TEST((daemon.memory.served["contacts"] == instant("2026-11-21 02:00:00"))); // not of 02:30
    BOOST_TEST(daemon.gates["crm"].counting.cancels == 1);
}

BOOST_AUTO_TEST_CASE(a_stop_lets_the_batch_in_hand_end_and_a_second_one_changes_nothing) {
    Daemon daemon;
    daemon.gates["crm"].disposing.close();
    daemon.start();
    const auto run = daemon.purge({"contacts"}).run;
    daemon.gates["crm"].disposing.await_visitor();

    ::kill(::getpid(), SIGTERM);
    daemon.systemd.next_with("STOPPING=1");
    ::kill(::getpid(), SIGTERM);
    BOOST_TEST(daemon.run(run).at("state").as_string() == "running");
    daemon.gates["crm"].disposing.open();

    BOOST_TEST((daemon.ended() == ExitCode::done));
    BOOST_TEST(with_event(daemon.log(), "batch.committed").size() == 1u);
    BOOST_TEST(with_event(daemon.log(), "run.finished").size() == 1u);
    BOOST_TEST(daemon.crm.value("SELECT count(*) FROM contacts") == "1");
}

BOOST_AUTO_TEST_CASE(a_good_configuration_replaces_the_one_before) {
    Daemon daemon("02:30");
    daemon.start();
    daemon.clock.advance(1min);

    ::kill(::getpid(), SIGHUP);
    BOOST_TEST(daemon.systemd.next_with("RELOADING=1").find("MONOTONIC_USEC=") != std::string::npos);
    daemon.systemd.next_with("READY=1");

    BOOST_TEST((daemon.status().loaded == instant("2026-11-21 02:01:00")));
    BOOST_TEST(daemon.status().not_loaded == "");
    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST(with_event(daemon.log(), "config.loaded").size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_run_keeps_the_configuration_that_it_began_with) {
    Daemon daemon("02:30");
    bool without_orders = false;
    daemon.load = [&] {
        auto loaded = daemon.read("03:30");
        if (without_orders) loaded.configuration->rules.pop_back(), loaded.configuration->stores.erase("shop");
        return loaded;
    };
    daemon.gates["shop"].counting.close();
    daemon.start();
    daemon.clock.advance(30min);
    daemon.gates["shop"].counting.await_visitor();
    const auto run = daemon.scheduled_run("shop");

    without_orders = true;
    ::kill(::getpid(), SIGHUP);
    daemon.systemd.next_with("READY=1");
    BOOST_TEST(daemon.status().stores.size() == 1u);
    BOOST_CHECK_THROW(daemon.purge({"orders"}), ControlFault);
    daemon.gates["shop"].counting.open();
    BOOST_TEST(disposed_of(daemon.result(run), "orders") == 2);

    without_orders = false; // and it comes back
    ::kill(::getpid(), SIGHUP);
    daemon.systemd.next_with("READY=1");
    BOOST_TEST((category(daemon.status(), "orders").next_run == instant("2026-11-21 03:30:00")));
    BOOST_TEST(outcome_of(daemon.result(daemon.purge({"orders"}).run), "orders") == "completed");
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

BOOST_AUTO_TEST_CASE(batches_of_a_store_that_a_reload_takes_out_are_confirmed_by_one_checkpoint) {
    Daemon daemon("02:30");
    daemon.load = [&] {
        auto loaded = daemon.read("02:30");
        loaded.configuration->rules.pop_back(), loaded.configuration->stores.erase("shop");
        return loaded;
    };
    const auto reload = [&] {
        ::kill(::getpid(), SIGHUP);
        daemon.systemd.next_with("READY=1");
    };
    daemon.gates["shop"].counting.close();
    daemon.start();
    daemon.clock.advance(30min);
    daemon.gates["shop"].counting.await_visitor();
    const auto run = daemon.scheduled_run("shop");

    reload();
    BOOST_TEST(with_event(daemon.log(), "checkpoint").empty()); // it has no batch yet
    daemon.gates["shop"].counting.open();
    BOOST_TEST(disposed_of(daemon.result(run), "orders") == 2); // by the configuration before
    daemon.status();                                            // it was looked at what follows from that
    BOOST_TEST(with_event(daemon.log(), "checkpoint").size() == 1u);
    reload();
    BOOST_TEST((daemon.stop() == ExitCode::done));
    daemon.configuration = daemon.load().configuration.value();
    daemon.start();
    BOOST_TEST((daemon.stop() == ExitCode::done));

    const auto checkpoints = with_event(daemon.log(), "checkpoint"), ends = with_event(daemon.log(), "batch.committed");
    BOOST_REQUIRE(checkpoints.size() == 1u);
    const auto shop = std::ranges::find_if(
        ends, [&](const auto& line) { return line.at("run").as_string() == boost::json::string_view(run); });
    BOOST_REQUIRE((shop != ends.end()));
    BOOST_TEST(shop->at("seq").to_number<int>() < checkpoints.front().at("seq").to_number<int>());
}

BOOST_AUTO_TEST_CASE(a_bad_configuration_changes_nothing_and_status_says_why) {
    Daemon daemon("02:30");
    daemon.load = [&] { return daemon.read("02:30", "window = \"sometimes\"\n"); };
    daemon.start();

    ::kill(::getpid(), SIGHUP);
    daemon.systemd.next_with("RELOADING=1");
    BOOST_TEST(contains(daemon.systemd.next_with("READY=1"), "not healthy: the new configuration was not taken: "));

    BOOST_TEST(contains(daemon.status().not_loaded, "window"));
    daemon.clock.advance(30min);
    BOOST_TEST(daemon.first_scheduled_run("crm") != "");
    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST(with_event(daemon.log(), "config.loaded").size() == 1u);
}

BOOST_AUTO_TEST_CASE(another_state_directory_needs_a_restart) {
    Daemon daemon("02:30");
    daemon.load = [&] { return daemon.read("02:30", "", "elsewhere"); };
    daemon.start();

    ::kill(::getpid(), SIGHUP);
    daemon.systemd.next_with("RELOADING=1");
    daemon.systemd.next_with("READY=1");

    BOOST_TEST(contains(daemon.status().not_loaded, "systemctl restart"));
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

BOOST_AUTO_TEST_CASE(tells_the_watchdog_that_it_turns) {
    ::setenv("WATCHDOG_USEC", "20000", 1);
    Daemon daemon;

    daemon.start();
    daemon.systemd.next_with("WATCHDOG=1");
    daemon.systemd.next_with("WATCHDOG=1");

    ::unsetenv("WATCHDOG_USEC");
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

BOOST_AUTO_TEST_CASE(another_process_s_watchdog_is_not_its_own) {
    ::setenv("WATCHDOG_USEC", "20000", 1);
    ::setenv("WATCHDOG_PID", "1", 1);
    BOOST_TEST(!watchdog_interval());
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    BOOST_TEST((watchdog_interval() == 20000us));
    ::setenv("WATCHDOG_USEC", "soon", 1);
    BOOST_TEST(!watchdog_interval());
    ::unsetenv("WATCHDOG_USEC");
    ::unsetenv("WATCHDOG_PID");
}

// ---- what it holds

BOOST_AUTO_TEST_CASE(a_second_daemon_on_one_state_does_not_start) {
    Daemon daemon;
    daemon.start();
    ServiceSettings settings;
    settings.now = daemon.clock.reading();

    BOOST_CHECK_THROW(run_service(daemon.configuration, settings), StateHeld);

    BOOST_TEST((daemon.stop() == ExitCode::done));
}

BOOST_AUTO_TEST_CASE(a_day_without_a_line_has_a_checkpoint) {
    Daemon daemon;
    daemon.start();
    BOOST_TEST(daemon.status().audit_seq == 2u);

    for (int day = 0; day < 20; ++day) { // longer than the clock's guard allows without a line
        daemon.clock.advance(24h);
        BOOST_TEST(daemon.status().audit_seq == 3u + static_cast<std::uint64_t>(day));
    }
    BOOST_TEST(daemon.status().stopped == "");

    BOOST_TEST((daemon.stop() == ExitCode::done));
    const auto lines = with_event(daemon.log(), "checkpoint");
    BOOST_REQUIRE(lines.size() == 20u);
    BOOST_TEST(lines.front().at("size").to_number<int>() == 2);
    BOOST_TEST(!read_chain(daemon.crm.folder() / "log", 0, {}).problem);
}

BOOST_AUTO_TEST_CASE(an_audit_log_that_takes_no_more_ends_it) {
    Daemon daemon;
    daemon.start();

    std::ofstream(daemon.crm.folder() / "log" / "audit-000001.jsonl", std::ios::app) << "{}\n"; // another hand
    daemon.purge({"contacts"});

    BOOST_TEST((daemon.ended() == ExitCode::incomplete));
    BOOST_TEST(daemon.crm.value("SELECT count(*) FROM contacts") == "3");
}

BOOST_AUTO_TEST_CASE(a_lost_history_stops_every_disposal_until_a_person_says_to_go_on) {
    Daemon daemon("02:30");
    daemon.memory.lost = "the history was lost";
    daemon.start();
    BOOST_TEST(daemon.status().stopped == "the history was lost");

    daemon.clock.advance(30min);
    BOOST_TEST(daemon.scheduled_run("crm") == "");
    BOOST_TEST(outcome_of(daemon.result(daemon.purge({"contacts"}).run), "contacts") == "refused");
    BOOST_TEST(daemon.crm.value("SELECT count(*) FROM contacts") == "3");
    BOOST_TEST(outcome_of(daemon.result(daemon.purge({"contacts"}, true).run), "contacts") == "completed");
    BOOST_TEST(daemon.status().stopped == "");

    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST(with_event(daemon.log(), "refused").size() == 3u); // two of the schedule, one of a person
    const auto recovered = with_event(daemon.log(), "recovered");
    BOOST_REQUIRE(recovered.size() == 1u);
    BOOST_TEST(recovered.front().at("by").as_string() == "user anna (uid 1000)");
}

BOOST_AUTO_TEST_CASE(a_history_that_is_locked_at_the_start_is_waited_for_and_what_was_missed_follows) {
    Daemon daemon("02:30");
    daemon.memory.served = {{"contacts", instant("2026-11-10 02:30:00")}, {"orders", instant("2026-11-20 02:30:00")}};
    daemon.memory.locked = true;
    daemon.start();
    BOOST_TEST(daemon.status().stopped == "the state is busy");
    daemon.clock.advance(10min);
    BOOST_TEST(daemon.scheduled_run("crm") == "");
    BOOST_TEST(daemon.crm.value("SELECT count(*) FROM contacts") == "3");

    daemon.ask([&](Control&) { daemon.memory.locked = false; });
    daemon.clock.advance(1min);

    BOOST_TEST(daemon.status().stopped == "");
    BOOST_TEST(disposed_of(daemon.result(daemon.scheduled_run("crm")), "contacts") == 2);
    BOOST_TEST(daemon.scheduled_run("shop") == ""); // missed nothing
    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST(with_event(daemon.log(), "run.started").size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_history_that_is_locked_refuses_a_run_once_and_the_schedule_comes_again) {
    Daemon daemon("02:30");
    daemon.start();
    daemon.ask([&](Control&) { daemon.memory.locked = true; });

    daemon.clock.advance(30min);
    for (int minute = 0; minute < 5; ++minute) daemon.clock.advance(1min);
    BOOST_TEST(outcome_of(daemon.result(daemon.purge({"contacts"}, true).run), "contacts") == "refused");
    BOOST_TEST(daemon.crm.value("SELECT count(*) FROM contacts") == "3");
    const auto crm = daemon.scheduled_run("crm"), shop = daemon.scheduled_run("shop"); // they wait

    daemon.ask([&](Control&) { daemon.memory.locked = false; });
    daemon.clock.advance(1min);
    BOOST_TEST(disposed_of(daemon.result(crm), "contacts") == 2);
    BOOST_TEST(disposed_of(daemon.result(shop), "orders") == 2);

    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST(with_event(daemon.log(), "recovered").empty());    // nobody went on without it
    BOOST_TEST(with_event(daemon.log(), "refused").size() == 2u); // one of the schedule, one of a person
}

BOOST_AUTO_TEST_CASE(what_ends_and_is_served_while_the_history_is_locked_is_remembered_when_it_is_free) {
    Daemon daemon("02:30");
    daemon.gates["crm"].disposing.close();
    daemon.start();
    daemon.clock.advance(30min);
    daemon.gates["crm"].disposing.await_visitor();
    const auto run = daemon.scheduled_run("crm");
    daemon.ask([&](Control&) { daemon.memory.locked = true; });
    daemon.status(); // finds it so
    daemon.gates["crm"].disposing.open();
    BOOST_TEST(disposed_of(daemon.result(run), "contacts") == 2);

    daemon.ask([&](Control&) { daemon.memory.locked = false; });
    daemon.clock.advance(1min);

    BOOST_TEST(category(daemon.status(), "contacts").disposed_total == 2);
    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST((daemon.memory.served.at("contacts") == instant("2026-11-21 02:30:00")));
    BOOST_TEST(with_event(daemon.log(), "run.started").size() == 2u); // each store once
}

BOOST_AUTO_TEST_CASE(a_lost_history_that_cannot_be_set_aside_refuses_yes_and_nothing_says_that_it_was) {
    Daemon daemon;
    daemon.memory.lost = "the history was lost";
    daemon.memory.stays_lost = true;
    daemon.start();

    BOOST_TEST(outcome_of(daemon.result(daemon.purge({"contacts"}, true).run), "contacts") == "refused");

    BOOST_TEST(daemon.status().stopped == "the history was lost"); // it lives
    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST(with_event(daemon.log(), "recovered").empty());
    BOOST_TEST(with_event(daemon.log(), "refused").size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_history_that_a_question_finds_locked_is_looked_at_again_by_the_clock) {
    Daemon daemon("02:30");
    daemon.start();
    daemon.ask([&](Control&) { daemon.memory.locked = true; });
    daemon.status(); // reads it
    BOOST_TEST(daemon.status().stopped == "the state is busy");

    daemon.ask([&](Control&) { daemon.memory.locked = false; });
    daemon.clock.advance(1min);

    BOOST_TEST(daemon.status().stopped == "");
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

BOOST_AUTO_TEST_CASE(the_journal_has_one_line_for_each_outcome) {
    CategoryOutcome outcome;
    outcome.category = "contacts";
    outcome.store = "crm";
    outcome.action = Action::anonymise;
    outcome.disposed = 1204;
    outcome.batches = 3;
    BOOST_TEST(summary(outcome) == "contacts in crm: anonymised 1,204 records in 3 batches");

    outcome.action = Action::erase;
    outcome.disposed = outcome.batches = 1;
    outcome.outcome = Outcome::partial;
    outcome.reason = "stopped";
    BOOST_TEST(summary(outcome) == "contacts in crm: deleted 1 record in 1 batch; partial: stopped");
}

BOOST_AUTO_TEST_CASE(the_journal_can_be_searched_by_run_category_and_outcome) {
    const SqliteFile place("CREATE TABLE a (id INTEGER);");
    NotifyListener journal((place.folder() / "journal").string());
    const JournalAt here(place.folder() / "journal");
    Daemon daemon("", "window = \"04:00-05:00\"\n"); // it is 02:00
    daemon.start();

    const auto contacts = daemon.purge({"contacts"}).run, orders = daemon.purge({"orders"}).run;
    daemon.result(contacts), daemon.result(orders);
    BOOST_TEST((daemon.stop() == ExitCode::done));

    const auto asked = journal.next_with("was asked for");
    BOOST_TEST(contains(asked, "\nRETENTIOND_RUN=" + contacts + "\nRETENTIOND_ACTOR=user anna (uid 1000)\n"), asked);
    std::map<std::string, std::string> lines; // by store: they do not wait for each other
    while (lines.size() < 2) {
        const auto line = journal.next_with("RETENTIOND_OUTCOME=");
        lines[contains(line, "RETENTIOND_STORE=crm\n") ? "crm" : "shop"] = line;
    }
    BOOST_TEST(contains(lines["crm"], "\nPRIORITY=4\n"), lines["crm"]);
    BOOST_TEST(lines["crm"].ends_with("\nRETENTIOND_RUN=" + contacts +
                                      "\nRETENTIOND_CATEGORY=contacts\nRETENTIOND_STORE=crm\n"
                                      "RETENTIOND_OUTCOME=partial\nRETENTIOND_DISPOSED=0\nRETENTIOND_BATCHES=0\n"),
               lines["crm"]);
    BOOST_TEST(contains(lines["shop"], "\nPRIORITY=6\n"), lines["shop"]);
    BOOST_TEST(lines["shop"].ends_with("\nRETENTIOND_RUN=" + orders +
                                       "\nRETENTIOND_CATEGORY=orders\nRETENTIOND_STORE=shop\n"
                                       "RETENTIOND_OUTCOME=completed\nRETENTIOND_DISPOSED=2\nRETENTIOND_BATCHES=1\n"),
               lines["shop"]);
}

BOOST_AUTO_TEST_SUITE_END()
