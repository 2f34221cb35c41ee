// Promise 3 of the design, on the built program: killed at any moment of a purge, then started again, every disposal
// that happened is in the audit log exactly once, and the log claims none that did not.

#include "tests/support/sqlite_file.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <sys/wait.h>
#include <unistd.h>

namespace fs = std::filesystem;
using retention::test::SqliteFile;

namespace {

constexpr int records = 4'000, kept = 400, kills = 200;

// Records with a child each, so that a batch changes several tables; every tenth is not due.
std::string company() {
    return "PRAGMA journal_mode = WAL;"
           "CREATE TABLE people (id INTEGER PRIMARY KEY, seen TEXT);"
           "CREATE TABLE notes (id INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES people (id), text TEXT);"
           "CREATE INDEX notes_person ON notes (person);"
           "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
           std::to_string(records) +
           ") "
           "INSERT INTO people SELECT i, CASE WHEN i % 10 = 0 THEN '2026-01-01' ELSE '2010-01-01' END FROM n;"
           "INSERT INTO notes SELECT id, id, 'note ' || id FROM people;";
}

// One millisecond a batch: hundreds of batches, so that a kill falls into each of their steps.
std::string rules(const fs::path& database) {
    return "timezone = \"UTC\"\nstate = \"state\"\n[audit]\ndirectory = \"log\"\nkey = { file = \"audit.key\" }\n"
           "[stores.crm]\nurl = \"sqlite://" +
           database.string() +
           "\"\nbatch_time = \"1 ms\"\n"
           "[categories.people]\nstore = \"crm\"\ntable = \"people\"\ntrigger = \"seen\"\nperiod = \"36 months\"\n"
           "action = \"delete\"\n"
           "[[categories.people.related]]\ntable = \"notes\"\non = \"person\"\naction = \"delete\"\n";
}

pid_t start(const fs::path& configuration, const std::vector<const char*>& words) {
    const pid_t child = fork();
    if (child != 0) return child;
    if (!std::freopen("/dev/null", "w", stdout) || !std::freopen("/dev/null", "w", stderr)) _exit(127);
    std::vector<char*> argv{const_cast<char*>(PROGRAM)};
    for (const char* word : words) argv.push_back(const_cast<char*>(word));
    for (const char* word : {"--config", configuration.c_str()}) argv.push_back(const_cast<char*>(word));
    argv.push_back(nullptr);
    execv(PROGRAM, argv.data());
    _exit(127);
}

int ended(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

// The purge is let run for so many microseconds of the kernel's own timer, then killed: no handler, no clean-up.
int purge_killed_after(const fs::path& configuration, long microseconds) {
    const pid_t child = start(configuration, {"purge", "--local", "--all", "--yes", "--as-of", "2026-06-30"});
    const timespec wait{microseconds / 1'000'000, (microseconds % 1'000'000) * 1'000};
    sigset_t none;
    sigemptyset(&none);
    pselect(0, nullptr, nullptr, nullptr, &wait, &none);
    kill(child, SIGKILL);
    return ended(child);
}

struct Claims {
    std::map<std::string, std::int64_t> intents = {};
    std::multiset<std::string> committed, rolled_back;
    std::int64_t records() const {
        std::int64_t sum = 0;
        for (const auto& batch : committed) sum += intents.at(batch);
        return sum;
    }
};

Claims read_log(const fs::path& folder) {
    Claims claims;
    std::set<fs::path> segments;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".jsonl") segments.insert(entry.path());
    for (const auto& segment : segments) {
        std::ifstream lines(segment);
        for (std::string line; std::getline(lines, line);) {
            if (lines.eof()) break; // a line that the kill tore: the next start cuts it off
            const auto object = boost::json::parse(line).as_object();
            const std::string event(object.at("event").as_string());
            if (!event.starts_with("batch.")) continue;
            const std::string batch(object.at("batch").as_string());
            if (event == "batch.intent") claims.intents[batch] = object.at("records").as_int64();
            if (event == "batch.committed") claims.committed.insert(batch);
            if (event == "batch.rolled_back") claims.rolled_back.insert(batch);
        }
    }
    return claims;
}

// What the log claims against what is in the database: nothing where they agree.
std::string disagreement(const Claims& claims, const std::multiset<std::string>& witnessed, std::int64_t gone) {
    if (claims.committed != witnessed) return "the committed batches are not those that the store knows";
    if (claims.records() != gone)
        return "the log claims " + std::to_string(claims.records()) + " records, gone are " + std::to_string(gone);
    for (const auto& [batch, count] : claims.intents)
        if (claims.committed.count(batch) + claims.rolled_back.count(batch) != 1)
            return "batch " + batch + " has not exactly one outcome";
    return "";
}

std::multiset<std::string> witnesses(const SqliteFile& file) {
    std::multiset<std::string> batches;
    std::string all = file.value("SELECT coalesce(group_concat(batch, ' '), '') FROM retentiond_batches "
                                 "WHERE batch NOT LIKE 'database %'"); // marks
    for (std::size_t from = 0; from < all.size();) {
        const auto to = std::min(all.find(' ', from), all.size());
        batches.insert(all.substr(from, to - from));
        from = to + 1;
    }
    return batches;
}

} // namespace

BOOST_AUTO_TEST_SUITE(killed)

BOOST_AUTO_TEST_CASE(at_any_moment_of_a_purge_every_disposal_is_in_the_log_exactly_once) {
    const char* given = std::getenv("RETENTION_SEED");
    const unsigned seed = given ? static_cast<unsigned>(std::atol(given)) : std::random_device{}();
    std::cout << "kill seed " << seed << std::endl; // before the first fork
    std::mt19937 random(seed);
    const auto begin_anew = [] { return std::make_unique<SqliteFile>(company()); };
    auto file = begin_anew();
    int killed = 0, in_the_middle = 0, restarts = 0, finished = 0;
    // A purge that came to its end in time was not killed, and does not count.
    for (int round = 0; killed < kills && round < 10 * kills; ++round) {
        const fs::path folder = file->folder(), configuration = folder / "retentiond.toml";
        std::ofstream(configuration) << rules(file->path());
        const bool was_killed =
            purge_killed_after(configuration, std::uniform_int_distribution<long>(500, 120'000)(random)) == -SIGKILL;
        killed += was_killed;
        finished += !was_killed;
        if (was_killed && fs::exists(folder / "log")) {
            const auto left = read_log(folder / "log");
            in_the_middle += left.intents.size() > left.committed.size() + left.rolled_back.size();
        }
        if (was_killed && round % 3 != 0) continue; // killed again before anything was settled

        // The next start settles what was left open, here one that disposes of a single record.
        BOOST_TEST_CONTEXT("round " << round << " of seed " << seed) {
            ++restarts;
            const int code = ended(
                start(configuration, {"purge", "--local", "--all", "--yes", "--as-of", "2026-06-30", "--limit", "1"}));
            BOOST_REQUIRE(code == 0 || code == 1);
            const auto gone = records - std::atoll(file->value("SELECT count(*) FROM people").c_str());
            BOOST_REQUIRE_EQUAL(disagreement(read_log(folder / "log"), witnesses(*file), gone), "");
            BOOST_REQUIRE_EQUAL(file->value("SELECT count(*) FROM people WHERE seen = '2026-01-01'"),
                                std::to_string(kept));
            BOOST_REQUIRE_EQUAL(file->value("SELECT count(*) FROM notes WHERE person NOT IN (SELECT id FROM people)"),
                                "0");
            BOOST_REQUIRE_EQUAL(file->value("SELECT count(*) FROM people WHERE id NOT IN (SELECT person FROM notes)"),
                                "0");
            BOOST_REQUIRE_EQUAL(ended(start(configuration, {"audit", "verify"})), 0);
            if (gone > records - kept - 200) file = begin_anew();
        }
    }
    std::cout << killed << " kills, " << in_the_middle << " with a batch in hand, " << restarts << " settled starts, "
              << finished << " purges that ended before their kill\n";
    BOOST_TEST(killed >= kills);
    BOOST_TEST(in_the_middle > 0);
}

BOOST_AUTO_TEST_CASE(the_check_catches_a_log_that_claims_too_much_too_little_or_twice) {
    Claims claims;
    claims.intents = {{"a", 3}, {"b", 2}};
    claims.committed = {"a", "b"};
    BOOST_TEST(disagreement(claims, {"a", "b"}, 5) == "");

    BOOST_TEST(disagreement(claims, {"a"}, 3) != "");           // claims a batch that did not happen
    BOOST_TEST(disagreement(claims, {"a", "b", "c"}, 7) != ""); // one that happened is missing
    BOOST_TEST(disagreement(claims, {"a", "b"}, 6) != "");      // a record went without a line
    claims.committed.insert("b");
    BOOST_TEST(disagreement(claims, {"a", "b"}, 5) != ""); // said twice
    claims.committed = {"a"};
    BOOST_TEST(disagreement(claims, {"a"}, 3) != ""); // an intent without an outcome
}

BOOST_AUTO_TEST_SUITE_END()
