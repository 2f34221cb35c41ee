// Disposal on the servers: what a batch takes and leaves, where the cursor goes, and how walks share a table.

#include "tests/support/traffic_world.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <mutex>
#include <set>
#include <thread>

namespace retention::test {
namespace {

using Texts = std::vector<std::string>;

constexpr const char* delete_logs = "table = \"logs\"\ntrigger = \"at\"\nperiod = \"6 months\"\naction = \"delete\"\n";
constexpr const char* mask_logs =
    "table = \"logs\"\ntrigger = \"at\"\nperiod = \"6 months\"\naction = \"anonymise\"\nmask = { note = \"redact\" }\n";
// The same records, but a row that goes with each keeps the walk from doing it in one statement.
const std::string with_marks =
    delete_logs + std::string("[[categories.records.related]]\ntable = \"marks\"\non = \"log\"\naction = \"delete\"\n");
const Texts three_rules{delete_logs, mask_logs, with_marks};

std::string logs(const Where& where, int many, const std::string& old = "1 = 1", bool marks = true) {
    return "CREATE TABLE logs (id INT PRIMARY KEY, at DATE, note VARCHAR(20));"
           "CREATE TABLE marks (id INT PRIMARY KEY, log INT); CREATE INDEX marks_log ON marks (log);"
           "INSERT INTO logs SELECT i, CASE WHEN " +
           old + " THEN DATE '2020-01-01' ELSE DATE '2026-11-01' END, 'mine' FROM " + where.series(many) +
           (marks ? ";INSERT INTO marks SELECT i, i FROM " + where.series(many) : std::string());
}

} // namespace

BOOST_AUTO_TEST_SUITE(server_walk)

BOOST_AUTO_TEST_CASE(what_is_due_goes_and_the_rest_stays) {
    for (const Where& where : each_server())
        for (const auto& rule : three_rules) BOOST_TEST_CONTEXT(where << "\n" << rule) {
                const TrafficWorld world(where,
                                         logs(where, 25) +
                                             ";INSERT INTO logs VALUES (101, '2026-11-01', 'new'), (102, NULL, "
                                             "'undated'), (103, '2026-05-21', 'last day'), (104, '2026-05-20', 'mine')",
                                         rule);
                const auto walk = world.session->walk(*world.plan);

                const auto keys = finish(*walk, 10);

                BOOST_TEST(keys.size() == 26u);
                BOOST_TEST(world.rows("SELECT id FROM logs WHERE note NOT IN ('mine', 'REDACTED') ORDER BY id") ==
                               (Texts{"101", "102", "103"}),
                           boost::test_tools::per_element());
                BOOST_TEST(world.value("SELECT count(*) FROM logs WHERE note = 'mine'") == "0");
                BOOST_TEST(world.session->witnesses().size() == 3u);
                BOOST_TEST(finish(*world.session->walk(*world.plan), 10, "again").empty());
            }
}

BOOST_AUTO_TEST_CASE(rollback_passes_the_batch_undo_does_not_and_skip_passes_one_record) {
    for (const Where& where : each_server())
        for (const auto& rule : three_rules) BOOST_TEST_CONTEXT(where << "\n" << rule) {
                const TrafficWorld world(where, logs(where, 20, "i <> 4"), rule);
                const std::string before = world.all("logs") + world.all("marks");
                {
                    const auto walk = world.session->walk(*world.plan);
                    BOOST_TEST(keys_of(walk->dispose(2)) == (Texts{"1", "2"}), boost::test_tools::per_element());
                    walk->undo();
                    BOOST_TEST(keys_of(walk->dispose(2)) == (Texts{"1", "2"}), boost::test_tools::per_element());
                    walk->rollback();
                    walk->skip(); // 3, and 4 is not due
                    auto batch = keys_of(walk->dispose(2));
                    BOOST_TEST((batch.size() == 1u || batch == Texts{"5", "6"})); // a range may end between
                    BOOST_TEST(batch.front() == "5");
                    walk->undo();
                    walk->skip();
                    walk->skip();
                    walk->skip();
                    batch = keys_of(walk->dispose(3));
                    BOOST_TEST((batch.size() <= 3u && batch.front() == "8"));
                    BOOST_TEST(world.all("logs") + world.all("marks") == before); // nothing of it is to be seen
                } // and a batch that is dropped with its walk

                BOOST_TEST(world.all("logs") + world.all("marks") == before);
                BOOST_TEST(finish(*world.session->walk(*world.plan)).size() == 19u);
            }
}

BOOST_AUTO_TEST_CASE(skip_at_the_end_and_on_an_empty_table_passes_nothing) {
    for (const Where& where : each_server()) BOOST_TEST_CONTEXT(where) {
            const TrafficWorld world(where, logs(where, 2), delete_logs);
            const auto walk = world.session->walk(*world.plan);

            for (int i = 0; i < 4; ++i) walk->skip();

            BOOST_TEST(walk->dispose(5).empty());
            world.run("DELETE FROM logs");
            world.session->walk(*world.plan)->skip();
        }
}

// Due records lie thick here and thin there, in ranges whose yield is not known.
BOOST_AUTO_TEST_CASE(batches_take_each_record_once_and_never_more_than_asked_for) {
    const char* patterns[] = {"i % 7 = 0", "i < 1200 OR i > 7000", "i % 2000 < 900", "i % 3000 = 0"};
    for (const Where& where : each_server())
        for (const std::string pattern : patterns)
            for (const std::size_t most : {150u, 3000u}) BOOST_TEST_CONTEXT(where << ", " << pattern << ", " << most) {
                    const bool masks = most == 3000;
                    const TrafficWorld world(where, logs(where, 8000, pattern, false), masks ? mask_logs : delete_logs);
                    const auto due = std::stoul(world.value("SELECT count(*) FROM logs WHERE at < '2021-01-01'"));
                    const auto walk = world.session->walk(*world.plan);

                    std::set<std::string> seen;
                    std::size_t largest = 0, batches = 0;
                    for (auto batch = walk->dispose(most); !batch.empty(); batch = walk->dispose(most)) {
                        largest = std::max(largest, batch.keys.size());
                        for (const auto& key : batch.keys) BOOST_REQUIRE(seen.insert(key.at(0)).second);
                        walk->commit(witness(std::to_string(++batches)));
                    }

                    BOOST_TEST(largest <= most);
                    BOOST_TEST(seen.size() == due);
                    BOOST_TEST(world.value("SELECT count(*) FROM logs WHERE note = 'mine' AND at < '2021-01-01'") ==
                               "0");
                    BOOST_TEST(std::stoul(world.value("SELECT count(*) FROM logs WHERE at > '2021-01-01' AND note = "
                                                      "'mine'")) == 8000 - due);
                }
}

BOOST_AUTO_TEST_CASE(composite_keys_are_walked_in_their_order) {
    for (const Where& where : each_server())
        for (const bool sets : {false, true})
            for (const std::size_t most : {1u, 3u, 100u})
                BOOST_TEST_CONTEXT(where << (sets ? ", sets, " : ", ") << most) {
                    const TrafficWorld world(
                        where,
                        "CREATE TABLE logs (region VARCHAR(9), nr INT, at DATE, PRIMARY KEY (region, nr));"
                        "CREATE TABLE marks (id INT PRIMARY KEY, region VARCHAR(9), nr INT);"
                        "INSERT INTO logs VALUES ('a', 1, '2020-01-01'), ('a', 2, '2026-11-01'), ('a', 10, "
                        "'2020-01-01'), ('b', 1, '2020-01-01'), ('b', 3, '2020-01-01'), ('c', 0, '2020-01-01'), "
                        "('c', 9, '2026-11-01')",
                        delete_logs + std::string(sets ? "[[categories.records.related]]\ntable = \"marks\"\non = "
                                                         "[\"region\", \"nr\"]\naction = \"delete\"\n"
                                                       : ""));
                    const auto walk = world.session->walk(*world.plan);
                    const auto joining = world.open();
                    const auto beside = joining->join(*world.plan, *walk);

                    Texts keys = finish(*walk, most);
                    for (auto& key : finish(*beside, most, "beside")) keys.push_back(key);

                    std::ranges::sort(keys);
                    BOOST_TEST(keys == (Texts{"a,1", "a,10", "b,1", "b,3", "c,0"}), boost::test_tools::per_element());
                    BOOST_TEST(world.value("SELECT count(*) FROM logs") == "2");
                }
}

BOOST_AUTO_TEST_CASE(a_table_that_grows_behind_the_cursor_does_not_hold_the_walk_up) {
    for (const Where& where : each_server())
        for (const auto& rule : three_rules) BOOST_TEST_CONTEXT(where << "\n" << rule) {
                const TrafficWorld world(where, logs(where, 6) + ";UPDATE logs SET id = id + 1000", rule);
                const auto walk = world.session->walk(*world.plan);

                std::size_t went = 0;
                int batch_number = 0;
                for (auto batch = walk->dispose(2); !batch.empty() && batch_number < 20; batch = walk->dispose(2)) {
                    went += batch.keys.size();
                    walk->commit(witness(std::to_string(++batch_number)));
                    world.run("INSERT INTO logs VALUES (" + std::to_string(batch_number) + ", '2020-01-01', 'late')");
                }

                BOOST_TEST(went == 6u);
                BOOST_TEST(finish(*world.session->walk(*world.plan), 2, "next run").size() == 3u);
            }
}

// Which rows a statement passes over is what the servers count.
BOOST_AUTO_TEST_CASE(where_few_are_due_the_index_finds_them_and_the_table_is_not_read) {
    for (const Where& where : each_server())
        for (const auto& rule : three_rules) BOOST_TEST_CONTEXT(where << "\n" << rule) {
                const TrafficWorld world(
                    where, logs(where, 60000, "i % 600 = 0", rule == with_marks) + ";CREATE INDEX logs_at ON logs (at)",
                    rule);
                world.run(where.is_postgres() ? "ANALYZE logs, marks" : "ANALYZE TABLE logs, marks");
                const auto plan = world.plan_now();
                BOOST_TEST(plan->table->estimated_rows > 50000);
                // PostgreSQL counts when a session ends: all but our own are ended, and waited for, first.
                const auto rows_read = [&] {
                    if (where.is_postgres())
                        world.value(
                            "SELECT count(pg_terminate_backend(pid, 60000)) FROM pg_stat_activity WHERE datname "
                            "= current_database() AND pid <> pg_backend_pid()");
                    return std::stol(world.value(
                        where.is_postgres()
                            ? "SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables WHERE relname "
                              "= 'logs'"
                            : "SELECT CAST(sum(VARIABLE_VALUE) AS INTEGER) FROM information_schema.GLOBAL_STATUS WHERE "
                              "VARIABLE_NAME LIKE 'HANDLER_READ%'"));
                };
                world.run("SELECT count(*) FROM logs WHERE note = ''");
                const long before = rows_read();

                std::size_t went = 0;
                {
                    const auto own = world.open();
                    went = finish(*own->walk(*plan), 30).size();
                }
                const long after = rows_read();

                BOOST_TEST(before >= 60000); // one look at the whole table is seen
                BOOST_TEST(went == 100u);
                BOOST_TEST(after > before);
                BOOST_TEST(after - before < 20000);
                BOOST_TEST(world.value("SELECT count(*) FROM logs WHERE at < '2021-01-01' AND note = 'mine'") == "0");
                BOOST_TEST(world.value("SELECT count(*) FROM logs WHERE at > '2021-01-01' AND note = 'mine'") ==
                           "59900");
            }
}

namespace {

// A walk on a session and thread of its own that goes on until it finds nothing, or dies where it is told to.
struct Sharer {
    std::unique_ptr<Session> session;
    std::unique_ptr<Walk> walk;
    Texts keys;
    std::size_t largest = 0;
    bool lost = false;

