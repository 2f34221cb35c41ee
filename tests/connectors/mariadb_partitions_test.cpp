// Whole partitions on MariaDB: emptied as one where, under the table's lock, every row in them is due; left to the
// ordinary walk otherwise; and settled by the partition's identity where a server ended in the middle.

#include "connectors/grants.hpp"
#include "connectors/witness_table.hpp"
#include "tests/support/traffic_world.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace retention::test {
namespace {

using Kind = StoreError::Kind;
using Texts = std::vector<std::string>;

boost::test_tools::assertion_result server_is_here(boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result here(MariadbServer::missing().empty());
    here.message() << MariadbServer::missing();
    return here;
}

const Where maria{Engine::mariadb};
const std::string by_both =
    "key = [\"id\", \"at\"]\ntable = \"logs\"\ntrigger = \"at\"\nperiod = \"6 months\"\naction = \"delete\"\n";
const std::string unless_important = "[[categories.records.unless]]\nreason = \"important\"\nsql = \"note = 'keep'\"\n";

// p19 and p20 hold due records alone, p26 some of each.
std::string logs(const std::string& by = "RANGE (TO_DAYS(at))", const std::string& type = "DATE") {
    const auto bound = [&](const std::string& day) {
        if (by == "RANGE (TO_DAYS(at))") return "(TO_DAYS('" + day + "'))";
        if (by == "RANGE (YEAR(at))") return "(YEAR('" + day + "'))";
        if (by == "RANGE (UNIX_TIMESTAMP(at))") return "(UNIX_TIMESTAMP('" + day + "'))";
        return "('" + day + "')";
    };
    return "CREATE TABLE logs (id INT NOT NULL, at " + type +
           " NOT NULL, note VARCHAR(20), PRIMARY KEY (id, at)) "
           "PARTITION BY " +
           by + " (PARTITION p19 VALUES LESS THAN " + bound("2020-01-01") + ", PARTITION p20 VALUES LESS THAN " +
           bound("2021-01-01") + ", PARTITION p26 VALUES LESS THAN " +
           (by.starts_with("RANGE COLUMNS") ? "(MAXVALUE)" : "MAXVALUE") +
           ");"
           "INSERT INTO logs SELECT seq, '2019-03-01', 'a' FROM seq_1_to_20;"
           "INSERT INTO logs SELECT seq, '2020-03-01', 'b' FROM seq_21_to_50;"
           "INSERT INTO logs SELECT seq, '2026-02-01', 'c' FROM seq_51_to_55;"
           "INSERT INTO logs SELECT seq, '2026-11-01', 'd' FROM seq_56_to_60;";
}

TrafficWorld world_of(const std::string& more = "", const std::string& text = by_both) {
    return TrafficWorld(maria, logs() + more, text);
}

std::string in(const TrafficWorld& world, const std::string& partition) {
    return world.value("SELECT count(*) FROM logs PARTITION (" + partition + ")");
}
std::string left(const TrafficWorld& world) {
    return in(world, "p19") + " " + in(world, "p20") + " " + in(world, "p26");
}
std::string identity(const TrafficWorld& world, const std::string& partition = "p19") {
    return world.value("SELECT TABLE_ID FROM information_schema.INNODB_SYS_TABLES WHERE NAME = CONCAT(DATABASE(), "
                       "'/logs#P#" +
                       partition + "')");
}
std::string pending(const TrafficWorld& world) {
    return world.value("SELECT count(*) FROM retentiond_partitions");
}
// What a server leaves that ended before it had emptied p19, or after.
void leave_pending(const TrafficWorld& world, const std::string& batch) {
    world.run(create_pending_table());
    world.run("INSERT INTO retentiond_partitions VALUES ('" + batch +
              "', 20, '2026-11-21 10:00:00', 'head', DATABASE(), 'logs', 'p19', " + identity(world) + ")");
}

} // namespace

BOOST_AUTO_TEST_SUITE(mariadb_partitions, *boost::unit_test::precondition(server_is_here))

