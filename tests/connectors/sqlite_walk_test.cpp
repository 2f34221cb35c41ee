// Disposal on a real file: what a batch takes, what it leaves alone, and what happens when something goes wrong in it.

#include "tests/support/rules_from_toml.hpp"
#include "tests/support/sqlite_file.hpp"

#include <boost/test/unit_test.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <set>
#include <thread>

namespace retention::test {
namespace {

using Texts = std::vector<std::string>;

constexpr const char* as_of = "2026-11-21";
constexpr const char* delete_logs = "table = \"logs\"\ntrigger = \"at\"\nperiod = \"6 months\"\naction = \"delete\"\n";

// `many` old records, then three that are kept.
std::string logs(int many) {
    return "CREATE TABLE logs (id INTEGER PRIMARY KEY, at TEXT, note TEXT);"
           "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
           std::to_string(many) +
           ") INSERT INTO logs SELECT i, '2020-01-01', 'note ' || i FROM n;"
           "INSERT INTO logs VALUES (1000001, '2026-11-01', 'new'), (1000002, NULL, 'undated'), (1000003, "
           "'2026-05-21', 'last day');";
}

// Every table as text, the witnesses left out.
Texts dump(const SqliteFile& file) {
    Texts all;
    for (const auto& table : file.column(
             "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'retentiond%' ORDER BY 1")) {
        std::string row;
        for (const auto& column : file.column("SELECT name FROM pragma_table_info('" + table + "')"))
            row += (row.empty() ? "quote(\"" : " || ',' || quote(\"") + column + "\")";
        for (const auto& text : file.column("SELECT " + row + " FROM \"" + table + "\" ORDER BY 1"))
            all.push_back(table + ": " + text);
    }
    return all;
}

StoreError::Kind kind_of(const std::function<void()>& work) {
    try {
        work();
    } catch (const StoreError& error) {
        BOOST_TEST_MESSAGE(error.what());
        return error.kind;
    }
    throw std::logic_error("nothing was thrown");
}

class Other { // a second connection
public:
    explicit Other(const SqliteFile& file) {
        sqlite3_open(file.path().c_str(), &handle_);
        sqlite3_busy_timeout(handle_, 100);
    }
    ~Other() { sqlite3_close(handle_); }
    Other(const Other&) = delete;
    Other& operator=(const Other&) = delete;
    int run(const char* sql) { return sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr); }

private:
    sqlite3* handle_ = nullptr;
};

// End of employment stands in a child table that goes with the person; the keys refuse to lose a parent.
constexpr const char* staff =
    "PRAGMA foreign_keys = ON;"
    "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);"
    "CREATE TABLE posts (id INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES people ON DELETE RESTRICT, ends "
    "TEXT);"
    "CREATE TABLE papers (id INTEGER PRIMARY KEY, post INTEGER NOT NULL REFERENCES posts ON DELETE RESTRICT);"
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) INSERT INTO people SELECT i, 'p' || "
    "i FROM n;"
    "INSERT INTO posts SELECT id, id, '2015-06-30' FROM people;"
    "INSERT INTO posts VALUES (101, 1, NULL), (102, 2, '9999-01-01'), (103, 3, '2016-01-31');"
    "INSERT INTO papers SELECT id, id FROM posts;";
constexpr const char* staff_rule =
    "table = \"people\"\ntrigger = { table = \"posts\", on = \"person\", column = \"ends\" }\nperiod = \"6 "
    "years\"\naction = \"delete\"\n"
    "[[categories.records.related]]\ntable = \"posts\"\non = \"person\"\naction = \"delete\"\n"
    "[[categories.records.related]]\nof = \"posts\"\ntable = \"papers\"\non = \"post\"\naction = \"delete\"\n";

} // namespace

BOOST_AUTO_TEST_SUITE(sqlite_walk)

BOOST_AUTO_TEST_CASE(what_is_due_goes_and_the_rest_stays) {
    const SqliteFile file(logs(25));
    Bench bench(file.path(), delete_logs, as_of);

    const auto keys = bench.purge(10);

    BOOST_TEST(keys.size() == 25u);
    BOOST_TEST(bench.batches == 3u);
    BOOST_TEST(file.column("SELECT id FROM logs ORDER BY id") == (Texts{"1000001", "1000002", "1000003"}),
               boost::test_tools::per_element());
    BOOST_TEST(bench.purge(10).empty());
}

