#include "tests/support/service_bench.hpp"

#include "tests/support/clock.hpp"

#include <boost/test/unit_test.hpp>

using namespace retention;
using namespace retention::test;

namespace {

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

ControlFault::Kind fault_of(const std::function<void()>& work) {
    try {
        work();
    } catch (const ControlFault& fault) {
        return fault.kind;
    }
    BOOST_FAIL("it was fulfilled");
    return {};
}

} // namespace

BOOST_AUTO_TEST_SUITE(service_control)

// ---- purges

BOOST_AUTO_TEST_CASE(a_purge_over_several_stores_is_one_run_in_each_and_one_answer) {
    Daemon daemon;
    daemon.start();

    const auto ordered = daemon.purge({});
    const auto result = daemon.result(ordered.run);

    BOOST_TEST(!ordered.joined);
    BOOST_TEST(result.at("run").as_string() == ordered.run);
    BOOST_TEST(result.at("outcome").as_string() == "completed");
    BOOST_TEST(disposed_of(result, "contacts") == 2);
    BOOST_TEST(disposed_of(result, "orders") == 2);
    const auto document = daemon.run(ordered.run);
    BOOST_TEST(document.at("state").as_string() == "finished");
    BOOST_TEST(document.at("actor").as_string() == "user anna (uid 1000)");
    BOOST_TEST((daemon.stop() == ExitCode::done));
    const auto started = with_event(daemon.log(), "run.started");
    BOOST_REQUIRE(started.size() == 2u);
    for (const auto& line : started) BOOST_TEST(line.at("run").as_string().starts_with(ordered.run + "."));
}

