#include "daemon/state.hpp"
#include "tests/daemon/command_bench.hpp"
#include "tests/support/file_lock.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace retention;
using namespace retention::test;
namespace json = boost::json;

namespace {

using Words = std::vector<std::string>;

std::string names(const Bench& bench) {
    return bench.store.value("SELECT group_concat(full_name, '|') FROM (SELECT full_name FROM contacts ORDER BY id)");
}
std::string untouched() {
    return "Ann Due|Bob Due|Cay Kept|Dan Young|Eve Called|Fay Dealing|Gil Undated|REDACTED|Not Ours";
}
std::string purged() {
    return "REDACTED|REDACTED|Cay Kept|Dan Young|Eve Called|Fay Dealing|Gil Undated|REDACTED|Not Ours";
}

} // namespace

BOOST_AUTO_TEST_SUITE(command_purge)

BOOST_AUTO_TEST_CASE(disposes_of_what_is_due_and_of_nothing_else) {
    Bench bench;

    const ExitCode code = bench({"purge", "--all", "--local", "--yes", "--format", "json"});
    BOOST_TEST_REQUIRE(number(code) == 0, bench.out + bench.err);
    const json::object document = json::parse(bench.out).as_object();
    const json::object& contacts = document.at("categories").at(0).as_object();

    BOOST_TEST(names(bench) == purged());
    BOOST_TEST(bench.store.value("SELECT group_concat(body) FROM notes") == "about Dan");
    BOOST_TEST(bench.store.value("SELECT group_concat(host || line) FROM logs") == "a2");
    BOOST_TEST(json::serialize(document.at("outcome")) == "\"completed\"");
    std::string members;
    for (const auto& member : contacts) members += std::string(member.key()) + " ";
    BOOST_TEST(members == "category store table action outcome disposed related batches seconds ");
    BOOST_TEST(contacts.at("disposed").to_number<int>() == 2);
    BOOST_TEST(json::serialize(contacts.at("related")) == R"([{"table":"notes","action":"delete","records":3}])");
}

BOOST_AUTO_TEST_CASE(a_second_run_finds_nothing) {
    Bench bench;
    bench({"purge", "--all", "--local", "--yes"});

    const ExitCode code = bench({"purge", "--all", "--local", "--yes", "--format", "json"});

    BOOST_TEST(number(code) == 0, bench.err);
    const json::value document = json::parse(bench.out);
    for (const json::value& category : document.at("categories").as_array())
        BOOST_TEST(category.at("disposed").to_number<int>() == 0);
}

BOOST_AUTO_TEST_CASE(names_the_same_records_as_the_report_of_the_day) {
    Bench bench;
    bench({"report", "--format", "json"});
    const json::value report = json::parse(bench.out);

    bench({"purge", "--all", "--local", "--yes", "--format", "json"});
    const json::value purge = json::parse(bench.out);

    for (std::size_t i = 0; i < 2; ++i)
        BOOST_TEST(report.at("categories").at(i).at("due").to_number<int>() ==
                   purge.at("categories").at(i).at("disposed").to_number<int>());
}

BOOST_AUTO_TEST_CASE(text_in_a_pipe_has_no_escape_byte) {
    Bench bench;

    bench({"purge", "contacts", "--local", "--yes"});

    BOOST_TEST(contains(bench.out, "contacts\tanonymise\tcompleted\t2\t"));
    BOOST_TEST(contains(bench.out, "delete 3 of notes"));
    BOOST_TEST(contains(bench.out, "letters in the cellar"));
    BOOST_TEST(!contains(bench.out + bench.err, "\x1b"));
    BOOST_TEST(bench.store.value("SELECT count(*) FROM logs") == "3"); // not asked for
}

BOOST_AUTO_TEST_CASE(a_terminal_gets_a_bar_and_a_pipe_none) {
    Bench bench;
    bench.terminal = {.interactive = true, .colour = true, .width = 120};

    bench({"purge", "--all", "--local", "--yes"});

    BOOST_TEST(contains(bench.err, "contacts  [")); // the known-bad twin of the test above
    BOOST_TEST(contains(bench.out, "\x1b["));
}

BOOST_AUTO_TEST_CASE(without_a_terminal_yes_is_required) {
    Bench bench;

    const ExitCode code = bench({"purge", "--all", "--local"});

    BOOST_TEST(number(code) == 2);
    BOOST_TEST(contains(bench.err, "--yes"));
    BOOST_TEST(names(bench) == untouched());
    BOOST_TEST(!std::filesystem::exists(bench.file("audit")));
}