BOOST_AUTO_TEST_CASE(a_partition_that_holds_only_due_records_is_one_batch_with_all_its_keys) {
    struct Case {
        const char *by, *type;
    };
    for (const Case& one : {Case{"RANGE (TO_DAYS(at))", "DATE"}, Case{"RANGE COLUMNS (at)", "DATETIME"},
                            Case{"RANGE (YEAR(at))", "DATE"}, Case{"RANGE (UNIX_TIMESTAMP(at))", "TIMESTAMP"}})
        BOOST_TEST_CONTEXT(one.by) {
            const TrafficWorld world(maria, logs(one.by, one.type), by_both);
            const TrafficWorld by_rows(maria, logs(one.by, one.type), by_both);
            const auto walk = world.session->walk_whole_partitions(*world.plan);
            BOOST_REQUIRE(walk);
            const std::string before = identity(world);

            const auto first = walk->dispose(1000);
            walk->commit(witness("2019", 20));
            const auto second = walk->dispose(1000);
            walk->commit(witness("2020", 30));

            BOOST_TEST(walk->dispose(1000).empty());
            BOOST_TEST(left(world) == "0 0 10");
            BOOST_TEST(identity(world) != before); // emptied, not row by row
            BOOST_TEST(world.session->witnesses().size() == 2u);
            BOOST_TEST(world.session->witnesses()[0].records == 20);
            BOOST_TEST(pending(world) == "0");
            auto keys = keys_of(first);
            for (const auto& key : keys_of(second)) keys.push_back(key);
            for (const auto& key : finish(*world.session->walk(*world.plan), 100, "rest")) keys.push_back(key);
            std::ranges::sort(keys);
            auto rows = finish(*by_rows.session->walk(*by_rows.plan));
            std::ranges::sort(rows);
            BOOST_TEST(keys == rows, boost::test_tools::per_element()); // of which the digests are made
            BOOST_TEST(left(world) == "0 0 5");
        }
}

BOOST_AUTO_TEST_CASE(one_record_that_stays_leaves_its_partition_to_the_rows) {
    struct Case {
        const char *what, *change, *left;
    };
    const Case cases[] = {
        {"not due: its place says so, its date does not",
         "ALTER TABLE logs REORGANIZE PARTITION p20, p26 INTO "
         "(PARTITION p20 VALUES LESS THAN MAXVALUE); INSERT INTO logs VALUES (90, '2019-05-21', 'x')",
         "0 40"},
        {"exempt", "UPDATE logs SET note = 'keep' WHERE id = 7", "20 0"},
        {"a zero date", "SET sql_mode = ''; INSERT INTO logs VALUES (90, '0000-00-00', 'x')", "21 0"},
    };
    for (const Case& one : cases) BOOST_TEST_CONTEXT(one.what) {
            const auto world = world_of(one.change, by_both + unless_important);
            const auto walk = world.session->walk_whole_partitions(*world.plan);
            BOOST_REQUIRE(walk);

            finish(*walk, 1000);

            BOOST_TEST(in(world, "p19") + " " + in(world, "p20") == one.left);
        }
}

BOOST_AUTO_TEST_CASE(an_undated_record_stays_through_both_walks) {
    const TrafficWorld world(maria,
                             "CREATE TABLE logs (id INT NOT NULL, at DATE, note VARCHAR(9), UNIQUE (id, at)) PARTITION "
                             "BY RANGE (TO_DAYS(at)) (PARTITION p19 VALUES LESS THAN (TO_DAYS('2020-01-01')));"
                             "INSERT INTO logs VALUES (1, '2019-01-01', 'a'), (2, NULL, 'b')",
                             by_both);

    const auto walk = world.session->walk_whole_partitions(*world.plan);
    BOOST_REQUIRE(walk);
    finish(*walk, 1000);
    BOOST_TEST(in(world, "p19") == "2");
    finish(*world.session->walk(*world.plan), 1000, "rows");

    BOOST_TEST(world.all("logs") == "2|NULL|b\n");
}

