// Whole partitions on PostgreSQL: emptied as one where, under lock, every row in them is due, and left to the ordinary
// walk otherwise.

#include "tests/support/traffic_world.hpp"

#include <boost/test/unit_test.hpp>

namespace retention::test {
namespace {

using Texts = std::vector<std::string>;

boost::test_tools::assertion_result server_is_here(boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result here(PostgresServer::missing().empty());
    here.message() << PostgresServer::missing();
    return here;
}

constexpr const char* rule = "table = \"logs\"\ntrigger = \"at\"\nperiod = \"6 months\"\naction = \"delete\"\n";
const std::string unless_important = "[[categories.records.unless]]\nreason = \"important\"\nsql = \"note = 'keep'\"\n";

// 2019 and 2020 hold due records alone, 2026 some of each, the default one whatever has no place.
constexpr const char* logs =
    "CREATE TABLE logs (id int, at date, note text, UNIQUE (id, at)) PARTITION BY RANGE (at);"
    "CREATE TABLE logs_2019 PARTITION OF logs FOR VALUES FROM ('2019-01-01') TO ('2020-01-01');"
    "CREATE TABLE logs_2020 PARTITION OF logs FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');"
    "CREATE TABLE logs_2026 PARTITION OF logs FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');"
    "CREATE TABLE logs_rest PARTITION OF logs DEFAULT;"
    "INSERT INTO logs SELECT i, DATE '2019-03-01', 'a' FROM generate_series(1, 20) AS n (i);"
    "INSERT INTO logs SELECT i, DATE '2020-03-01', 'b' FROM generate_series(21, 50) AS n (i);"
    "INSERT INTO logs SELECT i, DATE '2026-02-01', 'c' FROM generate_series(51, 55) AS n (i);"
    "INSERT INTO logs SELECT i, DATE '2026-11-01', 'd' FROM generate_series(56, 60) AS n (i);";

// A key of the whole table that a partitioned table can have: with the date.
const std::string by_both = std::string("key = [\"id\", \"at\"]\n") + rule;

TrafficWorld world_of(const std::string& more = "", const std::string& text = by_both) {
    return TrafficWorld(Where{}, std::string(logs) + "CREATE UNIQUE INDEX ON logs_2019 (id);" + more, text);
}

std::string left(const TrafficWorld& world) {
    std::string text;
    for (const char* table : {"logs_2019", "logs_2020", "logs_2026", "logs_rest"})
        text += (text.empty() ? "" : " ") + world.value("SELECT count(*) FROM " + std::string(table));
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(partition_walk, *boost::unit_test::precondition(server_is_here))

BOOST_AUTO_TEST_CASE(a_partition_that_holds_only_due_records_is_one_batch_with_all_its_keys) {
    const auto world = world_of("", by_both);
    const auto walk = world.session->walk_whole_partitions(*world.plan);
    BOOST_REQUIRE(walk);
    const std::string file = world.value("SELECT pg_relation_filenode('logs_2019')");

    const auto first = walk->dispose(1000);
    walk->commit(witness("2019", 20));
    const auto second = walk->dispose(1000);
    walk->commit(witness("2020", 30));

    BOOST_TEST(first.keys.size() == 20u);
    BOOST_TEST(keys_of(first).front() == "1,2019-03-01");
    BOOST_TEST(keys_of(first).back() == "20,2019-03-01");
    BOOST_TEST(keys_of(second).size() == 30u);
    BOOST_TEST(walk->dispose(1000).empty());
    BOOST_TEST(left(world) == "0 0 10 0");
    BOOST_TEST(world.value("SELECT pg_relation_filenode('logs_2019')") != file); // emptied, not row by row
    BOOST_TEST(world.session->witnesses().size() == 2u);
    BOOST_TEST(finish(*world.session->walk(*world.plan), 100, "rest").size() == 5u);
    BOOST_TEST(left(world) == "0 0 5 0");
}

BOOST_AUTO_TEST_CASE(one_record_that_stays_leaves_its_partition_to_the_rows) {
    struct Case {
        const char *what, *change, *left;
    };
    const Case cases[] = {
        {"not due: its bounds say so, its rule does not", "INSERT INTO logs VALUES (90, '2026-05-21', 'x')",
         "0 0 11 0"},
        {"exempt", "UPDATE logs SET note = 'keep' WHERE id = 7", "20 0 10 0"},
        {"undated", "INSERT INTO logs VALUES (90, NULL, 'x'), (91, '2018-01-01', 'y')", "0 0 10 2"},
        {"infinite", "INSERT INTO logs VALUES (90, '-infinity', 'x'), (91, '2018-01-01', 'y')", "0 0 10 2"},
    };
    for (const Case& one : cases) BOOST_TEST_CONTEXT(one.what) {
            const auto world = world_of(one.change, by_both + unless_important);
            const auto walk = world.session->walk_whole_partitions(*world.plan);
            BOOST_REQUIRE(walk);

            finish(*walk, 1000);

            BOOST_TEST(left(world) == one.left);
        }
}

BOOST_AUTO_TEST_CASE(an_undated_record_in_the_default_partition_stays_through_both_walks) {
    const auto world = world_of("INSERT INTO logs VALUES (90, NULL, 'x'), (91, '2018-01-01', 'y')", by_both);

    finish(*world.session->walk_whole_partitions(*world.plan), 1000);
    finish(*world.session->walk(*world.plan), 1000, "rows");

    BOOST_TEST(world.rows("SELECT id FROM logs WHERE at IS NULL OR at < '2026-05-21'") == Texts{"90"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_row_that_arrives_while_the_walk_waits_for_the_partition_saves_it) {
    const auto world = world_of("", by_both + unless_important);
    const auto walk = world.session->walk_whole_partitions(*world.plan);
    OtherSession other(world.store);
    other.run("BEGIN");
    other.run("INSERT INTO logs VALUES (90, '2019-05-05', 'keep')");
    auto batch = start_batch(*walk, 1000);
    BOOST_TEST(until_waiting(world.store));

    other.run("COMMIT");

    BOOST_TEST(batch.get().keys.size() == 30u); // the next one
    walk->commit(witness("2020", 30));
    BOOST_TEST(left(world) == "21 0 10 0");
}

// The known-bad twin: looked at first, emptied after that.
BOOST_AUTO_TEST_CASE(emptying_a_partition_that_was_looked_at_before_would_lose_the_row) {
    const auto world = world_of();
    OtherSession other(world.store), naive(world.store);
    other.run("BEGIN");
    other.run("INSERT INTO logs VALUES (90, '2019-05-05', 'keep')");
    BOOST_TEST(world.value("SELECT count(*) FROM logs_2019 WHERE note = 'keep'") == "0");
    naive.start("TRUNCATE logs_2019");
    BOOST_TEST(naive.waits());

    other.run("COMMIT");

    BOOST_TEST(naive.finish() == "");
    BOOST_TEST(left(world) == "0 30 10 0");
}

BOOST_AUTO_TEST_CASE(nobody_can_write_into_a_partition_between_proof_and_commit) {
    const auto world = world_of("", by_both);
    const auto walk = world.session->walk_whole_partitions(*world.plan);
    BOOST_TEST(walk->dispose(1000).keys.size() == 20u);
    OtherSession other(world.store);

    other.start("INSERT INTO logs VALUES (90, '2019-05-05', 'late')");

    BOOST_TEST(other.waits());
    walk->commit(witness("2019", 20));
    BOOST_TEST(other.finish() == "");
    BOOST_TEST(world.all("logs_2019") == "90|2019-05-05|late\n");
}

BOOST_AUTO_TEST_CASE(a_partition_larger_than_allowed_is_left_and_the_next_one_is_not) {
    const auto world = world_of("", by_both);
    const auto walk = world.session->walk_whole_partitions(*world.plan);

    const auto batch = walk->dispose(25);

    BOOST_TEST(batch.keys.size() == 20u);
    walk->rollback();
    BOOST_TEST(walk->dispose(25).empty());
    BOOST_TEST(left(world) == "20 30 10 0");
}

BOOST_AUTO_TEST_CASE(rollback_leaves_everything_and_passes_the_partition) {
    const auto world = world_of("", by_both);
    {
        const auto walk = world.session->walk_whole_partitions(*world.plan);
        BOOST_TEST(walk->dispose(1000).keys.size() == 20u);
        walk->rollback();
        BOOST_TEST(left(world) == "20 30 10 0");
        BOOST_TEST(walk->dispose(1000).keys.size() == 30u);
    } // and one that is dropped with its walk

    BOOST_TEST(left(world) == "20 30 10 0");
    const auto walk = world.session->walk_whole_partitions(*world.plan);
    walk->skip();
    BOOST_TEST(keys_of(walk->dispose(1000)).front() == "21,2020-03-01");
}

BOOST_AUTO_TEST_CASE(what_refers_to_the_table_or_fires_on_it_forbids_whole_partitions) {
    struct Case {
        const char *what, *schema, *more;
    };
    const Case cases[] = {
        {"a foreign key to the table",
         "CREATE TABLE refs (id int, at date, FOREIGN KEY (id, at) REFERENCES logs (id, at))", ""},
        {"a trigger",
         "CREATE FUNCTION note_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN old; END $$;"
         "CREATE TRIGGER note_it AFTER DELETE ON logs FOR EACH ROW EXECUTE FUNCTION note_it()",
         "triggers = [\"note_it\"]\n"},
        {"a row that goes along", "CREATE TABLE marks (id int PRIMARY KEY, log int)",
         "[[categories.records.related]]\ntable = \"marks\"\non = \"log\"\nvia = \"id\"\naction = \"delete\"\n"},
        {"partitions by another column",
         "DROP TABLE logs; CREATE TABLE logs (id int, at date, note text, UNIQUE (id, at)) PARTITION BY RANGE (id);"
         "CREATE TABLE logs_low PARTITION OF logs FOR VALUES FROM (1) TO (100)",
         ""},
        {"lists",
         "DROP TABLE logs; CREATE TABLE logs (id int, at date, note text, UNIQUE (id, at)) PARTITION BY LIST (at);"
         "CREATE TABLE logs_day PARTITION OF logs FOR VALUES IN ('2020-01-01')",
         ""},
        {"an ordinary table", "DROP TABLE logs; CREATE TABLE logs (id int, at date, note text, UNIQUE (id, at))", ""},
    };
    for (const Case& one : cases) BOOST_TEST_CONTEXT(one.what) {
            std::string text = by_both + one.more;
            const auto world = world_of(one.schema, text);

            BOOST_TEST(!world.session->walk_whole_partitions(*world.plan));
        }
}

BOOST_AUTO_TEST_CASE(a_trigger_or_a_key_of_one_partition_forbids_that_one) {
    for (const std::string more :
         {"CREATE FUNCTION note_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN old; END $$;"
          "CREATE TRIGGER note_it AFTER DELETE ON logs_2019 FOR EACH ROW EXECUTE FUNCTION note_it()",
          "CREATE FUNCTION note_all() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;"
          "CREATE TRIGGER note_all AFTER TRUNCATE ON logs_2019 FOR EACH STATEMENT EXECUTE FUNCTION note_all()",
          "CREATE TABLE refs (id int REFERENCES logs_2019 (id))"})
        BOOST_TEST_CONTEXT(more) {
            const auto world = world_of(more, by_both);
            const auto walk = world.session->walk_whole_partitions(*world.plan);

            if (walk) finish(*walk, 1000);

            BOOST_TEST(world.value("SELECT count(*) FROM logs_2019") == "20");
        }
}

BOOST_AUTO_TEST_CASE(without_the_right_to_empty_a_table_the_rows_go_one_by_one) {
    const auto world = world_of("DO $$ BEGIN CREATE ROLE sweeper LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END "
                                "$$; GRANT USAGE, CREATE ON SCHEMA public TO sweeper;"
                                "GRANT SELECT, DELETE, UPDATE ON ALL TABLES IN SCHEMA public TO sweeper",
                                by_both);
    world.run("GRANT SELECT, INSERT ON retentiond_batches TO sweeper");
    StoreSettings store = world.store;
    store.server.user = "sweeper";
    const auto session = make_connector(store, Zone::utc())->open(Access::read_write);

    const auto walk = session->walk_whole_partitions(*world.plan);
    if (walk) BOOST_TEST(finish(*walk, 1000).empty());
    BOOST_TEST(left(world) == "20 30 10 0");
    BOOST_TEST(finish(*session->walk(*world.plan), 1000, "rows").size() == 55u);

    BOOST_TEST(left(world) == "0 0 5 0");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention::test