BOOST_AUTO_TEST_CASE(asks_with_the_numbers_and_takes_yes_alone_for_yes) {
    const std::pair<std::string, int> answers[] = {{"", 3},      {"\n", 3},  {"n\n", 3},
                                                   {"yep\n", 3}, {"y\n", 0}, {"yes\n", 0}};

    for (const auto& [answer, expected] : answers) {
        Bench bench;
        bench.can_ask = true;
        bench.answer = answer;

        const ExitCode code = bench({"purge", "contacts", "--local"});

        BOOST_TEST_CONTEXT(answer << bench.err) {
            BOOST_TEST(number(code) == expected);
            BOOST_TEST(contains(bench.err, "anonymise 2 records of contacts, and with them: delete 3 of notes\n"));
            BOOST_TEST(contains(bench.err, "[y/N]"));
            BOOST_TEST(names(bench) == (expected == 0 ? purged() : untouched()));
        }
    }
}

BOOST_AUTO_TEST_CASE(asks_nothing_where_nothing_is_due) {
    Bench bench;
    bench({"purge", "--all", "--local", "--yes"});
    bench.can_ask = true;

    const ExitCode code = bench({"purge", "--all", "--local"});

    BOOST_TEST(number(code) == 0, bench.err);
    BOOST_TEST(!contains(bench.err, "[y/N]"));
}

BOOST_AUTO_TEST_CASE(a_yes_at_the_question_does_not_lift_the_limits) {
    std::string rules = crm_rules;
    rules.replace(rules.find("share = \"100%\""), 14, "share = \"1%\"");
    Bench bench(rules);
    bench.can_ask = true;
    bench.answer = "y\n";

    BOOST_TEST(number(bench({"purge", "contacts", "--local"})) == 3);
    BOOST_TEST(names(bench) == untouched());

    BOOST_TEST(number(bench({"purge", "contacts", "--local", "--yes"})) == 0);
    BOOST_TEST(names(bench) == purged());
}

BOOST_AUTO_TEST_CASE(a_limit_ends_it_as_partial) {
    Bench bench;

    const ExitCode code = bench({"purge", "contacts", "--local", "--yes", "--limit", "1", "--format", "json"});
    const json::value document = json::parse(bench.out);

    BOOST_TEST(number(code) == 1);
    BOOST_TEST(json::serialize(document.at("outcome")) == "\"partial\"");
    BOOST_TEST(document.at("categories").at(0).at("disposed").to_number<int>() == 1);
    BOOST_TEST(!document.at("categories").at(0).at("reason").as_string().empty());
}

BOOST_AUTO_TEST_CASE(a_day_after_today_is_refused_and_an_earlier_one_kept_to) {
    Bench bench;

    BOOST_TEST(number(bench({"purge", "--all", "--local", "--yes", "--as-of", "2026-11-22"})) == 2);
    BOOST_TEST(contains(bench.err, "after today"));
    BOOST_TEST(names(bench) == untouched());

    BOOST_TEST(number(bench({"purge", "contacts", "--local", "--yes", "--as-of", "2026-11-20"})) == 0);
    BOOST_TEST(names(bench).starts_with("Ann Due|REDACTED|"));
}

BOOST_AUTO_TEST_CASE(what_it_cannot_mean_does_nothing_and_ends_2) {
    Bench bench;
    const Words wrong[] = {{"purge", "--local", "--yes"},
                           {"purge", "contacts", "--all", "--local", "--yes"},
                           {"purge", "contcats", "--local", "--yes"},
                           {"purge", "contacts", "contcats", "--local", "--yes"},
                           {"purge", "--all", "--local", "--yes", "--limit", "0"}};

    for (const Words& words : wrong) {
        const ExitCode code = bench(words);

        BOOST_TEST_CONTEXT(bench.err) {
            BOOST_TEST(number(code) == 2);
            BOOST_TEST(contains(bench.err, "hint: "));
            BOOST_TEST(names(bench) == untouched());
        }
    }
    BOOST_TEST(!std::filesystem::exists(bench.file("audit")));
}