BOOST_AUTO_TEST_CASE(a_row_that_arrives_while_the_walk_waits_for_the_table_saves_its_partition) {
    const auto world = world_of("", by_both + unless_important);
    const auto walk = world.session->walk_whole_partitions(*world.plan);
    OtherSession other(world.store);
    other.run("START TRANSACTION");
    other.run("INSERT INTO logs VALUES (90, '2019-05-05', 'keep')");
    auto batch = start_batch(*walk, 1000);
    BOOST_TEST(until_waiting(world.store));

    other.run("COMMIT");

    const auto keys = keys_of(batch.get());
    BOOST_TEST((keys.empty() || keys.front() == "21,2020-03-01")); // the next one; or it had waited long enough
    if (!keys.empty()) walk->commit(witness("2020", 30));
    BOOST_TEST(in(world, "p19") == "21");
}

// The known-bad twin: looked at first, emptied after that.
BOOST_AUTO_TEST_CASE(emptying_a_partition_that_was_looked_at_before_would_lose_the_row) {
    const auto world = world_of();
    OtherSession other(world.store), naive(world.store);
    other.run("START TRANSACTION");
    other.run("INSERT INTO logs VALUES (90, '2019-05-05', 'keep')");
    BOOST_TEST(world.value("SELECT count(*) FROM logs WHERE note = 'keep'") == "0");
    naive.start("ALTER TABLE logs TRUNCATE PARTITION p19");
    BOOST_TEST(naive.waits());

    other.run("COMMIT");

    BOOST_TEST(naive.finish() == "");
    BOOST_TEST(left(world) == "0 30 10");
}

BOOST_AUTO_TEST_CASE(a_table_that_somebody_uses_is_left_after_one_short_wait) {
    const auto world = world_of();
    const auto walk = world.session->walk_whole_partitions(*world.plan);
    OtherSession other(world.store);
    other.run("START TRANSACTION");
    other.run("SELECT count(*) FROM logs PARTITION (p26)");

    BOOST_TEST(walk->dispose(1000).empty());

    other.run("INSERT INTO logs VALUES (91, '2019-01-01', 'x')"); // nobody is locked out
    other.run("COMMIT");
    BOOST_TEST(left(world) == "21 30 10");
}

BOOST_AUTO_TEST_CASE(nobody_can_write_into_a_partition_between_proof_and_commit) {
    const auto world = world_of();
    const auto walk = world.session->walk_whole_partitions(*world.plan);
    BOOST_TEST(walk->dispose(1000).keys.size() == 20u);
    OtherSession other(world.store);

    other.start("INSERT INTO logs VALUES (90, '2019-05-05', 'late')");

    BOOST_TEST(other.waits());
    walk->commit(witness("2019", 20));
    BOOST_TEST(other.finish() == "");
    BOOST_TEST(left(world) == "1 30 10");
}

// A change that is prepared and whose connection has ended keeps its row locks, and nobody's table locks. So the walk
// gets its lock, and its one statement stops where a test wants it: at the emptying, or behind it at the witness row.
namespace {

const std::string row_of_partition = "INSERT INTO logs VALUES (90, '2019-05-05', 'keep')";
const std::string row_of_witness = "INSERT INTO retentiond_batches VALUES ('2019', 1, '2026-01-01', '')";

struct Stopped {
    Stopped(TrafficWorld& world, const std::string& change) : session(world.open()) {
        {
            OtherSession other(world.store);
            for (const std::string& one : {std::string("XA START 'late'"), change, std::string("XA END 'late'"),
                                           std::string("XA PREPARE 'late'")})
                other.run(one);
        }
        walk = session->walk_whole_partitions(*world.plan);
        BOOST_REQUIRE(walk->dispose(1000).keys.size() == 20u);
        commit = std::async(std::launch::async, [this] { walk->commit(witness("2019", 20)); });
        BOOST_TEST(until_waiting(world.store));
    }