BOOST_AUTO_TEST_CASE(the_last_day_is_kept_and_the_day_after_is_not) {
    const SqliteFile file(
        logs(1) + "DELETE FROM logs WHERE id = 1; UPDATE logs SET at = '2026-05-20 23:59:59' WHERE id = 1000002;");

    BOOST_TEST(Bench(file.path(), delete_logs, "2026-11-20").purge().empty());
    BOOST_TEST(Bench(file.path(), delete_logs, "2026-11-21").purge() == Texts{"1000002"},
               boost::test_tools::per_element());
    BOOST_TEST(Bench(file.path(), delete_logs, "2026-11-22").purge() == Texts{"1000003"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(records_go_although_the_evidence_goes_with_them) {
    for (const std::size_t most : {1u, 7u, 100u}) {
        const SqliteFile file(staff);
        Bench bench(file.path(), staff_rule, as_of);

        const auto keys = bench.purge(most);

        BOOST_TEST(keys.size() == 48u);
        BOOST_TEST(file.column("SELECT id FROM people") == (Texts{"1", "2"}), boost::test_tools::per_element());
        BOOST_TEST(file.value("SELECT count(*) FROM posts") == "4");
        BOOST_TEST(file.value("SELECT count(*) FROM papers") == "4");
        BOOST_TEST(bench.related.at(0).records == 49);
        BOOST_TEST(bench.related.at(1).records == 49);
        BOOST_TEST(file.column("PRAGMA foreign_key_check").empty());
    }
}

// The known-bad twin: the whole condition asked again once the children have gone.
BOOST_AUTO_TEST_CASE(asking_again_after_the_children_went_would_find_nothing) {
    const SqliteFile file(staff);

    file.run("DELETE FROM papers WHERE post <= 100; DELETE FROM posts WHERE ends < '2020-11-21';"
             "DELETE FROM people WHERE (SELECT max(ends) FROM posts WHERE person = people.id) < '2020-11-21';");

    BOOST_TEST(file.value("SELECT count(*) FROM people") == "50");
}

BOOST_AUTO_TEST_CASE(a_record_touched_after_the_report_survives) {
    const SqliteFile file(logs(5));
    Bench bench(file.path(), delete_logs, as_of);
    BOOST_TEST(bench.session->survey(*bench.plan).due == 5);

    file.run("UPDATE logs SET at = '2026-11-20' WHERE id = 3");

    BOOST_TEST(bench.purge().size() == 4u);
    BOOST_TEST(file.value("SELECT note FROM logs WHERE id = 3") == "note 3");
}

BOOST_AUTO_TEST_CASE(a_record_touched_between_two_batches_survives) {
    for (const std::string related :
         {"", "[[categories.records.related]]\ntable = \"marks\"\non = \"log\"\naction = \"delete\"\n"}) {
        const SqliteFile file(logs(6) + "CREATE TABLE marks (log INTEGER); INSERT INTO marks SELECT id FROM logs;");
        Bench bench(file.path(), delete_logs + related, as_of);
        const auto walk = bench.session->walk(*bench.plan);
        BOOST_TEST(walk->dispose(2).keys.size() == 2u);
        walk->commit({"one", 2, {}, "head"});

        file.run("UPDATE logs SET at = '2026-11-20' WHERE id IN (3, 4, 6)");

        BOOST_TEST(walk->dispose(2).keys == (std::vector<Texts>{{"5"}}));
        walk->commit({"two", 1, {}, "head"});
        BOOST_TEST(walk->dispose(2).empty());
        BOOST_TEST(file.value("SELECT count(*) FROM logs WHERE id IN (3, 4, 6)") == "3");
        if (!related.empty()) BOOST_TEST(file.value("SELECT count(*) FROM marks WHERE log IN (3, 4, 6)") == "3");
    }
}

BOOST_AUTO_TEST_CASE(nobody_can_touch_a_record_between_proof_and_commit) {
    const SqliteFile file(logs(5));
    Bench bench(file.path(), delete_logs, as_of);
    const auto walk = bench.session->walk(*bench.plan);
    walk->dispose(5);
    Other other(file);

    const int code = other.run("UPDATE logs SET at = '2026-11-20'");

    BOOST_TEST((code & 0xff) == SQLITE_BUSY);
    walk->commit({"one", 5, {}, "head"});
    BOOST_TEST(other.run("UPDATE logs SET at = '2026-11-20'") == SQLITE_OK);
}

BOOST_AUTO_TEST_CASE(a_batch_that_fails_leaves_everything_and_can_be_tried_again) {
    struct Case {
        const char *what, *break_it, *mend_it, *rule;
    };
    const Case cases[] = {
        {"a trigger that aborts",
         "CREATE TRIGGER no BEFORE DELETE ON logs WHEN old.id = 4 BEGIN SELECT RAISE(ABORT, 'not this one'); END",
         "DROP TRIGGER no", delete_logs},
        {"a trigger that ignores",
         "CREATE TRIGGER no BEFORE DELETE ON marks WHEN old.log = 4 BEGIN SELECT RAISE(IGNORE); END", "DROP TRIGGER no",
         "table = \"logs\"\ntrigger = \"at\"\nperiod = \"6 months\"\naction = "
         "\"delete\"\n[[categories.records.related]]\ntable = \"marks\"\non = \"log\"\naction = \"delete\"\n"},
        {"a key that refuses", "CREATE TABLE refs (log INTEGER REFERENCES logs); INSERT INTO refs VALUES (4)",
         "DELETE FROM refs", delete_logs},
        {"a CHECK",
         "CREATE TABLE strict_logs (id INTEGER PRIMARY KEY, at TEXT, note TEXT CHECK (note <> 'REDACTED' OR id <> 4)); "
         "INSERT INTO strict_logs SELECT * FROM logs; DROP TABLE logs; ALTER TABLE strict_logs RENAME TO logs",
         "UPDATE logs SET at = '2026-11-20' WHERE id = 4",
         "table = \"logs\"\ntrigger = \"at\"\nperiod = \"6 months\"\naction = "
         "\"anonymise\"\n[categories.records.mask]\nnote = \"redact\"\n"},
    };
    for (const Case& one : cases) {
        BOOST_TEST_CONTEXT(one.what) {
            const SqliteFile file(logs(6) + "CREATE TABLE marks (log INTEGER); INSERT INTO marks SELECT id FROM logs;");
            file.run(one.break_it);
            Bench bench(file.path(), one.rule, as_of);
            const auto walk = bench.session->walk(*bench.plan);
            BOOST_TEST(walk->dispose(2).keys.size() == 2u);
            walk->commit({"one", 2, {}, "head"});
            const auto before = dump(file);

            BOOST_CHECK(kind_of([&] { walk->dispose(3); }) == StoreError::Kind::refused);
            BOOST_CHECK(kind_of([&] { walk->dispose(3); }) == StoreError::Kind::refused);

            BOOST_TEST(dump(file) == before, boost::test_tools::per_element());
            file.run(one.mend_it);
            std::size_t went = 0;
            for (auto batch = walk->dispose(3); !batch.empty(); batch = walk->dispose(3)) {
                went += batch.keys.size();
                walk->commit({"more " + std::to_string(went), 1, {}, "head"});
            }
            BOOST_TEST(went == (std::string(one.what) == "a CHECK" ? 3u : 4u));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_rolled_back_batch_leaves_everything) {
    const SqliteFile file(staff);
    const auto before = dump(file);
    Bench bench(file.path(), staff_rule, as_of);
    {
        const auto walk = bench.session->walk(*bench.plan);
        BOOST_TEST(walk->dispose(10).keys.size() == 10u);
        walk->rollback();
        BOOST_TEST(dump(file) == before, boost::test_tools::per_element());
        BOOST_TEST(walk->dispose(10).keys.front() == Texts{"13"}, boost::test_tools::per_element());
    } // and one that is simply dropped

    BOOST_TEST(dump(file) == before, boost::test_tools::per_element());
    BOOST_TEST(bench.purge().size() == 48u);
}

BOOST_AUTO_TEST_CASE(a_store_that_is_locked_is_busy_and_nothing_changes) {
    const SqliteFile file(logs(5));
    Bench bench(file.path(), delete_logs, as_of);
    const auto before = dump(file);
    const auto walk = bench.session->walk(*bench.plan);
    {
        Other other(file);
        BOOST_TEST(other.run("BEGIN IMMEDIATE") == SQLITE_OK);

        BOOST_CHECK(kind_of([&] { walk->dispose(5); }) == StoreError::Kind::busy);

        other.run("ROLLBACK");
    }
    BOOST_TEST(dump(file) == before, boost::test_tools::per_element());
    BOOST_TEST(walk->dispose(5).keys.size() == 5u);
}

BOOST_AUTO_TEST_CASE(a_statement_is_cancelled_from_another_thread) {
    const SqliteFile file(logs(3) + "CREATE TABLE big (i INTEGER); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i "
                                    "+ 1 FROM n WHERE i < 3000) INSERT INTO big SELECT i FROM n;");
    Bench bench(file.path(),
                std::string(delete_logs) + "[[categories.records.unless]]\nreason = \"slow\"\nsql = \"(SELECT count(*) "
                                           "FROM big a, big b, big c WHERE a.i + b.i + c.i = logs.id) > 99999999\"\n",
                as_of);
    const auto before = dump(file);
    const auto walk = bench.session->walk(*bench.plan);
    std::atomic<bool> ended = false;
    std::thread from_outside([&] {
        while (!ended) {
            bench.session->cancel();
            std::this_thread::yield();
        }
    });

    const auto kind = kind_of([&] { walk->dispose(3); });

    ended = true;
    from_outside.join();
    BOOST_CHECK(kind == StoreError::Kind::cancelled);
    BOOST_TEST(dump(file) == before, boost::test_tools::per_element());
    BOOST_TEST(bench.session->witnesses().empty()); // the session works on
}

// Due records lie thick here and thin there: large batches are cut by ranges of the key, whose yield is not known.
BOOST_AUTO_TEST_CASE(large_batches_take_each_record_once_and_never_more_than_asked_for) {
    const char* patterns[] = {"i % 7 = 0",  "i < 3000 OR i > 17000", "i % 2000 < 900",
                              "i <> 10000", "i % 5000 = 0",          "(i / 100) % 3 = 1"};
    for (const std::string pattern : patterns)
        for (const std::size_t most : {64u, 500u, 5000u}) {
            const SqliteFile file(
                "PRAGMA synchronous = OFF; CREATE TABLE logs (id INTEGER PRIMARY KEY, at TEXT, note TEXT);"
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO logs "
                "SELECT i, CASE WHEN " +
                pattern + " THEN '2020-01-01' ELSE '2026-11-01' END, 'x' FROM n;");
            const bool deletes = most != 500;
            Bench bench(file.path(),
                        deletes ? std::string(delete_logs)
                                : "table = \"logs\"\ntrigger = \"at\"\nperiod = \"6 months\"\naction = "
                                  "\"anonymise\"\nmask = { note = \"redact\" }\n",
                        as_of);
            const auto due = static_cast<std::size_t>(bench.session->survey(*bench.plan).due);
            BOOST_TEST(due == std::stoul(file.value("SELECT count(*) FROM logs WHERE at < '2021'")));

            const auto walk = bench.session->walk(*bench.plan);
            std::set<std::string> seen;
            std::size_t largest = 0, batches = 0;
            for (auto batch = walk->dispose(most); !batch.empty(); batch = walk->dispose(most)) {
                largest = std::max(largest, batch.keys.size());
                for (const auto& key : batch.keys) BOOST_REQUIRE(seen.insert(key.at(0)).second);
                walk->commit({std::to_string(++batches), 1, {}, "head"});
            }

            BOOST_TEST(largest <= most);
            BOOST_TEST(seen.size() == due);
            BOOST_TEST(file.value("SELECT count(*) FROM logs WHERE note = 'x' AND at < '2021'") == "0");
            BOOST_TEST(std::stoul(file.value("SELECT count(*) FROM logs WHERE at > '2021' AND note = 'x'")) ==
                       20000 - due);
        }
}

BOOST_AUTO_TEST_CASE(keys_of_64_bits_come_back_whole) {
    const SqliteFile file(
        "CREATE TABLE logs (id INTEGER PRIMARY KEY, at TEXT);"
        "INSERT INTO logs VALUES (5000000000, '2020-01-01'), (9007199254740993, '2020-01-01'), (-9223372036854775807, "
        "'2020-01-01'), (9223372036854775807, '2020-01-01'), (9007199254740992, '2026-11-20');");
    Bench bench(file.path(), delete_logs, as_of);

    BOOST_TEST(bench.purge(1) ==
                   (Texts{"-9223372036854775807", "5000000000", "9007199254740993", "9223372036854775807"}),
               boost::test_tools::per_element());
    BOOST_TEST(file.value("SELECT id FROM logs") == "9007199254740992");
}

BOOST_AUTO_TEST_CASE(keys_of_any_type_walk_in_their_order) {
    for (const std::string related :
         {"", "[[categories.records.related]]\ntable = \"marks\"\non = \"log\"\naction = \"delete\"\n"}) {
        const SqliteFile file("CREATE TABLE logs (id PRIMARY KEY NOT NULL, at TEXT); CREATE TABLE marks (log);"
                              "INSERT INTO logs VALUES (1.5, '2020-01-01'), ('1.5', '2020-01-01'), (x'00ff', "
                              "'2020-01-01'), (7, '2020-01-01'), ('', '2020-01-01'), (x'', '2026-11-20');"
                              "INSERT INTO marks SELECT id FROM logs;");
        Bench bench(file.path(), delete_logs + related, as_of);

        BOOST_TEST(bench.purge(1) == (Texts{"1.5", "7", "", "1.5", "00ff"}), boost::test_tools::per_element());
        BOOST_TEST(file.column("SELECT typeof(id) FROM logs") == Texts{"blob"}, boost::test_tools::per_element());
        BOOST_TEST(file.value("SELECT count(*) FROM marks") == (related.empty() ? "6" : "1"));
    }
}

BOOST_AUTO_TEST_CASE(rows_of_its_own_table_go_with_a_record_and_no_batch_is_larger_than_asked_for) {
    // 1 <- 2 <- 3, all due; 4 <- 5, where 5 is kept; 6 alone.
    for (const std::size_t most : {1u, 2u, 3u, 100u}) {
        const SqliteFile file("CREATE TABLE logs (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES logs, at TEXT);"
                              "INSERT INTO logs VALUES (1, NULL, '2020-01-01'), (2, 1, '2020-01-01'), (3, 2, "
                              "'2020-01-01'), (4, NULL, '2020-01-01'), (5, 4, '2026-11-01'), (6, NULL, '2020-01-01');");
        Bench bench(file.path(),
                    std::string(delete_logs) +
                        "[[categories.records.related]]\ntable = \"logs\"\non = \"parent\"\nwhere = \"at < "
                        "'2026'\"\naction = \"delete\"\n"
                        "[[categories.records.related]]\ntable = \"logs\"\non = \"parent\"\naction = \"detach\"\n",
                    as_of);
        BOOST_TEST(bench.session->survey(*bench.plan).due == 5);

        auto keys = bench.purge(most);

        BOOST_TEST(bench.batches >= 5 / most);
        std::sort(keys.begin(), keys.end());
        BOOST_TEST(keys == (Texts{"1", "2", "3", "4", "6"}), boost::test_tools::per_element());
        BOOST_TEST(file.value("SELECT id || coalesce(parent, '-') FROM logs") == "5-");
    }
}

BOOST_AUTO_TEST_CASE(a_family_that_its_own_key_ties_together_goes_leaves_first) {
    for (const std::string on_delete : {"RESTRICT", "NO ACTION"})
        for (const std::size_t most : {1u, 2u, 100u}) {
            const SqliteFile file(
                "CREATE TABLE logs (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES logs ON DELETE " + on_delete +
                ", at TEXT); INSERT INTO logs VALUES (1, NULL, '2020-01-01'), (2, 1, '2020-01-01'), (3, 2, "
                "'2020-01-01'), (4, 2, '2020-01-01'), (5, 5, '2020-01-01');");
            Bench bench(file.path(),
                        std::string(delete_logs) +
                            "[[categories.records.related]]\ntable = \"logs\"\non = \"parent\"\naction = \"delete\"\n",
                        as_of);

            BOOST_TEST(bench.purge(most).size() == 5u);

            BOOST_TEST(file.value("SELECT count(*) FROM logs") == "0");
        }
}

BOOST_AUTO_TEST_CASE(a_row_reached_by_two_deletes_goes_before_what_it_points_at) {
    const SqliteFile file(
        "CREATE TABLE logs (id INTEGER PRIMARY KEY, at TEXT); INSERT INTO logs VALUES (1, '2020-01-01'), (2, "
        "'2020-01-01');"
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, log INTEGER REFERENCES logs); INSERT INTO orders VALUES (1, 1);"
        "CREATE TABLE payments (id INTEGER PRIMARY KEY, log INTEGER REFERENCES logs, paid INTEGER REFERENCES orders ON "
        "DELETE RESTRICT);"
        "INSERT INTO payments VALUES (1, 1, 1), (2, 2, NULL);");
    const std::string delete_it = "action = \"delete\"\n[[categories.records.related]]\n";
    Bench bench(file.path(),
                std::string(delete_logs) + "[[categories.records.related]]\ntable = \"payments\"\non = \"log\"\n" +
                    delete_it + "table = \"orders\"\non = \"log\"\n" + delete_it +
                    "of = \"orders\"\ntable = \"payments\"\non = \"paid\"\naction = \"delete\"\n",
                as_of);

    BOOST_TEST(bench.purge().size() == 2u);

    BOOST_TEST(bench.related.at(0).records == 2);
    BOOST_TEST(file.value("SELECT count(*) FROM payments") == "0");
}

BOOST_AUTO_TEST_CASE(a_table_named_other_can_be_linked_to_itself) {
    for (const std::string name : {"other", "Other", "logs"}) {
        const SqliteFile file("CREATE TABLE \"" + name +
                              "\" (id INTEGER PRIMARY KEY, parent INTEGER, at TEXT);"
                              "INSERT INTO \"" +
                              name +
                              "\" VALUES (1, NULL, '2020-01-01'), (2, 1, '2026-11-01'), (3, NULL, '2020-01-01'), (4, "
                              "3, '2020-01-02'), (5, 5, '2020-01-01');");

        Bench bench(file.path(),
                    "table = \"" + name +
                        "\"\naction = \"delete\"\nperiod = \"6 months\"\n"
                        "trigger = [\"at\", { table = \"" +
                        name + "\", on = \"parent\", column = \"at\" }]\n",
                    as_of);

        BOOST_TEST(bench.session->survey(*bench.plan).due == 3); // 1 has a new child
        BOOST_TEST(bench.purge() == (Texts{"3", "4", "5"}), boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(the_linked_row_is_other_where_both_are_one_table) {
    const SqliteFile file(
        "CREATE TABLE logs (id INTEGER PRIMARY KEY, grp TEXT, n INTEGER, at TEXT);"
        "INSERT INTO logs VALUES (1, 'a', 1, '2020-01-01'), (2, 'a', 2, '2020-01-01'), (3, 'b', 1, '2020-01-01');");
    Bench bench(file.path(),
                std::string(delete_logs) + "[[categories.records.unless]]\nreason = \"not the newest\"\ntable = "
                                           "\"logs\"\non = \"grp\"\nvia = \"grp\"\nsql = \"other.n > logs.n\"\n",
                as_of);

    BOOST_TEST(bench.session->survey(*bench.plan).exempt.at(0).records == 1);
    BOOST_TEST(bench.purge(10).front() == "2");
    BOOST_TEST(file.column("SELECT id FROM logs") == Texts{"1"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rows_below_a_masked_row_are_masked_too) {
    const SqliteFile file("CREATE TABLE logs (id INTEGER PRIMARY KEY, at TEXT, note TEXT); INSERT INTO logs VALUES (1, "
                          "'2020-01-01', 'me');"
                          "CREATE TABLE marks (id INTEGER PRIMARY KEY, log INTEGER, text TEXT); INSERT INTO marks "
                          "VALUES (1, 1, 'REDACTED');"
                          "CREATE TABLE files (id INTEGER PRIMARY KEY, mark INTEGER, text TEXT); INSERT INTO files "
                          "VALUES (1, 1, 'scan');");
    Bench bench(file.path(),
                "table = \"logs\"\ntrigger = \"at\"\nperiod = \"6 months\"\naction = \"anonymise\"\nmask = { note = "
                "\"redact\" }\n"
                "[[categories.records.related]]\ntable = \"marks\"\non = \"log\"\naction = \"anonymise\"\nmask = { "
                "text = \"redact\" }\n"
                "[[categories.records.related]]\nof = \"marks\"\ntable = \"files\"\non = \"mark\"\naction = "
                "\"anonymise\"\nmask = { text = \"redact\" }\n",
                as_of);

    bench.purge();

    BOOST_TEST(file.value("SELECT text FROM files") == "REDACTED");
    BOOST_TEST(bench.related.at(0).records == 0); // it was masked already
    BOOST_TEST(bench.related.at(1).records == 1);
    BOOST_TEST(bench.session->survey(*bench.plan).done == 1);
    BOOST_TEST(bench.purge().empty());
}

BOOST_AUTO_TEST_CASE(a_row_that_another_link_keeps_does_not_leave_its_record_due) {
    const SqliteFile file("CREATE TABLE logs (id INTEGER PRIMARY KEY, at TEXT, note TEXT); INSERT INTO logs VALUES (1, "
                          "'2020-01-01', 'me');"
                          "CREATE TABLE marks (id INTEGER PRIMARY KEY, by INTEGER, about INTEGER); INSERT INTO marks "
                          "VALUES (1, 1, 1), (2, 1, NULL);");
    Bench bench(file.path(),
                "table = \"logs\"\ntrigger = \"at\"\nperiod = \"6 months\"\naction = \"anonymise\"\nmask = { note = "
                "\"redact\" }\n"
                "[[categories.records.related]]\ntable = \"marks\"\non = \"by\"\naction = \"delete\"\n"
                "[[categories.records.related]]\ntable = \"marks\"\non = \"about\"\naction = \"keep\"\n",
                as_of);

    BOOST_TEST(bench.purge().size() == 1u);

    BOOST_TEST(file.column("SELECT id FROM marks") == Texts{"1"}, boost::test_tools::per_element());
    BOOST_TEST(bench.session->survey(*bench.plan).done == 1);
}

BOOST_AUTO_TEST_CASE(entries_through_different_rows_are_different_links) {
    const SqliteFile file(
        "CREATE TABLE logs (id INTEGER PRIMARY KEY, at TEXT); INSERT INTO logs VALUES (1, '2020-01-01');"
        "CREATE TABLE marks (id INTEGER PRIMARY KEY, log INTEGER, kind TEXT); INSERT INTO marks VALUES (1, 1, 'a'), "
        "(2, 1, 'b');"
        "CREATE TABLE files (id INTEGER PRIMARY KEY, mark INTEGER); INSERT INTO files VALUES (1, 1), (2, 2);");
    Bench bench(file.path(),
                std::string(delete_logs) +
                    "[[categories.records.related]]\ntable = \"files\"\non = \"mark\"\nthrough = { table = \"marks\", "
                    "on = \"log\", where = \"kind = 'a'\" }\naction = \"detach\"\n"
                    "[[categories.records.related]]\ntable = \"files\"\non = \"mark\"\nthrough = { table = \"marks\", "
                    "on = \"log\" }\naction = \"delete\"\n",
                as_of);

    bench.purge();

    BOOST_TEST(file.column("SELECT id || coalesce(mark, '-') FROM files") == Texts{"1-"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_record_of_a_delete_category_is_no_record_of_an_anonymise_category) {
    const SqliteFile file("CREATE TABLE logs (id INTEGER PRIMARY KEY, kind TEXT, at TEXT, note TEXT);"
                          "INSERT INTO logs VALUES (1, 'spam', '2020-01-01', 'a'), (2, 'mail', '2020-01-01', 'b'), (3, "
                          "'spam', '2026-11-01', 'c');");
    Bench bench(file.path(),
                "table = \"logs\"\ntrigger = \"at\"\nperiod = \"6 months\"\naction = \"anonymise\"\nmask = { note = "
                "\"redact\" }\n"
                "[categories.spam]\nstore = \"shop\"\ntable = \"logs\"\nwhere = \"kind = 'spam'\"\ntrigger = "
                "\"at\"\nperiod = \"1 month\"\naction = \"delete\"\n",
                as_of);
    bench.plan->yields_to.push_back(plan_on(*bench.session, *bench.configuration.find_rule("spam"), day(as_of)));

    BOOST_TEST(bench.session->survey(*bench.plan).records == 2);
    BOOST_TEST(bench.purge() == Texts{"2"}, boost::test_tools::per_element());
    BOOST_TEST(file.column("SELECT note FROM logs ORDER BY id") == (Texts{"a", "REDACTED", "c"}),
               boost::test_tools::per_element());
}

namespace {

// Records 1 to 100 are due and each takes a note along; the note is what a record of 101 to 200 is exempt by.
const std::string noted = "CREATE TABLE c (id INTEGER PRIMARY KEY, seen TEXT);"
                          "CREATE TABLE n (nid INTEGER PRIMARY KEY, cid INTEGER, vid INTEGER);"
                          "CREATE INDEX n_cid ON n (cid); CREATE INDEX n_vid ON n (vid);"
                          "WITH RECURSIVE i (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM i WHERE k < 200) "
                          "INSERT INTO c SELECT k, '2010-01-01' FROM i;"
                          "INSERT INTO n SELECT id, id, id + 100 FROM c WHERE id <= 100;";
const std::string noted_rule = R"(table = "c"
trigger = "seen"
period = "1 year"
action = "delete"
[[categories.records.unless]]
reason = "noted"
table = "n"
on = "vid"
[[categories.records.related]]
table = "n"
on = "cid"
action = "delete"
)";

} // namespace

BOOST_AUTO_TEST_CASE(a_record_that_is_exempt_at_the_start_stays_though_the_run_takes_what_exempts_it) {
    for (const std::size_t most : {3u, 1000u}) {
        const SqliteFile file(noted);
        Bench bench(file.path(), noted_rule, as_of);
        const auto survey = bench.session->survey(*bench.plan);

        const auto keys = bench.purge(most);

        BOOST_TEST(survey.due == 100);
        BOOST_TEST(keys.size() == 100u);
        BOOST_TEST(file.value("SELECT count(*) FROM c WHERE id > 100") == "100");
    }
}

BOOST_AUTO_TEST_CASE(a_row_that_another_entry_keeps_is_never_taken_by_the_databases_own_cascade) {
    const SqliteFile file("CREATE TABLE c (id INTEGER PRIMARY KEY, seen TEXT);"
                          "CREATE TABLE n (nid INTEGER PRIMARY KEY, a INTEGER REFERENCES c (id) ON DELETE CASCADE,"
                          " b INTEGER REFERENCES c (id) ON DELETE SET NULL);"
                          "CREATE INDEX n_a ON n (a); CREATE INDEX n_b ON n (b);"
                          "INSERT INTO c VALUES (1, '2010-01-01'), (2, '2026-10-01');"
                          "INSERT INTO n VALUES (1, 1, 1), (2, 1, 2), (3, 2, 1);");
    Bench bench(file.path(), R"(table = "c"
trigger = "seen"
period = "1 year"
action = "delete"
[[categories.records.related]]
table = "n"
on = "a"
action = "delete"
[[categories.records.related]]
table = "n"
on = "b"
action = "detach"
)",
                as_of);
    const auto walk = bench.session->walk(*bench.plan);

    BOOST_CHECK_EXCEPTION(walk->dispose(10), StoreError, [](const StoreError& error) {
        return error.kind == StoreError::Kind::refused &&
               std::string(error.what()).find("still point") != std::string::npos;
    });
    BOOST_TEST(file.value("SELECT count(*) FROM n") == "3"); // the twin of this guard lost row 1 and called it detached
    walk->skip();
    BOOST_TEST(walk->dispose(10).empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention::test
