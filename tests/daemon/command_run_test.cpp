#include "tests/daemon/command_bench.hpp"
#include "tests/support/file_lock.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace retention;
using namespace retention::test;

namespace {

std::string replaced(std::string text, const std::string& part, const std::string& by) {
    return text.replace(text.find(part), part.size(), by);
}

// Both categories at 02:30; it is noon.
std::string scheduled_rules() {
    std::string rules = crm_rules;
    for (const char* category : {"[categories.contacts]\n", "[categories.logs]\n"})
        rules = replaced(rules, category, category + std::string("schedule = \"02:30\"\n"));
    return rules;
}

struct Once : Bench {
    explicit Once(const std::string& rules = scheduled_rules()) : Bench(rules) {}
    ExitCode run() { return (*this)({"run", "--once", "--log-format", "text"}); }
    void say(const std::string& line) { write("retentiond.toml", read("retentiond.toml") + line + "\n"); }
    std::string lines(const std::string& event) {
        (*this)({"audit", "show", "--event", event, "--format", "json"});
        return out;
    }
    std::optional<Instant> served(const std::string& category) const {
        const auto known = remembered([&](const History& history) { return history.served(category); });
        return known ? std::optional(known->through) : std::nullopt;
    }
    std::string left() const {
        return store.value("SELECT (SELECT count(*) FROM contacts WHERE full_name <> 'REDACTED') || ' ' || "
                           "(SELECT count(*) FROM logs)");
    }
};

constexpr const char* all_left = "8 3";
constexpr const char* none_due_left = "6 1";

} // namespace

BOOST_AUTO_TEST_SUITE(command_run)

BOOST_AUTO_TEST_CASE(once_runs_every_category_now_whatever_its_schedule) {
    for (const std::string& rules : {scheduled_rules(), std::string(crm_rules)}) {
        Once bench(rules);

        BOOST_TEST(number(bench.run()) == 0, bench.err);

        BOOST_TEST(bench.left() == none_due_left);
        BOOST_TEST(contains(bench.lines("run.started"), "\"schedule\""), bench.out);
        BOOST_TEST(!contains(bench.lines("rule.approved"), "approved"), bench.out);
        BOOST_TEST(number(bench({"audit", "verify"})) == 0, bench.out);
        BOOST_TEST(number(bench.run()) == 0, bench.err); // nothing more is due
    }
}

BOOST_AUTO_TEST_CASE(once_is_remembered_and_its_schedule_served) {
    Once bench;
    bench.run();
    bench.clock.advance(std::chrono::hours(1));
    bench.run();

    const auto runs = bench.runs();

    BOOST_REQUIRE(runs.size() == 2u);
    BOOST_TEST(runs[0].actor == "schedule");
    BOOST_TEST((runs[0].finished == instant("2026-11-21 13:00:00")));
    BOOST_TEST(runs[1].outcome.categories.at(0).disposed == 2);
    BOOST_TEST((bench.served("contacts") == instant("2026-11-21 13:00:00")));
    BOOST_TEST((bench.served("logs") == instant("2026-11-21 13:00:00")));
    const auto known = bench.remembered([](const History& history) { return history.served("logs"); });
    BOOST_TEST(known->schedule.value_or("") == "02:30");
}

BOOST_AUTO_TEST_CASE(once_serves_no_schedule_that_there_is_not) {
    Once bench(crm_rules);

    bench.run();

    BOOST_TEST(!bench.served("contacts").has_value());
}

BOOST_AUTO_TEST_CASE(once_brings_the_audit_log_back_to_whole_after_a_store_was_taken_out) {
    Once bench;
    const SqliteFile archive("CREATE TABLE lines (id INTEGER PRIMARY KEY, at TEXT);");
    bench.run();
    BOOST_TEST(number(bench({"audit", "verify"})) == 0, bench.out);

    const auto settings = bench.read("retentiond.toml");
    bench.write("retentiond.toml", settings.substr(0, settings.find("[stores.crm]")) +
                                       "[stores.archive]\nurl = \"sqlite:///" + archive.path().string().substr(1) +
                                       "\"\n");
    bench.write("rules.toml", "[categories.lines]\nstore = \"archive\"\ntable = \"lines\"\ntrigger = \"at\"\n"
                              "period = \"6 months\"\naction = \"delete\"\n");
    BOOST_TEST(number(bench({"audit", "verify"})) == 5);
    BOOST_TEST(contains(bench.out, "note: store crm could not be compared: it is configured no more, and no checkpoint "
                                   "follows line "),
               bench.out);
    BOOST_TEST(number(bench.run()) == 0, bench.err);

    BOOST_TEST(number(bench({"audit", "verify"})) == 0);
    BOOST_TEST(contains(bench.out, "note: store crm is configured no more: its 2 batches are confirmed by the "
                                   "checkpoint of line "),
               bench.out);
    BOOST_TEST(contains(bench.out, "; not asked: crm\n"), bench.out);
    bench.run();
    const auto checkpoints = bench.lines("checkpoint");
    BOOST_TEST(checkpoints.find("\"signature\"") == checkpoints.rfind("\"signature\"")); // one
    BOOST_TEST(number(bench({"audit", "verify"})) == 0, bench.out);
}

BOOST_AUTO_TEST_CASE(once_approves_nothing) {
    Once bench(replaced(scheduled_rules(), "share = \"100%\"", "share = \"1%\""));

    BOOST_TEST(number(bench.run()) == 3);

    BOOST_TEST(bench.left() == "8 1"); // the other category went on
    BOOST_TEST(bench.served("contacts").has_value());
    BOOST_TEST((bench.runs().at(0).outcome.categories.at(0).outcome == Outcome::refused));
}