BOOST_AUTO_TEST_CASE(a_purge_triggered_twice_runs_once) {
    Daemon daemon;
    daemon.gates["crm"].counting.close();
    daemon.start();

    const auto first = daemon.purge({"contacts"});
    daemon.gates["crm"].counting.await_visitor();
    const auto second = daemon.purge({"contacts"});
    const auto other = daemon.purge({"contacts"}, true); // an approval is another order
    daemon.gates["crm"].counting.open();
    daemon.result(first.run);
    daemon.result(other.run);
    const auto third = daemon.purge({"contacts"}); // when it has ended it is a new one
    daemon.result(third.run);

    BOOST_TEST(second.joined);
    BOOST_TEST(second.run == first.run);
    BOOST_TEST(!other.joined);
    BOOST_TEST(!third.joined);
    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST(with_event(daemon.log(), "run.started").size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_hundred_triggers_at_once_are_one_run) {
    Daemon daemon;
    daemon.gates["crm"].counting.close();
    daemon.start();

    const auto runs = daemon.ask([](Control& control) {
        std::vector<OrderedRun> all;
        for (int i = 0; i < 100; ++i)
            all.push_back(control.purge({{"contacts"}, {}, {}, false, "user " + std::to_string(i)}));
        return all;
    });
    daemon.gates["crm"].counting.open();
    daemon.result(runs.front().run);

    BOOST_TEST(std::ranges::count(runs, true, &OrderedRun::joined) == 99);
    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST(with_event(daemon.log(), "run.started").size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_a_person_asked_for_is_not_done_by_another_rule) {
    Daemon daemon;
    daemon.load = [&] {
        auto loaded = daemon.read("");
        for (auto& rule : loaded.configuration->rules)
            rule.period = FixedPeriod{Period{1, Unit::day}, std::nullopt}, rule.period_text = "1 day";
        return loaded;
    };
    daemon.gates["crm"].counting.close();
    daemon.start();
    const auto first = daemon.purge({"contacts"}).run;
    daemon.gates["crm"].counting.await_visitor();
    const auto approved = daemon.purge({"contacts"}, true);

    ::kill(::getpid(), SIGHUP);
    daemon.systemd.next_with("READY=1");
    const auto anew = daemon.purge({"contacts"}, true);
    daemon.gates["crm"].counting.open();

    BOOST_TEST(outcome_of(daemon.result(first), "contacts") == "completed"); // it had begun by the old rule
    const auto refused = daemon.result(approved.run);
    BOOST_TEST(outcome_of(refused, "contacts") == "refused");
    BOOST_TEST(contains(boost::json::serialize(refused), "was changed after this was asked for"));
    BOOST_TEST(!anew.joined);
    BOOST_TEST(outcome_of(daemon.result(anew.run), "contacts") == "completed");
    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST(with_event(daemon.log(), "refused").size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_limit_goes_over_all_stores) {
    Daemon daemon;
    daemon.start();

    const auto run = daemon.ask([](Control& control) { return control.purge({{}, {}, 3, false, "user anna"}); }).run;
    const auto result = daemon.result(run);

    BOOST_TEST(disposed_of(result, "contacts") == 2);
    BOOST_TEST(disposed_of(result, "orders") == 1);
    BOOST_TEST(result.at("outcome").as_string() == "partial");
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_asked_for_is_said) {
    using enum ControlFault::Kind;
    Daemon daemon;
    daemon.start();
    const auto purge = [&](const PurgeOrder& order) {
        return fault_of([&] { daemon.ask([&](Control& control) { control.purge(order); }); });
    };

    BOOST_TEST((purge({{"contact"}, {}, {}, false, "x"}) == bad_request));
    BOOST_TEST((purge({{"contacts"}, parse_date("2026-11-22"), {}, false, "x"}) == bad_request));
    BOOST_TEST((purge({{"contacts"}, {}, 0, false, "x"}) == bad_request));
    BOOST_TEST((fault_of([&] { daemon.run("none"); }) == not_found));
    BOOST_TEST((fault_of([&] { daemon.result("none"); }) == not_found));
    BOOST_TEST((fault_of([&] { daemon.ask([](Control& control) { control.cancel("none", "x"); }); }) == not_found));
    BOOST_TEST((fault_of([&] { daemon.report({"contact"}); }) == bad_request));
    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST(with_event(daemon.log(), "run.started").empty());
}

// ---- cancel

BOOST_AUTO_TEST_CASE(a_run_that_counts_is_cancelled_at_once) {
    Daemon daemon;
    daemon.gates["crm"].counting.close();
    daemon.start();
    const auto run = daemon.purge({}).run;
    daemon.gates["crm"].counting.await_visitor();

    daemon.ask([&](Control& control) { control.cancel(run, "user bob (uid 1001)"); });
    const auto result = daemon.result(run);

    BOOST_TEST(outcome_of(result, "contacts") == "partial");
    BOOST_TEST(contains(boost::json::serialize(result), "cancelled by user bob"));
    using enum ControlFault::Kind;
    BOOST_TEST((fault_of([&] { daemon.ask([&](Control& control) { control.cancel(run, "x"); }); }) == conflict));
    daemon.gates["crm"].counting.open();
    BOOST_TEST(disposed_of(daemon.result(daemon.purge({"contacts"}).run), "contacts") == 2); // the next one counts
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

BOOST_AUTO_TEST_CASE(a_purge_asked_for_after_a_cancel_is_a_run_of_its_own) {
    Daemon daemon;
    daemon.gates["crm"].counting.close();
    daemon.start();
    const auto run = daemon.purge({"contacts"}).run;
    daemon.gates["crm"].counting.await_visitor();

    const auto next = daemon.ask([&](Control& control) {
        control.cancel(run, "user bob (uid 1001)");
        return control.purge({{"contacts"}, {}, {}, false, "user anna (uid 1000)"});
    });
    daemon.gates["crm"].counting.open();

    BOOST_TEST(!next.joined);
    BOOST_TEST(disposed_of(daemon.result(next.run), "contacts") == 2);
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

BOOST_AUTO_TEST_CASE(a_run_that_waits_never_begins_when_it_is_cancelled) {
    Daemon daemon;
    daemon.gates["crm"].counting.close();
    daemon.start();
    const auto first = daemon.purge({"contacts"}).run, second = daemon.purge({"contacts"}, true).run;
    daemon.gates["crm"].counting.await_visitor();
    BOOST_TEST(daemon.run(second).at("state").as_string() == "waiting");

    daemon.ask([&](Control& control) { control.cancel(second, "user bob (uid 1001)"); });

    BOOST_TEST(outcome_of(daemon.result(second), "contacts") == "partial");
    daemon.gates["crm"].counting.open();
    BOOST_TEST(outcome_of(daemon.result(first), "contacts") == "completed");
    BOOST_TEST((daemon.stop() == ExitCode::done));
    BOOST_TEST(with_event(daemon.log(), "run.started").size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_run_of_the_schedule_that_is_cancelled_does_not_come_again_at_once) {
    Daemon daemon("02:30", "window = \"04:00-05:00\"\n");
    daemon.start();
    daemon.clock.advance(std::chrono::minutes(30));
    const auto waiting = daemon.scheduled_run("crm");

    daemon.ask([&](Control& control) { control.cancel(waiting, "user bob (uid 1001)"); });

    BOOST_TEST(daemon.scheduled_run("crm") == "");
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

// ---- news

BOOST_AUTO_TEST_CASE(who_watches_hears_how_it_stands_and_then_the_end) {
    Daemon daemon;
    daemon.gates["crm"].disposing.close();
    daemon.start();
    const auto run = daemon.purge({"contacts"}).run;
    daemon.gates["crm"].disposing.await_visitor();

    std::vector<std::string> heard; // on the daemon's thread
    const auto watch = daemon.ask([&](Control& control) {
        return std::shared_ptr<RunWatch>(control.watch(run, [&](const RunNews& news) { heard.push_back(news.line); }));
    });
    auto gone = daemon.ask([&](Control& control) {
        return std::shared_ptr<RunWatch>(control.watch(run, [first = true](const RunNews&) mutable {
            if (!std::exchange(first, false)) BOOST_ERROR("told after the watch ended");
        }));
    });
    daemon.ask([&](Control&) { gone.reset(); });
    daemon.gates["crm"].disposing.open();
    daemon.result(run);

    BOOST_REQUIRE(heard.size() >= 2u);
    const auto first = boost::json::parse(heard.front()).as_object();
    BOOST_TEST(first.at("state").as_string() == "running");
    BOOST_TEST(first.at("category").as_string() == "contacts");
    BOOST_TEST(first.at("due").as_int64() == 2);
    BOOST_TEST(first.at("waits_for").is_null());
    BOOST_TEST(boost::json::parse(heard.back()).at("state").as_string() == "finished");
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

BOOST_AUTO_TEST_CASE(runs_are_told_newest_first) {
    Daemon daemon;
    daemon.start();
    const auto first = daemon.purge({"contacts"}).run;
    daemon.result(first);
    daemon.gates["crm"].counting.close();
    const auto second = daemon.purge({"contacts"}).run;
    daemon.gates["crm"].counting.await_visitor();

    const auto all = boost::json::parse(daemon.ask([](Control& control) { return control.runs(10); }));
    const auto& runs = all.at("runs").as_array();

    BOOST_REQUIRE(runs.size() == 2u);
    BOOST_TEST(runs[0].at("run").as_string() == second);
    BOOST_TEST(runs[0].at("state").as_string() == "running");
    BOOST_TEST(runs[1].at("run").as_string() == first);
    BOOST_TEST(runs[1].at("categories").as_array().size() == 1u);
    BOOST_TEST(
        boost::json::parse(daemon.ask([](Control& control) { return control.runs(1); })).at("runs").as_array().size() ==
        1u);
    daemon.gates["crm"].counting.open();
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

// ---- reading

BOOST_AUTO_TEST_CASE(a_report_counts_every_store_in_the_order_of_the_configuration) {
    Daemon daemon;
    daemon.start();

    const auto report = daemon.report();

    BOOST_TEST(report.at("as_of").as_string() == "2026-11-21");
    const auto& categories = report.at("categories").as_array();
    BOOST_REQUIRE(categories.size() == 2u);
    BOOST_TEST(categories[0].at("category").as_string() == "contacts");
    BOOST_TEST(categories[1].at("category").as_string() == "orders");
    BOOST_TEST(categories[0].at("due").as_int64() == 2);
    BOOST_TEST(daemon.report({"orders"}).at("categories").as_array().size() == 1u);
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

BOOST_AUTO_TEST_CASE(a_store_that_is_away_is_among_the_failed_of_a_report) {
    Daemon daemon;
    daemon.gates["crm"].away = true;
    daemon.start();

    const auto report = daemon.report();

    BOOST_REQUIRE(report.at("failed").as_array().size() == 1u);
    BOOST_TEST(report.at("failed").as_array().front().at("category").as_string() == "contacts");
    BOOST_TEST(report.at("categories").as_array().size() == 1u);
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

// A reader would lock the writer out, and the other way round.
BOOST_AUTO_TEST_CASE(a_report_of_a_sqlite_store_takes_its_turn_with_the_runs) {
    Daemon daemon;
    daemon.gates["crm"].counting.close();
    daemon.start();
    const auto run = daemon.purge({"contacts"}).run;
    daemon.gates["crm"].counting.await_visitor();

    auto report = std::async(std::launch::async, [&] { return daemon.report({"contacts"}); });
    daemon.gates["crm"].counting.open();

    BOOST_TEST(report.get().at("categories").as_array().front().at("due").as_int64() == 0); // after the run
    BOOST_TEST(disposed_of(daemon.result(run), "contacts") == 2);
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

// Questions about crm, which a run has in hand for as long as its gate is closed.
struct Waiting {
    Waiting() {
        daemon.gates["crm"].counting.close();
        daemon.start();
        daemon.purge({"contacts"});
        daemon.gates["crm"].counting.await_visitor();
    }
    // So many of them have a place.
    std::size_t ask(const Asker& asker, int times) {
        return daemon.ask([&](Control& control) {
            const auto before = questions.size();
            for (int i = 0; i < times; ++i)
                if (auto question = control.report({{"contacts"}, {}, asker}, [this](const auto& answer) {
                        answered += std::holds_alternative<std::string>(answer);
                    }))
                    questions.push_back(std::move(question));
            return questions.size() - before;
        });
    }
    void hang_up() {
        daemon.ask([&](Control&) { questions.clear(); });
    }
    Daemon daemon;
    std::vector<std::unique_ptr<Question>> questions; // on the daemon's thread, like the next one
    int answered = 0;
};

BOOST_AUTO_TEST_CASE(whoever_asks_for_reports_without_end_leaves_places_to_others) {
    Waiting bench;

    BOOST_TEST(bench.ask({"anna"}, 100) == 3u);
    BOOST_TEST(bench.ask({"bob"}, 100) == 3u);
    BOOST_TEST(bench.ask({"carl"}, 100) == 0u); // the last two are for operators
    BOOST_TEST(bench.ask({"olga", true}, 1) == 1u);
    BOOST_TEST(bench.ask({"anna", true}, 1) == 0u);
    BOOST_TEST(bench.ask({"oskar", true}, 100) == 1u);
    BOOST_TEST(bench.ask({"olga", true}, 1) == 0u);
    bench.daemon.gates["crm"].counting.open();
    bench.daemon.result(bench.daemon.purge({"contacts"}, true).run); // comes after them

    BOOST_TEST(bench.answered == 8);
    BOOST_TEST(bench.ask({"carl"}, 4) == 3u);
    bench.hang_up();
    BOOST_TEST((bench.daemon.stop() == ExitCode::done));
}

BOOST_AUTO_TEST_CASE(who_hangs_up_gives_the_place_back) {
    Waiting bench;

    for (int time = 0; time < 100; ++time) {
        BOOST_TEST(bench.ask({"anna"}, 4) == 3u);
        bench.hang_up();
    }
    BOOST_TEST(bench.ask({"anna"}, 1) == 1u);
    bench.daemon.gates["crm"].counting.open();
    bench.daemon.result(bench.daemon.purge({"contacts"}, true).run);

    BOOST_TEST(bench.answered == 1);
    bench.hang_up(); // it has been answered
    BOOST_TEST((bench.daemon.stop() == ExitCode::done));
    BOOST_TEST(bench.daemon.gates["crm"].opening.visits < 30); // the store hears nothing of the 300
}

BOOST_AUTO_TEST_CASE(what_is_counted_for_nobody_is_cancelled) {
    Daemon daemon;
    daemon.start();
    daemon.report(); // comes after the surveys of the start
    auto& surveying = daemon.gates["crm"].surveying;
    surveying.close();
    auto question = daemon.ask([](Control& control) {
        return std::shared_ptr<Question>(
            control.report({{"contacts"}, {}}, [](const auto&) { BOOST_ERROR("answered after the end"); }));
    });
    surveying.await_visitor();
    auto story = std::async(std::launch::async, [&] { return daemon.explain("contacts", "1"); }); // waits behind it

    daemon.ask([&](Control&) { question.reset(); });

    BOOST_TEST((story.wait_for(std::chrono::seconds(30)) == std::future_status::ready));
    surveying.open();
    BOOST_TEST(std::holds_alternative<std::string>(story.get())); // which nobody cancelled
    BOOST_TEST(surveying.cancels == 1);
    BOOST_TEST(daemon.report().at("failed").as_array().empty());
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

BOOST_AUTO_TEST_CASE(a_question_is_answered_where_the_daemon_stops) {
    Waiting bench;
    bool answered = false; // with why not, or with a store that was not counted
    bench.daemon.ask([&](Control& control) {
        bench.questions.push_back(control.report({{"contacts"}, {}}, [&](const auto&) { answered = true; }));
    });

    BOOST_TEST((bench.daemon.stop() == ExitCode::done));

    BOOST_TEST(answered);
}

BOOST_AUTO_TEST_CASE(explains_one_record) {
    Daemon daemon;
    daemon.start();

    const auto story = boost::json::parse(std::get<std::string>(daemon.explain("contacts", "1")));
    const auto none = std::get<ControlFault>(daemon.explain("contacts", "77"));

    BOOST_TEST(story.at("verdict").as_string() == "due");
    BOOST_TEST((none.kind == ControlFault::Kind::not_found));
    BOOST_TEST((std::get<ControlFault>(daemon.explain("calls", "1")).kind == ControlFault::Kind::bad_request));
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

BOOST_AUTO_TEST_CASE(what_is_due_is_counted_at_the_start_and_after_each_run) {
    Daemon daemon;
    daemon.start();
    daemon.report(); // comes after the surveys of the start

    auto status = daemon.status();
    BOOST_TEST(category(status, "contacts").due == 2);
    BOOST_TEST(category(status, "contacts").overdue == 2);
    BOOST_TEST((category(status, "contacts").oldest_due == parse_date("2001-01-01")));
    // 2001-01-01 + 36 months: due from 2004-01-02, overdue after 7 days more
    BOOST_TEST(category(status, "contacts").oldest_overdue_days.value() ==
               (*parse_date("2026-11-21") - *parse_date("2004-01-09")).count());
    BOOST_REQUIRE(status.late.size() == 2u);
    BOOST_TEST(contains(status.late.front(), "contacts: 2 records overdue, the oldest for"));

    daemon.result(daemon.purge({}).run);
    daemon.report();
    status = daemon.status();
    BOOST_TEST(category(status, "contacts").due == 0);
    BOOST_TEST(category(status, "contacts").outcome == "completed");
    BOOST_TEST(category(status, "contacts").disposed == 2);
    BOOST_TEST(status.late.empty());
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

BOOST_AUTO_TEST_CASE(a_refused_request_is_in_the_audit_log) {
    Daemon daemon;
    daemon.start();

    daemon.ask([](Control& control) { control.refused("user eve (uid 1002)", "purge", "no operator"); });

    BOOST_TEST((daemon.stop() == ExitCode::done));
    const auto lines = with_event(daemon.log(), "refused");
    BOOST_REQUIRE(lines.size() == 1u);
    BOOST_TEST(lines.front().at("actor").as_string() == "user eve (uid 1002)");
    BOOST_TEST(lines.front().at("verb").as_string() == "purge");
    BOOST_TEST(lines.front().at("reason").as_string() == "no operator");
}

BOOST_AUTO_TEST_SUITE_END()