    void work(const std::string& name, std::size_t most, const std::function<void()>& before_commit = {}) {
        try {
            int batches = 0;
            for (auto batch = walk->dispose(most); !batch.empty(); batch = walk->dispose(most)) {
                largest = std::max(largest, batch.keys.size());
                if (before_commit) before_commit();
                walk->commit(witness(name + std::to_string(++batches)));
                for (auto& key : keys_of(batch)) keys.push_back(key);
            }
        } catch (const StoreError& error) {
            lost = error.kind == StoreError::Kind::lost;
            if (!lost) throw;
        }
        walk.reset(); // what it had in hand comes back
    }
};

} // namespace

BOOST_AUTO_TEST_CASE(walks_that_share_a_table_dispose_of_each_record_once) {
    for (const Where& where : each_server())
        for (const auto& rule : three_rules) BOOST_TEST_CONTEXT(where << "\n" << rule) {
                const TrafficWorld world(where, logs(where, 6000, "i % 3 <> 0"), rule);
                std::vector<Sharer> sharers(3);
                for (auto& sharer : sharers) sharer.session = world.open();
                sharers[0].walk = sharers[0].session->walk(*world.plan);
                for (std::size_t i = 1; i < sharers.size(); ++i)
                    sharers[i].walk = sharers[i].session->join(*world.plan, *sharers[0].walk);

                {
                    std::vector<std::jthread> threads;
                    for (std::size_t i = 0; i < sharers.size(); ++i)
                        threads.emplace_back([&, i] { sharers[i].work(std::to_string(i) + ".", 150); });
                }

                Texts keys;
                for (const auto& sharer : sharers) {
                    keys.insert(keys.end(), sharer.keys.begin(), sharer.keys.end());
                    BOOST_TEST(sharer.largest <= 150u);
                }
                std::ranges::sort(keys);
                BOOST_TEST(keys.size() == 4000u);
                BOOST_TEST((std::ranges::adjacent_find(keys) == keys.end()));
                BOOST_TEST(world.value("SELECT count(*) FROM logs WHERE note = 'mine'") == "2000");
                if (rule == with_marks) BOOST_TEST(world.value("SELECT count(*) FROM marks") == "2000");
            }
}

BOOST_AUTO_TEST_CASE(what_a_walk_that_died_had_in_hand_is_done_by_another_one) {
    for (const Where& where : each_server())
        for (const auto& rule : three_rules) BOOST_TEST_CONTEXT(where << "\n" << rule) {
                const TrafficWorld world(where, logs(where, 3000), rule);
                const auto before = connections(world.store);
                Sharer dying, living;
                dying.session = world.open();
                std::string id;
                for (const auto& each : connections(world.store))
                    if (std::ranges::find(before, each) == before.end()) id = each;
                living.session = world.open();
                dying.walk = dying.session->walk(*world.plan);
                living.walk = living.session->join(*world.plan, *dying.walk);

                int batches = 0;
                dying.work("dying", 100, [&] {
                    if (++batches == 3) kill_connection(world.store, id);
                });
                living.work("living", 100);

                BOOST_TEST(dying.lost);
                BOOST_TEST(dying.keys.size() > 0u);
                Texts keys = dying.keys;
                keys.insert(keys.end(), living.keys.begin(), living.keys.end());
                std::ranges::sort(keys);
                BOOST_TEST(keys.size() == 3000u);
                BOOST_TEST((std::ranges::adjacent_find(keys) == keys.end()));
                BOOST_TEST(world.value("SELECT count(*) FROM logs WHERE note = 'mine'") == "0");
            }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention::test