BOOST_AUTO_TEST_CASE(a_held_state_directory_refuses_and_says_who_holds_it) {
    Bench bench;
    const State held = State::acquire(bench.file("state"));

    const ExitCode code = bench({"purge", "--all", "--local", "--yes"});

    BOOST_TEST(number(code) == 3);
    BOOST_TEST(contains(bench.err, "is held by process"));
    BOOST_TEST(names(bench) == untouched());
}

BOOST_AUTO_TEST_CASE(a_stopped_category_is_refused_and_the_others_go_on) {
    std::string rules = crm_rules;
    rules.replace(rules.find("started_at"), 10, "begun_at");
    Bench bench(rules);

    const ExitCode code = bench({"purge", "--all", "--local", "--yes", "--format", "json"});
    const json::value document = json::parse(bench.out);

    BOOST_TEST(number(code) == 3);
    BOOST_TEST(json::serialize(document.at("categories").at(0).at("outcome")) == "\"refused\"");
    const std::string reason(document.at("categories").at(0).at("reason").as_string());
    BOOST_TEST(contains(reason, "; hint: "), reason);
    BOOST_TEST(contains(bench.err, reason)); // on one line, as the journal has it
    BOOST_TEST(reason.find('\n') == reason.npos);
    BOOST_TEST(names(bench) == untouched());
    BOOST_TEST(bench.store.value("SELECT count(*) FROM logs") == "1");
}

// ---- the history of runs, which the daemon goes on with

BOOST_AUTO_TEST_CASE(a_signal_ends_a_long_count) {
    for (const int signal : {SIGTERM, SIGINT}) BOOST_TEST_CONTEXT("signal " << signal) {
            Bench bench;

            BOOST_TEST(number(interrupted_count(bench, {"purge", "contacts", "--local", "--yes"}, signal)) == 1);

            BOOST_TEST(names(bench) == untouched());
            const auto run = bench.runs().at(0).outcome;
            BOOST_TEST((run.outcome == Outcome::partial));
            BOOST_TEST(run.categories.at(0).reason == "stopped");
            BOOST_TEST(contains(bench.out, "stopped"), bench.out);
            BOOST_TEST(number(bench({"purge", "contacts", "--local", "--yes"})) == 0, bench.err); // the next one counts
            BOOST_TEST(names(bench) == purged());
            BOOST_TEST(number(bench({"audit", "verify"})) == 0, bench.out);
        }
}

BOOST_AUTO_TEST_CASE(is_remembered_as_a_run_of_the_daemon_is) {
    Bench bench;
    bench({"purge", "contacts", "--local", "--yes", "--limit", "1"});
    bench.clock.advance(std::chrono::hours(1));
    bench({"purge", "--all", "--local", "--yes"});

    const auto runs = bench.runs();

    BOOST_REQUIRE(runs.size() == 2u);
    BOOST_TEST((runs[1].outcome.outcome == Outcome::partial));
    BOOST_TEST((runs[1].started == instant("2026-11-21 12:00:00")));
    BOOST_TEST(runs[1].actor.starts_with("user "));
    BOOST_TEST((runs[0].finished == instant("2026-11-21 13:00:00")));
    BOOST_TEST(runs[0].outcome.categories.size() == 2u);
    const auto contacts = bench.remembered([](const History& all) { return all.categories().at("contacts"); });
    BOOST_TEST(contacts.disposed == 2);
    BOOST_TEST(contacts.run == runs[0].outcome.run);
    bench({"audit", "show", "--run", runs[0].outcome.run, "--format", "json"});
    BOOST_TEST(contains(bench.out, "run.started")); // one name for both
    BOOST_TEST(!bench.remembered([](const History& all) { return all.served("contacts"); }).has_value());
}

