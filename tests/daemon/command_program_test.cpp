// The built program, as a shell and a terminal see it: exit codes, pipes, colours, signals.

#include "daemon/durable_file.hpp"
#include "tests/daemon/command_bench.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <poll.h>
#include <pty.h>
#include <sstream>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace retention;
using namespace retention::test;
namespace json = boost::json;

namespace {

struct Ended {
    int code = -1;
    std::string out; // and what it said on stderr, where that was sent there too
};

std::string config_of(const Bench& bench) {
    return " --config '" + bench.file("retentiond.toml").string() + "'";
}

// Through the shell, its output into a pipe, its input from nowhere.
Ended shell(const std::string& words) {
    Ended ended;
    FILE* pipe = popen((std::string(PROGRAM) + " " + words + " </dev/null").c_str(), "r");
    BOOST_TEST_REQUIRE(pipe != nullptr);
    char text[4096];
    while (const std::size_t count = fread(text, 1, sizeof text, pipe)) ended.out.append(text, count);
    const int status = pclose(pipe);
    ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return ended;
}

// The same on a terminal of its own, with one variable of the environment set.
Ended on_terminal(const std::string& variable, const std::string& words) {
    int terminal = -1;
    const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
    BOOST_TEST_REQUIRE(child >= 0);
    if (child == 0) {
        const std::string command = "exec env -u NO_COLOR TERM=xterm " + variable + " " + PROGRAM + " " + words;
        execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
        _exit(127);
    }
    Ended ended;
    char text[4096];
    for (ssize_t count; (count = read(terminal, text, sizeof text)) > 0;)
        ended.out.append(text, static_cast<std::size_t>(count));
    int status = 0;
    waitpid(child, &status, 0);
    close(terminal);
    ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return ended;
}

// 20,000 log lines, all due, at 2,000 a second: ten seconds of work.
struct SlowBench : Bench {
    SlowBench() {
        store.run("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
                  "INSERT INTO logs SELECT 'slow', i, '2015-01-01' FROM n");
        write("retentiond.toml", read("retentiond.toml") + "rows_per_second = 2000\nbatch_time = \"10 ms\"\n");
        std::filesystem::create_directories(file("audit")); // to be watched
    }
    bool has_committed() const {
        std::error_code missing;
        for (const auto& file : std::filesystem::directory_iterator(file("audit"), missing))
            if (contains(read("audit/" + file.path().filename().string()), "batch.committed")) return true;
        return false;
    }
    using Bench::file;
};

// Until a first batch is committed, or for half a minute without a line.
void await_batch(const SlowBench& bench, const Descriptor& watch) {
    pollfd asked{watch.get(), POLLIN, 0};
    char events[4096];
    while (!bench.has_committed() && poll(&asked, 1, 30'000) > 0)
        if (read(watch.get(), events, sizeof events) < 0) return;
}

// The program, which gets SIGTERM once its first batch is committed; its exit code. Its words go to this file.
int terminated(const SlowBench& bench, const std::string& words, const std::string& out) {
    const Descriptor watch(inotify_init1(IN_CLOEXEC));
    BOOST_REQUIRE(inotify_add_watch(watch.get(), bench.file("audit").c_str(), IN_CREATE | IN_MODIFY) >= 0);
    const std::string command = "exec " + std::string(PROGRAM) + " " + words + " >'" + bench.file(out).string() +
                                "' 2>/dev/null </dev/null" + config_of(bench);
    const pid_t child = fork();
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
        _exit(127);
    }
    await_batch(bench, watch);
    kill(child, SIGTERM);
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace

BOOST_AUTO_TEST_SUITE(command_program)

BOOST_AUTO_TEST_CASE(its_exit_codes_are_those_that_help_lists) {
    Bench bench;
    const std::string config = config_of(bench);
    const std::pair<std::string, int> cases[] = {
        {"--help", 0},
        {"--version", 0},
        {"purge --help", 0},
        {"2>&1", 2}, // nothing at all
        {"prune 2>&1", 2},
        {"report --as-of 2026-02-30 2>&1", 2},
        {"check 2>&1 --config /nowhere.toml", 2},
        {"check" + config, 0},
        {"report" + config, 0},
        {"report >/dev/full 2>&1" + config, 1},
        {"explain --category contacts --key 77 2>&1" + config, 1},
        {"purge --all --local 2>&1" + config, 2},
        {"run --once 2>&1" + config, 0},
        {"purge --all --local --yes" + config, 0},
        {"audit verify" + config, 0},
        {"status --socket /nowhere/control.sock 2>&1" + config, 1},
    };

    for (const auto& [words, code] : cases) {
        const Ended ended = shell(words);
        BOOST_TEST_CONTEXT("retentiond " << words << '\n' << ended.out)
        BOOST_TEST(ended.code == code);
    }
}

BOOST_AUTO_TEST_CASE(alone_it_prints_its_help) {
    BOOST_TEST(contains(shell("2>&1").out, "Exit codes:"));
}

BOOST_AUTO_TEST_CASE(json_is_one_document_on_stdout) {
    Bench bench;

    for (const char* words :
         {"check --format json", "report --format json", "purge --all --local --yes --format json"}) {
        const Ended ended = shell(words + config_of(bench));
        BOOST_TEST_CONTEXT(words << ended.out)
        BOOST_CHECK_NO_THROW(json::parse(ended.out));
    }
}

BOOST_AUTO_TEST_CASE(a_pipe_gets_no_escape_byte_and_a_terminal_does) {
    for (const char* words : {"check", "report", "purge --all --local --yes"}) {
        Bench piped, shown;

        BOOST_TEST_CONTEXT(words) {
            BOOST_TEST(!contains(shell("2>&1 " + std::string(words) + config_of(piped)).out, "\x1b"));
            BOOST_TEST(contains(on_terminal("", words + config_of(shown)).out, "\x1b"));
        }
    }
}

BOOST_AUTO_TEST_CASE(no_color_and_a_dumb_terminal_get_no_colour) {
    Bench bench;
    const std::pair<std::string, bool> cases[] = {
        {"NO_COLOR=1", false}, {"NO_COLOR=", true}, {"TERM=dumb", false}, {"TERM=xterm", true}};

    for (const auto& [variable, colour] : cases) {
        const Ended ended = on_terminal(variable, "report" + config_of(bench));

        BOOST_TEST_CONTEXT(variable << '\n' << ended.out) {
            BOOST_TEST(ended.code == 0);
            BOOST_TEST(contains(ended.out, "\x1b[") == colour);
            BOOST_TEST(!contains(ended.out, "\t")); // a table, aligned
        }
    }
}

BOOST_AUTO_TEST_CASE(the_environment_does_not_change_the_day) {
    Bench bench;
    const std::string report = "report --format csv" + config_of(bench);

    for (const char* variable : {"TZ=Pacific/Kiritimati", "TZ=Pacific/Pago_Pago", "FAKETIME='+1y'"}) {
        const Ended plain = shell(report);
        const Ended changed = on_terminal(variable, report);

        BOOST_TEST(contains(changed.out, plain.out.substr(plain.out.size() - 12, 10)), variable);
    }
}

BOOST_AUTO_TEST_CASE(sigterm_ends_a_purge_after_the_batch_in_hand) {
    const SlowBench bench;

    BOOST_TEST(terminated(bench, "purge logs --local --yes --format json", "purge.json") == 1);

    const json::value document = json::parse(bench.read("purge.json"));
    BOOST_TEST(json::serialize(document.at("outcome")) == "\"partial\"");
    const auto disposed = document.at("categories").at(0).at("disposed").to_number<int>();
    const int left = std::stoi(bench.store.value("SELECT count(*) FROM logs"));
    BOOST_TEST(disposed > 0);
    BOOST_TEST(left > 1);
    BOOST_TEST(disposed + left == 20003);
    BOOST_TEST(shell("audit verify" + config_of(bench)).code == 0);
}

BOOST_AUTO_TEST_CASE(sigterm_ends_a_run_once_after_the_batch_in_hand) {
    const SlowBench bench;
    bench.store.run("UPDATE contacts SET kind = 'client'"); // the first batch is of the logs

    BOOST_TEST(terminated(bench, "run --once --log-format json", "said") == 1);

    const auto run = bench.runs().at(0);
    BOOST_TEST(run.finished.has_value());
    BOOST_TEST((run.outcome.outcome == Outcome::partial));
    const auto& logs = run.outcome.categories.at(1);
    BOOST_TEST(logs.reason == "stopped");
    BOOST_TEST(logs.disposed > 0);
    BOOST_TEST(logs.disposed + std::stoi(bench.store.value("SELECT count(*) FROM logs")) == 20003);
    BOOST_TEST(shell("audit verify" + config_of(bench)).code == 0);
}

BOOST_AUTO_TEST_CASE(a_run_once_says_one_line_for_each_category) {
    Bench bench;

    const Ended ended = shell("run --once --log-format json 2>&1" + config_of(bench));

    BOOST_TEST_REQUIRE(ended.code == 0, ended.out);
    const auto run = bench.runs().at(0).outcome;
    std::istringstream lines(ended.out);
    std::string line;
    for (const auto& category : run.categories) {
        BOOST_TEST_REQUIRE(std::getline(lines, line).good());
        const auto said = json::parse(line).as_object();
        BOOST_TEST(said.at("level").as_string() == "info");
        BOOST_TEST(said.at("run").as_string() == run.run);
        BOOST_TEST(said.at("category").as_string() == category.category);
        BOOST_TEST(said.at("store").as_string() == "crm");
        BOOST_TEST(said.at("outcome").as_string() == "completed");
        BOOST_TEST(category.disposed >= 2); // as of the day of the test
        BOOST_TEST(said.at("disposed").as_string() == std::to_string(category.disposed));
    }
    BOOST_TEST(run.categories.size() == 2u);
    BOOST_TEST(!std::getline(lines, line).good(), line);
}

BOOST_AUTO_TEST_SUITE_END()
