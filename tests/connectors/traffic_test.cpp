// Other people's traffic in the middle of a batch: each story is staged lock by lock on both servers and at both
// default isolation levels. What loses the row in the same story, a naive form of the statement, stands beside it.

#include "tests/support/traffic_world.hpp"

#include <boost/test/unit_test.hpp>

namespace retention::test {
namespace {

using Texts = std::vector<std::string>;

constexpr const char* delete_logs = "table = \"logs\"\ntrigger = \"at\"\nperiod = \"6 months\"\naction = \"delete\"\n";
constexpr const char* mask_logs =
    "table = \"logs\"\ntrigger = \"at\"\nperiod = \"6 months\"\naction = \"anonymise\"\nmask = { note = \"redact\" }\n";

// Five records, all due.
std::string logs(const Where& where) {
    return "CREATE TABLE logs (id INT PRIMARY KEY, at DATE, note VARCHAR(20));"
           "INSERT INTO logs SELECT i, '2020-01-01', 'mine' FROM " +
           where.series(5);
}
std::string logs_and_holds(const Where& where, const std::string& on_delete = "RESTRICT") {
    return logs(where) +
           ";CREATE TABLE holds (id INT PRIMARY KEY, log INT NOT NULL, FOREIGN KEY (log) REFERENCES logs (id) ON "
           "DELETE " +
           on_delete + ");CREATE INDEX holds_log ON holds (log)";
}
const std::string unless_held = "[[categories.records.unless]]\nreason = \"held\"\ntable = \"holds\"\non = \"log\"\n";

// Five members, all of them away for years; the evidence stands in another table, and goes with them.
std::string members(const Where& where, const std::string& on_delete = "RESTRICT") {
    return "CREATE TABLE members (id INT PRIMARY KEY, note VARCHAR(20));"
           "CREATE TABLE visits (id INT PRIMARY KEY, member INT NOT NULL, at DATE, FOREIGN KEY (member) REFERENCES "
           "members (id) ON DELETE " +
           on_delete +
           ");"
           "CREATE INDEX visits_member ON visits (member);"
           "INSERT INTO members SELECT i, 'mine' FROM " +
           where.series(5) + ";INSERT INTO visits SELECT i, i, '2019-06-30' FROM " + where.series(5);
}
const std::string delete_members = "table = \"members\"\ntrigger = { table = \"visits\", on = \"member\", column = "
                                   "\"at\" }\nperiod = \"6 months\"\naction = \"delete\"\n"
                                   "[[categories.records.related]]\ntable = \"visits\"\non = \"member\"\naction = "
                                   "\"delete\"\n";

// Five people who left long ago and one who did not, each with two papers.
std::string people(const Where& where, bool tied) {
    return "CREATE TABLE people (id INT PRIMARY KEY, at DATE);"
           "CREATE TABLE papers (id INT PRIMARY KEY, person INT" +
           std::string(tied ? " NOT NULL, FOREIGN KEY (person) REFERENCES people (id)" : "") +
           ");CREATE INDEX papers_person ON papers (person);"
           "INSERT INTO people SELECT i, '2020-01-01' FROM " +
           where.series(5) + ";INSERT INTO people VALUES (99, '2026-11-01');INSERT INTO papers SELECT i, i FROM " +
           where.series(5) + ";INSERT INTO papers SELECT i + 10, i FROM " + where.series(5);
}
const std::string delete_people = "table = \"people\"\ntrigger = \"at\"\nperiod = \"6 months\"\naction = \"delete\"\n"
                                  "[[categories.records.related]]\ntable = \"papers\"\non = \"person\"\naction = "
                                  "\"delete\"\n";

// A batch begins, waits for what `other` has open, and goes on when that is committed.
Texts batch_meets(const TrafficWorld& world, OtherSession& other, const std::string& change) {
    const auto walk = world.session->walk(*world.plan);
    other.run(world.where.is_postgres() ? "BEGIN" : "START TRANSACTION");
    other.run(change);
    auto batch = start_batch(*walk);
    BOOST_TEST(until_waiting(world.store));
    other.run("COMMIT");
    auto keys = keys_of(batch.get());
    if (!keys.empty()) walk->commit(witness("one", keys.size()));
    return keys;
}

// The same story with a statement that somebody might have written. Returns the server's refusal, if any.
std::string naive_meets(const TrafficWorld& world, const std::string& change, const std::string& statement) {
    OtherSession other(world.store), naive(world.store);
    other.run(world.where.is_postgres() ? "BEGIN" : "START TRANSACTION");
    other.run(change);
    naive.start(statement);
    BOOST_TEST(naive.waits());
    other.run("COMMIT");
    return naive.finish();
}

// PostgreSQL refuses to go on from an old snapshot at REPEATABLE READ: the naive forms fail there, and lose nothing.
std::vector<Where> where_naive_forms_lose() {
    auto all = everywhere();
    std::erase_if(all, [](const Where& where) { return where.is_postgres() && where.repeatable_read; });
    return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(traffic)

BOOST_AUTO_TEST_CASE(a_record_touched_while_the_batch_waits_for_it_survives) {
    for (const Where& where : everywhere())
        for (const std::string rule : {delete_logs, mask_logs}) BOOST_TEST_CONTEXT(where << "\n" << rule) {
                const TrafficWorld world(where, logs(where), rule);
                OtherSession other(world.store);

                const auto keys = batch_meets(world, other, "UPDATE logs SET at = '2026-11-20' WHERE id = 3");

                BOOST_TEST(keys == (Texts{"1", "2", "4", "5"}), boost::test_tools::per_element());
                BOOST_TEST(world.value("SELECT note FROM logs WHERE id = 3") == "mine");
                BOOST_TEST(world.value("SELECT count(*) FROM logs WHERE note = 'mine'") == "1");
            }
}

BOOST_AUTO_TEST_CASE(deleting_by_the_keys_that_were_selected_would_lose_a_touched_record) {
    for (const Where& where : where_naive_forms_lose()) BOOST_TEST_CONTEXT(where) {
            const TrafficWorld world(where, logs(where), delete_logs);

            naive_meets(world, "UPDATE logs SET at = '2026-11-20' WHERE id = 3",
                        "DELETE FROM logs WHERE id IN (1, 2, 3, 4, 5)");

            BOOST_TEST(world.value("SELECT count(*) FROM logs") == "0");
        }
}

BOOST_AUTO_TEST_CASE(postgresql_would_lose_it_by_a_sub_select_too) {
    for (const Where& where : postgres_alone()) {
        const TrafficWorld world(where, logs(where), delete_logs);

        naive_meets(world, "UPDATE logs SET at = '2026-11-20' WHERE id = 3",
                    "DELETE FROM logs WHERE id IN (SELECT id FROM logs WHERE at < '2026-05-21')");

        BOOST_TEST(world.value("SELECT count(*) FROM logs") == "0");
    }
}

BOOST_AUTO_TEST_CASE(a_record_touched_between_proof_and_commit_waits_and_is_gone) {
    for (const Where& where : everywhere()) BOOST_TEST_CONTEXT(where) {
            const TrafficWorld world(where, logs(where), delete_logs);
            const auto walk = world.session->walk(*world.plan);
            OtherSession other(world.store);
            BOOST_TEST(walk->dispose(100).keys.size() == 5u);

            other.start("UPDATE logs SET at = '2026-11-20' WHERE id = 3");
            BOOST_TEST(other.waits());
            walk->commit(witness("one", 5));

            const bool refused = where.is_postgres() && where.repeatable_read; // "concurrent delete"
            BOOST_TEST(other.finish().empty() == !refused);
            BOOST_TEST(other.changed() == 0);
            BOOST_TEST(world.value("SELECT count(*) FROM logs") == "0");
        }
}

BOOST_AUTO_TEST_CASE(a_record_touched_between_two_batches_survives) {
    for (const Where& where : everywhere())
        for (const auto& [schema, rule] : {std::pair(logs(where), std::string(delete_logs)),
                                           std::pair(logs_and_holds(where), delete_logs + unless_held)})
            BOOST_TEST_CONTEXT(where << "\n" << rule) {
                const TrafficWorld world(where, schema, rule);
                const auto walk = world.session->walk(*world.plan);
                BOOST_TEST(keys_of(walk->dispose(2)) == (Texts{"1", "2"}), boost::test_tools::per_element());
                walk->commit(witness("one", 2));

                world.run("UPDATE logs SET at = '2026-11-20' WHERE id IN (3, 5)");

                BOOST_TEST(finish(*walk, 2) == Texts{"4"}, boost::test_tools::per_element());
                BOOST_TEST(world.value("SELECT count(*) FROM logs") == "2");
            }
}

BOOST_AUTO_TEST_CASE(new_evidence_in_another_table_saves_its_record) {
    const char* changes[] = {"INSERT INTO visits VALUES (100, 3, '2026-11-20')",
                             "UPDATE visits SET at = '2026-11-20' WHERE member = 3"};
    for (const Where& where : everywhere())
        for (const std::string change : changes) BOOST_TEST_CONTEXT(where << "\n" << change) {
                const TrafficWorld world(where, members(where), delete_members);
                OtherSession other(world.store);

                const auto keys = batch_meets(world, other, change);

                BOOST_TEST(keys == (Texts{"1", "2", "4", "5"}), boost::test_tools::per_element());
                BOOST_TEST(world.value("SELECT note FROM members WHERE id = 3") == "mine");
                BOOST_TEST(world.value("SELECT count(*) FROM visits WHERE member = 3") ==
                           (change.starts_with("INSERT") ? "2" : "1"));
                BOOST_TEST(world.value("SELECT count(*) FROM visits WHERE member <> 3") == "0");
            }
}

BOOST_AUTO_TEST_CASE(one_statement_or_a_list_of_keys_would_lose_a_record_with_new_evidence) {
    for (const Where& where : where_naive_forms_lose()) BOOST_TEST_CONTEXT(where) {
            const TrafficWorld world(where, members(where, "CASCADE"), delete_members);

            // MariaDB's sub-select waits for the new row; there the keys, selected before, lose it.
            const auto refusal = naive_meets(world, "INSERT INTO visits VALUES (100, 3, '2026-11-20')",
                                             where.is_postgres() ? "DELETE FROM members WHERE (SELECT max(at) FROM "
                                                                   "visits WHERE member = members.id) < '2026-05-21'"
                                                                 : "DELETE FROM members WHERE id IN (1, 2, 3, 4, 5)");

            BOOST_TEST(refusal == "");
            BOOST_TEST(world.value("SELECT count(*) FROM members") == "0");
            BOOST_TEST(world.value("SELECT count(*) FROM visits") == "0"); // the visit of yesterday too
        }
}

BOOST_AUTO_TEST_CASE(a_hold_committed_while_the_batch_waits_keeps_its_record) {
    for (const Where& where : everywhere())
        for (const std::string rule : {delete_logs, mask_logs}) BOOST_TEST_CONTEXT(where << "\n" << rule) {
                const TrafficWorld world(where, logs_and_holds(where), rule + unless_held);
                OtherSession other(world.store);

                const auto keys = batch_meets(world, other,
                                              where.is_postgres() || rule == delete_logs
                                                  ? "SELECT 1 FROM logs WHERE id = 3 FOR UPDATE; INSERT INTO holds "
                                                    "VALUES (1, 3)"
                                                  : "INSERT INTO holds VALUES (1, 3)");

                BOOST_TEST(keys == (Texts{"1", "2", "4", "5"}), boost::test_tools::per_element());
                BOOST_TEST(world.value("SELECT note FROM logs WHERE id = 3") == "mine");
                BOOST_TEST(world.value("SELECT count(*) FROM holds") == "1");
            }
}

BOOST_AUTO_TEST_CASE(one_statement_or_a_list_of_keys_would_lose_a_held_record) {
    for (const Where& where : where_naive_forms_lose()) BOOST_TEST_CONTEXT(where) {
            const TrafficWorld world(where, logs_and_holds(where, "CASCADE"), delete_logs + unless_held);

            const auto refusal =
                naive_meets(world, "INSERT INTO holds VALUES (1, 3)",
                            where.is_postgres() ? "DELETE FROM logs WHERE at < '2026-05-21' AND NOT EXISTS (SELECT 1 "
                                                  "FROM holds WHERE log = logs.id)"
                                                : "DELETE FROM logs WHERE id IN (1, 2, 3, 4, 5)");

            BOOST_TEST(refusal == "");
            BOOST_TEST(world.value("SELECT count(*) FROM logs") == "0");
            BOOST_TEST(world.value("SELECT count(*) FROM holds") == "0");
        }
}

BOOST_AUTO_TEST_CASE(a_hold_that_comes_after_the_lock_waits_for_the_batch_and_is_told) {
    for (const Where& where : everywhere())
        for (const std::string rule : {delete_logs, mask_logs}) BOOST_TEST_CONTEXT(where << "\n" << rule) {
                const TrafficWorld world(where, logs_and_holds(where), rule + unless_held);
                const auto walk = world.session->walk(*world.plan);
                OtherSession other(world.store);
                BOOST_TEST(walk->dispose(100).keys.size() == 5u);

                other.start("INSERT INTO holds VALUES (1, 3)");
                BOOST_TEST(other.waits());
                walk->commit(witness("one", 5));
                const std::string refusal = other.finish();

                if (rule == delete_logs) {
                    BOOST_TEST(!refusal.empty());
                    BOOST_TEST(world.value("SELECT count(*) FROM holds") == "0");
                } else if (refusal.empty()) { // PostgreSQL at REPEATABLE READ may refuse what it waited for
                    BOOST_TEST(world.value("SELECT note FROM logs WHERE id = 3") == "REDACTED");
                }
            }
}

BOOST_AUTO_TEST_CASE(a_child_that_moves_to_another_parent_while_the_batch_waits_does_not_go) {
    for (const Where& where : everywhere())
        for (const bool tied : {true, false}) BOOST_TEST_CONTEXT(where << (tied ? ", foreign key" : "")) {
                const TrafficWorld world(where, people(where, tied), delete_people);
                OtherSession other(world.store);

                const auto keys = batch_meets(world, other, "UPDATE papers SET person = 99 WHERE id = 3");

                BOOST_TEST(keys.size() == 5u);
                BOOST_TEST(world.all("papers") == "3|99\n");
                BOOST_TEST(world.rows("SELECT id FROM people") == Texts{"99"}, boost::test_tools::per_element());
            }
}

BOOST_AUTO_TEST_CASE(a_child_that_arrives_while_the_batch_waits_goes_with_its_record) {
    const char* changes[] = {"INSERT INTO papers VALUES (100, 3)", "UPDATE papers SET person = 3 WHERE id = 90"};
    for (const Where& where : everywhere())
        for (const std::string change : changes) BOOST_TEST_CONTEXT(where << "\n" << change) {
                const TrafficWorld world(where, people(where, true) + ";INSERT INTO papers VALUES (90, 99)",
                                         delete_people);
                OtherSession other(world.store);

                const auto keys = batch_meets(world, other, change);

                BOOST_TEST(keys.size() == 5u);
                BOOST_TEST(world.all("papers") == (change.starts_with("INSERT") ? "90|99\n" : ""));
                BOOST_TEST(world.rows("SELECT id FROM people") == Texts{"99"}, boost::test_tools::per_element());
            }
}

BOOST_AUTO_TEST_CASE(
    deleting_children_by_the_keys_that_were_gathered_would_lose_one_that_moved_and_miss_one_that_came) {
    for (const Where& where : where_naive_forms_lose()) BOOST_TEST_CONTEXT(where) {
            const TrafficWorld world(where, people(where, false), delete_people);
            constexpr const char* gathered =
                "DELETE FROM papers WHERE id IN (1, 2, 3, 4, 5, 11, 12, 13, 14, 15);DELETE FROM people WHERE id < 6";

            naive_meets(world, "UPDATE papers SET person = 99 WHERE id = 3;INSERT INTO papers VALUES (100, 3)",
                        gathered);

            BOOST_TEST(world.value("SELECT count(*) FROM papers WHERE id = 3") == "0"); // 99's, and lost
            BOOST_TEST(world.all("papers") == "100|3\n");                               // an orphan
        }
}

BOOST_AUTO_TEST_CASE(fifty_of_fifty_go_although_the_evidence_goes_with_them) {
    for (const Where& where : everywhere())
        for (const std::size_t most : {7u, 100u}) BOOST_TEST_CONTEXT(where << " in batches of " << most) {
                const TrafficWorld world(
                    where,
                    "CREATE TABLE members (id INT PRIMARY KEY, note VARCHAR(20));"
                    "CREATE TABLE visits (id INT PRIMARY KEY, member INT NOT NULL, at DATE, "
                    "FOREIGN KEY (member) REFERENCES members (id) ON DELETE RESTRICT);"
                    "CREATE TABLE papers (id INT PRIMARY KEY, visit INT NOT NULL, FOREIGN KEY "
                    "(visit) REFERENCES visits (id) ON DELETE RESTRICT);"
                    "INSERT INTO members SELECT i, 'mine' FROM " +
                        where.series(52) + ";INSERT INTO visits SELECT i, i, '2015-06-30' FROM " + where.series(52) +
                        ";INSERT INTO visits VALUES (101, 51, NULL), (102, 52, '2026-11-01'), "
                        "(103, 3, '2016-01-31');INSERT INTO papers SELECT id, id FROM visits",
                    delete_members + "[[categories.records.related]]\nof = \"visits\"\ntable = \"papers\"\non "
                                     "= \"visit\"\naction = \"delete\"\n");
                const auto walk = world.session->walk(*world.plan);

                const auto keys = finish(*walk, most);

                // 51 has a visit that has not ended, 52 a recent one.
                BOOST_TEST(keys.size() == 50u);
                BOOST_TEST(world.value("SELECT count(*) FROM members") == "2");
                BOOST_TEST(world.value("SELECT count(*) FROM members WHERE id <= 50") == "0");
                BOOST_TEST(world.value("SELECT count(*) FROM visits WHERE member <= 50") == "0");
                BOOST_TEST(world.value("SELECT count(*) FROM papers WHERE visit <= 50 OR visit = 103") == "0");
            }
}

BOOST_AUTO_TEST_CASE(asking_again_after_the_children_went_would_find_nothing) {
    for (const Where& where : everywhere()) BOOST_TEST_CONTEXT(where) {
            const TrafficWorld world(where, members(where), delete_members);

            world.run("DELETE FROM visits WHERE at < '2026-05-21';DELETE FROM members WHERE (SELECT max(at) FROM "
                      "visits WHERE member = members.id) < '2026-05-21'");

            BOOST_TEST(world.value("SELECT count(*) FROM visits") == "0");
            BOOST_TEST(world.value("SELECT count(*) FROM members") == "5");
        }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention::test