BOOST_AUTO_TEST_CASE(once_does_not_wait_for_a_window) {
    Once bench;
    bench.say("window = \"22:00-02:00\"");

    BOOST_TEST(number(bench.run()) == 1);

    BOOST_TEST(bench.left() == all_left);
    const auto run = bench.runs().at(0);
    BOOST_TEST((run.outcome.outcome == Outcome::partial));
    BOOST_TEST(run.outcome.categories.at(0).reason == "the window 22:00-02:00 is closed");
    BOOST_TEST(!bench.served("contacts").has_value()); // a daemon catches it up
}

BOOST_AUTO_TEST_CASE(once_goes_on_where_one_store_is_away) {
    Once bench(scheduled_rules() + R"([categories.orders]
schedule = "02:30"
store = "shop"
table = "orders"
trigger = "at"
period = "6 months"
action = "delete"
)");
    bench.say("[stores.shop]\nurl = \"sqlite:///nowhere/shop.db\"");

    BOOST_TEST(number(bench.run()) == 1);

    BOOST_TEST(bench.left() == none_due_left);
    BOOST_TEST(bench.served("contacts").has_value());
    BOOST_TEST(!bench.served("orders").has_value());
}

BOOST_AUTO_TEST_CASE(a_signal_ends_the_long_count_of_once) {
    Once bench;

    BOOST_TEST(number(interrupted_count(bench, {"run", "--once", "--log-format", "text"}, SIGTERM)) == 1);

    BOOST_TEST(bench.left() == all_left);
    const auto run = bench.runs().at(0);
    BOOST_TEST(run.finished.has_value());
    BOOST_REQUIRE(run.outcome.categories.size() == 2u);
    for (const auto& category : run.outcome.categories) BOOST_TEST(category.reason == "stopped");
    BOOST_TEST(!bench.served("contacts").has_value()); // a daemon catches it up
}

BOOST_AUTO_TEST_CASE(once_opens_no_control_socket) {
    Once bench;
    bench.say("[control]\nsocket = \"" + bench.file("control.sock").string() + "\"");

    BOOST_TEST(number(bench.run()) == 0, bench.err);

    BOOST_TEST(!std::filesystem::exists(bench.file("control.sock")));
}

BOOST_AUTO_TEST_CASE(once_refuses_a_state_that_is_held) {
    Once bench;
    const State held = State::acquire(bench.file("state"));

    BOOST_TEST(number(bench.run()) == 3);

    BOOST_TEST(contains(bench.err, "is held by process"));
    BOOST_TEST(bench.left() == all_left);
}

BOOST_AUTO_TEST_CASE(once_disposes_of_nothing_where_the_history_was_lost) {
    Once bench;
    bench({"purge", "logs", "--local", "--yes", "--limit", "1"});
    std::filesystem::remove(bench.file("state/history.db"));

    BOOST_TEST(number(bench.run()) == 3);

    BOOST_TEST(bench.left() == "8 2");
    BOOST_TEST(contains(bench.lines("refused"), "the state is lost: "), bench.out);
    BOOST_TEST(contains(bench.out, "schedule"), bench.out);
    BOOST_TEST(!contains(bench.lines("recovered"), "went on"), bench.out);
    BOOST_TEST(!std::filesystem::exists(bench.file("state/history.db")));
}

BOOST_AUTO_TEST_CASE(one_whose_end_finds_the_history_locked_does_not_end_well) {
    Once bench;
    bench({"purge", "--all", "--local", "--yes", "--limit", "1"}); // approves the rules
    std::map<std::string, Gates> gates;
    Gate& disposing = gates["crm"].disposing;
    bench.stores = gated(gates, bench.clock.reading());
    disposing.close();
    auto code = std::async(std::launch::async, [&] { return bench.run(); });
    disposing.await_visitor();
    {
        const FileLock lock(bench.file("state/history.db"), FileLock::Kind::shared);
        disposing.open();
        BOOST_TEST(number(code.get()) == 1);
    }
    BOOST_TEST(bench.left() == none_due_left);
    BOOST_TEST(!bench.served("logs").has_value());
}

BOOST_AUTO_TEST_CASE(what_keeps_it_from_starting_has_a_priority_in_the_journal_and_nowhere_else) {
    Bench bench;
    struct stat stream {};
    BOOST_REQUIRE(::fstat(STDERR_FILENO, &stream) == 0);
    bench.write("retentiond.toml", bench.read("retentiond.toml") + "colour = 1\n");
    const auto said_with = [&](const std::string& variable) {
        ::setenv("JOURNAL_STREAM", variable.c_str(), 1);
        BOOST_TEST(number(bench({"run"})) == 2);
        const auto configuration = bench.err;
        BOOST_TEST(number(bench.bare({"run", "--never"})) == 2);
        ::unsetenv("JOURNAL_STREAM");
        return configuration + bench.err;
    };

    const auto elsewhere = said_with("1:2");
    const auto marked = said_with(std::to_string(stream.st_dev) + ":" + std::to_string(stream.st_ino));

    BOOST_TEST(!contains(elsewhere, "<3>"), elsewhere);
    BOOST_TEST(contains(elsewhere, "hint: "), elsewhere);
    std::string expected;
    std::istringstream lines(elsewhere);
    for (std::string line; std::getline(lines, line);) expected += "<3>" + line + "\n";
    BOOST_TEST(marked == expected);
}

BOOST_AUTO_TEST_SUITE_END()