BOOST_AUTO_TEST_CASE(without_its_history_only_yes_goes_on) {
    const std::pair<const char*, std::function<void(const Bench&)>> losses[] = {
        {"removed", [](const Bench& bench) { std::filesystem::remove(bench.file("state/history.db")); }},
        {"damaged", [](const Bench& bench) { bench.write("state/history.db", "no database at all, but text"); }},
        {"never there", [](const Bench& bench) {
             std::filesystem::remove(bench.file("state/history.db"));
             std::filesystem::remove(bench.file("state/history"));
         }}};

    for (const auto& [what, lose] : losses) {
        Bench bench;
        bench({"purge", "logs", "--local", "--yes"});
        lose(bench);
        bench.can_ask = true;
        bench.answer = "y\n";

        BOOST_TEST_CONTEXT("the history was " << what) {
            BOOST_TEST(number(bench({"purge", "contacts", "--local"})) == 3);
            BOOST_TEST(contains(bench.out, "the state is lost: "), bench.out);
            BOOST_TEST(contains(bench.out, "hint: "), bench.out);
            BOOST_TEST(!contains(bench.err, "[y/N]"));
            BOOST_TEST(names(bench) == untouched());
            bench({"audit", "show", "--event", "refused", "--format", "json"});
            BOOST_TEST(contains(bench.out, "the state is lost: "), bench.out);

            BOOST_TEST(number(bench({"purge", "contacts", "--local", "--yes"})) == 0, bench.out + bench.err);
            BOOST_TEST(names(bench) == purged());
            BOOST_TEST(bench.runs().size() == 1u);
            bench({"audit", "show", "--event", "recovered", "--format", "json"});
            BOOST_TEST(contains(bench.out, "went on without the lost history"), bench.out);
            BOOST_TEST(contains(bench.out, "(uid "), bench.out);
            BOOST_TEST(number(bench({"purge", "--all", "--local"})) == 0, bench.err); // whole again
            BOOST_TEST(number(bench({"audit", "verify"})) == 0, bench.out);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_history_that_another_process_has_locked_refuses_yes_too_and_stays) {
    Bench bench;
    bench({"purge", "logs", "--local", "--yes"});
    {
        const FileLock lock(bench.file("state/history.db"));

        BOOST_TEST(number(bench({"purge", "contacts", "--local", "--yes"})) == 3);

        BOOST_TEST(contains(bench.out, "the state is busy: "), bench.out);
        BOOST_TEST(contains(bench.out, "hint: nothing is lost"), bench.out);
        BOOST_TEST(names(bench) == untouched());
    }
    BOOST_TEST(number(bench({"purge", "contacts", "--local", "--yes"})) == 0, bench.out + bench.err);
    BOOST_TEST(names(bench) == purged());
    BOOST_TEST(bench.runs().size() == 2u); // of before and after
    BOOST_TEST(!std::filesystem::exists(bench.file("state/history.db.lost-1")));
    bench({"audit", "show", "--event", "recovered", "--format", "json"});
    BOOST_TEST(!contains(bench.out, "went on without"), bench.out);
    bench({"audit", "show", "--event", "refused", "--format", "json"});
    BOOST_TEST(contains(bench.out, "the state is busy: "), bench.out);
}

BOOST_AUTO_TEST_CASE(a_purge_whose_end_finds_the_history_locked_says_so_and_does_not_end_well) {
    Bench bench;
    bench({"purge", "logs", "--local", "--yes"});
    std::map<std::string, Gates> gates;
    Gate& disposing = gates["crm"].disposing;
    bench.stores = gated(gates, bench.clock.reading());
    disposing.close();
    auto code = std::async(std::launch::async, [&] { return bench({"purge", "contacts", "--local", "--yes"}); });
    disposing.await_visitor();
    {
        const FileLock lock(bench.file("state/history.db"), FileLock::Kind::shared);
        disposing.open();
        BOOST_TEST(number(code.get()) == 1);
    }
    BOOST_TEST(contains(bench.err, "not in the history: the state is busy: "), bench.err);
    BOOST_TEST(names(bench) == purged());
}

BOOST_AUTO_TEST_CASE(an_answer_of_no_leaves_the_history_as_it_is) {
    Bench bench;
    bench.can_ask = true;
    bench.answer = "n\n";

    bench({"purge", "--all", "--local"});

    BOOST_TEST(bench.runs().empty());
}

BOOST_AUTO_TEST_CASE(the_audit_log_of_it_verifies_and_can_be_shown) {
    Bench bench;
    bench({"purge", "--all", "--local", "--yes"});

    BOOST_TEST(number(bench({"audit", "verify"})) == 0, bench.out + bench.err);
    BOOST_TEST(number(bench({"audit", "show", "--event", "batch.committed", "--format", "json"})) == 0, bench.err);
    BOOST_TEST(contains(bench.out, "batch.committed"));
    BOOST_TEST(!contains(bench.out, "run.started"));
    BOOST_TEST(number(bench.bare({"audit", "verify", "--directory", bench.file("audit").string()})) == 5, bench.out);
}

BOOST_AUTO_TEST_SUITE_END()