    std::unique_ptr<Session> session;
    std::unique_ptr<Walk> walk;
    std::future<void> commit;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_change_that_waits_for_its_second_commit_keeps_the_partition) {
    auto world = world_of();
    Stopped batch(world, row_of_partition);

    BOOST_CHECK(kind_of([&] { batch.commit.get(); }) == Kind::busy);

    world.run("XA COMMIT 'late'");
    BOOST_TEST(in(world, "p19") == "21");
    BOOST_TEST(pending(world) == "0");
    BOOST_CHECK(world.session->settle("2019") == Settled::rolled_back);
}

BOOST_AUTO_TEST_CASE(a_commit_that_is_cancelled_before_the_partition_is_empty_has_rolled_back) {
    auto world = world_of();
    Stopped batch(world, row_of_partition);

    batch.session->cancel();

    BOOST_CHECK(kind_of([&] { batch.commit.get(); }) == Kind::cancelled);
    BOOST_TEST(pending(world) == "0");
    world.run("XA ROLLBACK 'late'");
    BOOST_TEST(left(world) == "20 30 10");
}

BOOST_AUTO_TEST_CASE(a_commit_that_is_cancelled_behind_the_emptying_is_done_once_it_is_settled) {
    auto world = world_of();
    Stopped batch(world, row_of_witness);

    batch.session->cancel();

    BOOST_CHECK(kind_of([&] { batch.commit.get(); }) == Kind::lost); // its witness row has no place yet
    BOOST_TEST(in(world, "p19") == "0");
    BOOST_TEST(pending(world) == "1");
    world.run("XA ROLLBACK 'late'");
    BOOST_CHECK(world.session->settle("2019") == Settled::committed);
    BOOST_TEST(world.session->witnesses().size() == 1u);
    BOOST_TEST(pending(world) == "0");
}

BOOST_AUTO_TEST_CASE(a_session_or_a_server_that_ends_in_mid_statement_is_settled_by_where_it_was) {
    MariadbServer server;
    for (const bool whole_server : {false, true})
        for (const bool emptied : {false, true})
            BOOST_TEST_CONTEXT((whole_server ? "server" : "session") << (emptied ? ", emptied" : ", not emptied")) {
                TrafficWorld world(server, logs(), by_both);
                Stopped batch(world, emptied ? row_of_witness : row_of_partition);

                if (whole_server)
                    server.stop(true);
                else
                    kill_connection(world.store, waiting_connections(world.store).at(0));

                BOOST_CHECK(kind_of([&] { batch.commit.get(); }) == Kind::lost);
                if (whole_server) server.start();
                world.run("XA ROLLBACK 'late'");
                const auto next = world.open();
                const bool gone = in(world, "p19") == "0"; // a session ends when it has got its lock, or before
                BOOST_CHECK(next->settle("2019") == (gone ? Settled::committed : Settled::rolled_back));
                if (emptied || whole_server) BOOST_TEST(gone == emptied);
                BOOST_TEST(left(world) == (gone ? "0 30 10" : "20 30 10"));
                BOOST_TEST(next->witnesses().size() == (gone ? 1u : 0u));
                BOOST_TEST(pending(world) == "0");
            }
}

// Rows of its primary could come in behind the proof, and would go with the partition over there.
BOOST_AUTO_TEST_CASE(a_server_that_takes_changes_from_another_goes_row_by_row) {
    MariadbServer server;
    TrafficWorld world(server, logs(), by_both);
    BOOST_TEST((world.session->walk_whole_partitions(*world.plan) != nullptr));

    world.run("SET GLOBAL gtid_slave_pos = '0-7-1'");

    BOOST_TEST((world.session->walk_whole_partitions(*world.plan) == nullptr));
}

BOOST_AUTO_TEST_CASE(rollback_a_limit_and_skip_leave_the_partition_and_its_lock) {
    const auto world = world_of();
    OtherSession other(world.store);
    {
        const auto walk = world.session->walk_whole_partitions(*world.plan);
        BOOST_TEST(walk->dispose(25).keys.size() == 20u);
        walk->rollback();
        BOOST_TEST(walk->dispose(25).empty()); // 30 are more than allowed
        walk->rollback();
    }
    {
        const auto walk = world.session->walk_whole_partitions(*world.plan);
        walk->skip();
        BOOST_TEST(keys_of(walk->dispose(1000)).front() == "21,2020-03-01");
    } // dropped with its walk

    other.run("INSERT INTO logs VALUES (90, '2019-05-05', 'free')");
    BOOST_TEST(left(world) == "21 30 10");
}

BOOST_AUTO_TEST_CASE(what_refers_to_the_table_fires_on_it_or_cannot_be_proved_forbids_whole_partitions) {
    const std::string marks = "CREATE TABLE marks (id INT PRIMARY KEY, log INT, at DATE)";
    struct Case {
        std::string what, schema, more;
    };
    const Case cases[] = {
        {"a trigger", "CREATE TRIGGER note_it AFTER DELETE ON logs FOR EACH ROW SET @gone = OLD.id",
         "triggers = [\"note_it\"]\n"},
        {"a row that goes along", marks,
         "[[categories.records.related]]\ntable = \"marks\"\non = \"log\"\nvia = \"id\"\naction = \"delete\"\n"},
        {"evidence elsewhere", marks,
         "[[categories.records.unless]]\nreason = \"marked\"\ntable = \"marks\"\non = \"log\"\nvia = \"id\"\n"},
        {"partitions by another column",
         "ALTER TABLE logs PARTITION BY RANGE (id) (PARTITION p19 VALUES LESS THAN (900))", ""},
        {"lists", "ALTER TABLE logs PARTITION BY HASH (YEAR(at)) PARTITIONS 2", ""},
        {"an ordinary table", "ALTER TABLE logs REMOVE PARTITIONING", ""},
    };
    for (const Case& one : cases) BOOST_TEST_CONTEXT(one.what) {
            const auto world = world_of(one.schema, by_both + one.more);

            BOOST_TEST(!world.session->walk_whole_partitions(*world.plan));
        }
}

BOOST_AUTO_TEST_CASE(a_trigger_that_came_since_the_catalogue_and_parts_of_a_partition_leave_it_to_the_rows) {
    const auto triggered = world_of();
    triggered.run("CREATE TRIGGER note_it AFTER DELETE ON logs FOR EACH ROW SET @gone = OLD.id");
    BOOST_TEST(triggered.session->walk_whole_partitions(*triggered.plan)->dispose(1000).empty());

    const TrafficWorld divided(maria,
                               "CREATE TABLE logs (id INT NOT NULL, at DATE NOT NULL, PRIMARY KEY (id, at)) PARTITION "
                               "BY RANGE (TO_DAYS(at)) SUBPARTITION BY HASH (id) SUBPARTITIONS 2 (PARTITION p19 VALUES "
                               "LESS THAN (TO_DAYS('2020-01-01')));INSERT INTO logs VALUES (1, '2019-01-01')",
                               by_both);
    BOOST_TEST(divided.session->walk_whole_partitions(*divided.plan)->dispose(1000).empty());
}

// The highest numbers were given in p20: after a restart they would be given again.
BOOST_AUTO_TEST_CASE(numbers_that_went_are_never_given_again) {
    const auto world = world_of("DELETE FROM logs WHERE id > 50;"
                                "ALTER TABLE logs MODIFY id INT NOT NULL AUTO_INCREMENT");
    const auto walk = world.session->walk_whole_partitions(*world.plan);

    const auto batch = walk->dispose(1000);
    BOOST_REQUIRE(batch.keys.size() == 20u);
    walk->commit(witness("2019", 20));

    BOOST_TEST(walk->dispose(1000).empty());
    BOOST_TEST(left(world) == "0 30 0");
}

BOOST_AUTO_TEST_CASE(each_right_is_needed_and_without_it_the_rows_go_one_by_one) {
    const Texts rights{"PROCESS ON *.*", "LOCK TABLES ON DB.*", "DROP ON DB.logs",
                       "INSERT, DELETE ON DB.retentiond_partitions"};
    for (std::size_t missing = 0; missing <= rights.size(); ++missing)
        BOOST_TEST_CONTEXT((missing < rights.size() ? "without " + rights[missing] : std::string("with all"))) {
            const auto world = world_of();
            world.run(create_pending_table());
            const std::string db = world.value("SELECT DATABASE()"), user = "sweeper" + std::to_string(missing);
            world.run("CREATE OR REPLACE USER " + user + "@localhost");
            const auto grant = [&](std::string what) {
                for (auto at = what.find("DB."); at != what.npos; at = what.find("DB.")) what.replace(at, 3, db + ".");
                world.run("GRANT " + what + " TO " + user + "@localhost");
            };
            grant("SELECT, DELETE, TRIGGER ON DB.logs");
            grant("SELECT, INSERT ON DB.retentiond_batches");
            grant("SELECT ON DB.retentiond_partitions");
            grant("CREATE TEMPORARY TABLES ON DB.*");
            for (std::size_t i = 0; i < rights.size(); ++i)
                if (i != missing) grant(rights[i]);
            StoreSettings store = world.store;
            store.server.user = user;
            const auto session = make_connector(store, Zone::utc())->open(Access::read_write);

            const auto walk = session->walk_whole_partitions(*world.plan);

            BOOST_REQUIRE((walk != nullptr) == (missing == rights.size()));
            if (walk) BOOST_TEST(finish(*walk, 1000).size() == 50u);
            finish(*session->walk(*world.plan), 1000, "rows");
            BOOST_TEST(left(world) == "0 0 5");
            world.run("DROP USER " + user + "@localhost");
        }
}

BOOST_AUTO_TEST_CASE(what_check_prints_is_enough_to_empty_whole_partitions) {
    const auto world = world_of();
    const std::string db = world.value("SELECT DATABASE()"), user = "sweeper@localhost";
    world.run("CREATE OR REPLACE USER " + user);
    const std::vector<std::shared_ptr<Plan>> plans{world.plan};
    auto statements = grants_for(Engine::mariadb, plans, user, db);
    for (auto& one : partition_grants_for(Engine::mariadb, plans, user, db)) statements.push_back(std::move(one));
    for (const auto& one : statements) world.run(one);
    StoreSettings store = world.store;
    store.server.user = "sweeper";
    const auto session = make_connector(store, Zone::utc())->open(Access::read_write);

    const auto walk = session->walk_whole_partitions(*world.plan);

    BOOST_REQUIRE(walk);
    BOOST_TEST(finish(*walk, 1000).size() == 50u);
    const auto ordinary = world_of("ALTER TABLE logs REMOVE PARTITIONING");
    BOOST_TEST(partition_grants_for(Engine::mariadb, {ordinary.plan}, user, db).empty());
    world.run("DROP USER " + user);
}

BOOST_AUTO_TEST_CASE(a_session_that_ends_before_its_partition_is_emptied_has_rolled_back) {
    const auto world = world_of();
    auto session = world.open();
    const auto walk = session->walk_whole_partitions(*world.plan);
    BOOST_TEST(walk->dispose(1000).keys.size() == 20u);
    for (const auto& id : connections(world.store)) kill_connection(world.store, id);

    BOOST_CHECK(kind_of([&] { walk->commit(witness("dead", 20)); }) == Kind::lost);

    const auto next = world.open();
    BOOST_CHECK(next->settle("dead") == Settled::rolled_back);
    BOOST_TEST(left(world) == "20 30 10");
    BOOST_TEST(next->witnesses().empty());
    BOOST_TEST(pending(world) == "0");
}

BOOST_AUTO_TEST_CASE(a_batch_whose_old_session_still_holds_its_lock_is_in_doubt) {
    const auto world = world_of();
    const auto walk = world.session->walk_whole_partitions(*world.plan);
    BOOST_TEST(walk->dispose(1000).keys.size() == 20u);
    const auto next = world.open();

    BOOST_CHECK(next->settle("2019") == Settled::in_doubt);

    walk->commit(witness("2019", 20));
    BOOST_CHECK(next->settle("2019") == Settled::committed);
}

BOOST_AUTO_TEST_CASE(a_server_that_ended_in_the_middle_is_settled_by_the_identity_of_the_partition) {
    struct Case {
        const char *what, *since;
        Settled settled;
        const char *left, *pending;
    };
    const Case cases[] = {
        {"not emptied", "", Settled::rolled_back, "20", "0"},
        {"not emptied, a row came in", "INSERT INTO logs VALUES (90, '2019-05-05', 'late')", Settled::rolled_back, "21",
         "0"},
        {"not emptied, and all rows were moved by another", "UPDATE logs SET at = '2026-11-20' WHERE id <= 20",
         Settled::rolled_back, "0", "0"},
        {"not emptied, and all rows were deleted by another", "DELETE FROM logs WHERE id <= 20", Settled::rolled_back,
         "0", "0"},
        {"emptied", "ALTER TABLE logs TRUNCATE PARTITION p19", Settled::committed, "0", "0"},
        {"emptied, a row came in and went",
         "ALTER TABLE logs TRUNCATE PARTITION p19; INSERT INTO logs VALUES (90, '2019-05-05', 'late'); DELETE FROM "
         "logs "
         "WHERE id = 90",
         Settled::committed, "0", "0"},
        {"emptied, a row came in: or rebuilt by another",
         "ALTER TABLE logs TRUNCATE PARTITION p19; INSERT INTO logs VALUES (90, '2019-05-05', 'late')",
         Settled::in_doubt, "1", "1"},
        {"rebuilt by another", "ALTER TABLE logs REBUILD PARTITION p19", Settled::in_doubt, "20", "1"},
    };
    for (const Case& one : cases) BOOST_TEST_CONTEXT(one.what) {
            const auto world = world_of();
            leave_pending(world, "crash");
            if (*one.since) world.run(one.since);

            BOOST_CHECK(world.session->settle("crash") == one.settled);
            BOOST_CHECK(world.session->settle("crash") == one.settled); // and once more

            BOOST_TEST(in(world, "p19") == one.left);
            BOOST_TEST(pending(world) == one.pending);
            const auto witnesses = world.session->witnesses();
            BOOST_TEST(witnesses.size() == (one.settled == Settled::committed ? 1u : 0u));
            if (!witnesses.empty()) BOOST_TEST(witnesses[0].records == 20);
        }
}

BOOST_AUTO_TEST_CASE(a_partition_that_is_gone_or_locked_leaves_its_batch_in_doubt) {
    const auto world = world_of();
    leave_pending(world, "crash");
    OtherSession other(world.store);
    other.run("START TRANSACTION");
    other.run("SELECT count(*) FROM logs");

    BOOST_CHECK(world.session->settle("crash") == Settled::in_doubt);

    other.run("COMMIT");
    world.run("ALTER TABLE logs DROP PARTITION p19");
    BOOST_CHECK(world.session->settle("crash") == Settled::in_doubt);
    world.run("DROP TABLE logs");
    BOOST_CHECK(world.session->settle("crash") == Settled::in_doubt);
}

BOOST_AUTO_TEST_CASE(a_partition_in_doubt_is_not_emptied_again_before_it_is_settled) {
    const auto world = world_of();
    leave_pending(world, "crash");

    const auto walk = world.session->walk_whole_partitions(*world.plan);

    BOOST_REQUIRE(walk);
    BOOST_TEST(walk->dispose(1000).empty());
    BOOST_TEST(left(world) == "20 30 10");
}

// Killed at whatever instruction it is at: the log's claim and the store agree.
BOOST_AUTO_TEST_CASE(a_server_that_is_killed_while_it_empties_a_partition_has_done_all_of_it_or_nothing) {
    MariadbServer server;
    TrafficWorld world(server, logs(), by_both);
    for (int round = 0; round < 4; ++round) BOOST_TEST_CONTEXT("round " << round) {
            world.run("INSERT IGNORE INTO logs SELECT seq, '2019-03-01', 'a' FROM seq_1_to_20");
            const auto session = world.open();
            const auto walk = session->walk_whole_partitions(*world.plan);
            BOOST_TEST(keys_of(walk->dispose(20)).front() == "1,2019-03-01");
            const std::string batch = "round" + std::to_string(round);
            auto commit = std::async(std::launch::async, [&] { walk->commit(witness(batch, 20)); });
            if (round % 2 == 1) commit.wait(); // at the latest moment, or at any

            server.stop(true);

            bool committed = true;
            try {
                commit.get();
            } catch (const StoreError& error) {
                BOOST_CHECK(error.kind == Kind::lost);
                committed = false;
            }
            server.start();
            const auto next = world.open();
            const auto settled = next->settle(batch);
            BOOST_CHECK(settled != Settled::in_doubt);
            if (committed) BOOST_CHECK(settled == Settled::committed);
            BOOST_TEST((settled == Settled::committed) == (in(world, "p19") == "0"));
            BOOST_TEST(world.value("SELECT count(*) FROM retentiond_batches WHERE batch = '" + batch + "'") ==
                       (settled == Settled::committed ? "1" : "0"));
            BOOST_TEST(pending(world) == "0");
        }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention::test
