// Witness rows, and what stays on the disk after a run.

#include "tests/support/rules_from_toml.hpp"
#include "tests/support/sqlite_file.hpp"

#include <boost/test/unit_test.hpp>

#include <sqlite3.h>

#include <fstream>
#include <iterator>

namespace retention::test {
namespace {

using Texts = std::vector<std::string>;

constexpr const char* as_of = "2026-11-21";
constexpr const char* head_of_rule = "table = \"logs\"\ntrigger = \"at\"\nperiod = \"6 months\"\n";
const std::string delete_logs = std::string(head_of_rule) + "action = \"delete\"\n";

// Records whose every text has a marker that stands nowhere else, and an index on it; 300 due, 20 kept.
std::string marked(const std::string& journal) {
    return "PRAGMA journal_mode = " + journal +
           "; CREATE TABLE logs (id INTEGER PRIMARY KEY, at TEXT, email TEXT, note TEXT);"
           "CREATE INDEX by_email ON logs (email);"
           "CREATE TABLE marks (id INTEGER PRIMARY KEY, log INTEGER, text TEXT);"
           "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 320)"
           "INSERT INTO logs SELECT i, CASE WHEN i % 16 THEN '2020-01-01' ELSE '2026-11-01' END,"
           " CASE WHEN i % 16 THEN 'SECRET' ELSE 'stays' END || i || '@example.com',"
           " CASE WHEN i % 16 THEN 'SECRET note ' ELSE 'stays ' END || i || hex(zeroblob((i * 37) % 3000)) FROM n;"
           "INSERT INTO marks SELECT id, id, CASE WHEN id % 16 THEN 'SECRET mark ' ELSE 'stays ' END || id FROM logs;";
}

std::size_t found_in(const std::filesystem::path& folder, const std::string& text) {
    std::size_t found = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(file)), {});
        for (auto at = bytes.find(text); at != std::string::npos; at = bytes.find(text, at + 1)) ++found;
    }
    return found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(sqlite_witness)

BOOST_AUTO_TEST_CASE(the_witness_row_is_in_the_batchs_own_transaction) {
    const SqliteFile file("CREATE TABLE logs (id INTEGER PRIMARY KEY, at TEXT); INSERT INTO logs VALUES (1, "
                          "'2020-01-01'), (2, '2020-01-01');");
    Bench bench(file.path(), delete_logs, as_of);
    const auto walk = bench.session->walk(*bench.plan);
    const auto both = [&] {
        return file.value("SELECT (SELECT count(*) FROM logs) || (SELECT count(*) FROM retentiond_batches)");
    };

    walk->dispose(1);
    BOOST_TEST(both() == "20");
    walk->commit({"run.1", 1, Instant{std::chrono::seconds{1'700'000'000}}, "abc"});
    BOOST_TEST(both() == "11");
    walk->dispose(1);
    BOOST_CHECK_THROW(walk->commit({"run.1", 1, {}, "abc"}), StoreError); // a batch's name is used once
    BOOST_TEST(both() == "11");

    const auto witnesses = bench.session->witnesses();
    BOOST_TEST(witnesses.size() == 1u);
    BOOST_TEST(witnesses[0].batch == "run.1");
    BOOST_TEST(witnesses[0].records == 1);
    BOOST_TEST(witnesses[0].head == "abc");
    BOOST_CHECK(witnesses[0].at == Instant{std::chrono::seconds{1'700'000'000}});
    BOOST_CHECK(bench.session->settle("run.1") == Settled::committed);
    BOOST_CHECK(bench.session->settle("run.2") == Settled::rolled_back);
}

BOOST_AUTO_TEST_CASE(a_store_without_witnesses_has_none) {
    const SqliteFile file("CREATE TABLE logs (id INTEGER PRIMARY KEY, at TEXT);");
    Bench bench(file.path(), delete_logs, as_of, {}, Access::read_only);

    BOOST_TEST(bench.session->witnesses().empty());
}

BOOST_AUTO_TEST_CASE(a_batch_is_in_doubt_while_its_session_may_be_alive) {
    const SqliteFile file(
        "CREATE TABLE logs (id INTEGER PRIMARY KEY, at TEXT); INSERT INTO logs VALUES (1, '2020-01-01');");
    Bench bench(file.path(), delete_logs, as_of);
    const auto other = bench.connector->open(Access::read_write);
    {
        const auto walk = bench.session->walk(*bench.plan);
        walk->dispose(1);

        BOOST_CHECK(other->settle("run.1") == Settled::in_doubt);
    }
    BOOST_CHECK(other->settle("run.1") == Settled::rolled_back);
}

BOOST_AUTO_TEST_CASE(no_byte_of_what_went_stays_in_the_files) {
    const std::string related = "[[categories.records.related]]\ntable = \"marks\"\non = \"log\"\n";
    const Texts rules{delete_logs + related + "action = \"delete\"\n",
                      std::string(head_of_rule) +
                          "action = \"anonymise\"\nmask = { email = \"random email\", note = \"redact\" }\n" + related +
                          "action = \"anonymise\"\nmask = { text = \"null\" }\n"};
    for (const std::string journal : {"delete", "truncate", "persist", "wal"})
        for (const auto& rule : rules) BOOST_TEST_CONTEXT(journal << " " << rule) {
                const SqliteFile file(marked(journal));
                Bench bench(file.path(), rule, as_of);
                BOOST_TEST(found_in(file.folder(), "SECRET") >= 900u);

                BOOST_TEST(bench.purge(37).size() == 300u);
                BOOST_TEST(bench.session->leave_no_trace().empty());

                BOOST_TEST(found_in(file.folder(), "SECRET") == 0u);
                BOOST_TEST(found_in(file.folder(), "stays") >= 60u);
            }
}

// The known-bad twin: the same search on what SQLite leaves behind without secure_delete.
BOOST_AUTO_TEST_CASE(the_search_finds_what_a_plain_delete_leaves) {
    const SqliteFile file(marked("delete"));

    file.run("PRAGMA secure_delete = OFF; DELETE FROM marks WHERE text LIKE 'SECRET%'; DELETE FROM logs WHERE email "
             "LIKE 'SECRET%'");

    BOOST_TEST(found_in(file.folder(), "SECRET") > 100u);
}

BOOST_AUTO_TEST_CASE(a_reader_of_the_old_state_is_named_as_what_remains) {
    const SqliteFile file(marked("wal"));
    Bench bench(file.path(), delete_logs, as_of);
    sqlite3* reader = nullptr;
    sqlite3_open(file.path().c_str(), &reader);
    sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM logs", nullptr, nullptr, nullptr);
    bench.purge();

    const auto remains = bench.session->leave_no_trace();

    BOOST_TEST(remains.size() == 1u);
    BOOST_TEST(found_in(file.folder(), "SECRET") > 0u);
    sqlite3_close(reader);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention::test
