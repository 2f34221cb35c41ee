// What goes wrong in the middle of a batch and at its COMMIT: nothing is half done, the kind of error says what to do
// next, and a batch whose answer was lost is settled by its witness row.

#include "tests/support/cut_proxy.hpp"
#include "tests/support/traffic_world.hpp"

#include <boost/test/unit_test.hpp>

namespace retention::test {
namespace {

using Kind = StoreError::Kind;
using Cut = CutProxy::Cut;

constexpr const char* delete_logs = "table = \"logs\"\ntrigger = \"at\"\nperiod = \"6 months\"\naction = \"delete\"\n";
constexpr const char* mask_logs =
    "table = \"logs\"\ntrigger = \"at\"\nperiod = \"6 months\"\naction = \"anonymise\"\nmask = { note = \"redact\" }\n";
const std::string with_marks =
    delete_logs + std::string("[[categories.records.related]]\ntable = \"marks\"\non = \"log\"\naction = \"delete\"\n");
const std::vector<std::string> three_rules{delete_logs, mask_logs, with_marks};

// Ten records, all due; each has a mark.
std::string logs(const Where& where) {
    return "CREATE TABLE logs (id INT PRIMARY KEY, at DATE, note VARCHAR(20));"
           "CREATE TABLE marks (id INT PRIMARY KEY, log INT); CREATE INDEX marks_log ON marks (log);"
           "CREATE TABLE ballast (id INT);"
           "INSERT INTO logs SELECT i, '2020-01-01', 'mine' FROM " +
           where.series(10) + ";INSERT INTO marks SELECT i, i FROM " + where.series(10);
}

std::string everything(const TrafficWorld& world) {
    return world.all("logs") + world.all("marks") + world.all("retentiond_batches");
}

// Both servers at once, where each has to wait for its own time limit.
void on_both(const std::function<void(const Where&)>& story) {
    std::vector<std::future<void>> stories;
    for (const Where& where : each_server()) stories.push_back(std::async(std::launch::async, story, where));
    for (auto& one : stories) one.get();
}

} // namespace

BOOST_AUTO_TEST_SUITE(settle)

BOOST_AUTO_TEST_CASE(a_deadlock_is_busy_undoes_the_batch_and_the_same_walk_goes_on) {
    for (const Where& where : each_server())
        for (const auto& rule : {std::string(mask_logs), with_marks}) BOOST_TEST_CONTEXT(where << "\n" << rule) {
                const TrafficWorld world(where, logs(where), rule);
                const auto walk = world.session->walk(*world.plan);
                BOOST_TEST(walk->dispose(2).keys.size() == 2u);
                walk->commit(witness("one", 2));
                const std::string before = everything(world);
                OtherSession other(world.store);
                // The server ends the batch, not the other one: it has less to lose, or looks first.
                if (where.is_postgres()) other.run("SET deadlock_timeout = '60s'");
                other.run(where.is_postgres() ? "BEGIN" : "START TRANSACTION");
                other.run("INSERT INTO ballast SELECT i FROM " + where.series(500));
                other.run("SELECT note FROM logs WHERE id = 8 FOR UPDATE");
                auto batch = start_batch(*walk, 8);
                BOOST_TEST(until_waiting(world.store));

                other.start("SELECT note FROM logs WHERE id = 4 FOR UPDATE");

                BOOST_CHECK(kind_of([&] { batch.get(); }) == Kind::busy);
                BOOST_TEST(other.finish() == "");
                other.run("COMMIT");
                BOOST_TEST(everything(world) == before);
                BOOST_TEST(finish(*walk, 8, "after").size() == 8u);
                BOOST_TEST(world.value("SELECT count(*) FROM logs WHERE note = 'mine'") == "0");
            }
}

BOOST_AUTO_TEST_CASE(a_serialization_failure_is_busy_undoes_the_batch_and_the_same_walk_goes_on) {
    for (const Where& where : each_server())
        for (const auto& rule : {std::string(delete_logs), with_marks}) BOOST_TEST_CONTEXT(where << "\n" << rule) {
                const TrafficWorld world(where, logs(where), rule);
                world.run(where.is_postgres()
                              ? "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF old.id = 7 THEN "
                                "RAISE EXCEPTION 'could not serialize' USING ERRCODE = '40001'; END IF; RETURN old; "
                                "END $$; CREATE TRIGGER no BEFORE DELETE ON logs FOR EACH ROW EXECUTE FUNCTION no()"
                              : "CREATE TRIGGER no BEFORE DELETE ON logs FOR EACH ROW IF old.id = 7 THEN SIGNAL "
                                "SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'deadlock'; END IF");
                const std::string before = everything(world);
                const auto walk = world.session->walk(*world.plan);

                BOOST_CHECK(kind_of([&] { walk->dispose(100); }) == Kind::busy);
                BOOST_CHECK(kind_of([&] { walk->dispose(100); }) == Kind::busy);

                BOOST_TEST(everything(world) == before);
                world.run(where.is_postgres() ? "DROP TRIGGER no ON logs" : "DROP TRIGGER no");
                BOOST_TEST(finish(*walk).size() == 10u);
            }
}

BOOST_AUTO_TEST_CASE(a_record_that_the_store_refuses_stays_with_the_whole_batch_and_can_be_passed) {
    for (const Where& where : each_server())
        for (const auto& rule : {std::string(delete_logs), with_marks}) BOOST_TEST_CONTEXT(where << "\n" << rule) {
                const TrafficWorld world(where,
                                         logs(where) + ";CREATE TABLE refs (log INT, FOREIGN KEY (log) "
                                                       "REFERENCES logs (id)); INSERT INTO refs VALUES (4)",
                                         rule);
                const std::string before = everything(world);
                const auto walk = world.session->walk(*world.plan);

                BOOST_CHECK(kind_of([&] { walk->dispose(5); }) == Kind::refused);
                BOOST_TEST(everything(world) == before);
                BOOST_TEST(walk->dispose(3).keys.size() == 3u);
                walk->commit(witness("one", 3));
                BOOST_CHECK(kind_of([&] { walk->dispose(1); }) == Kind::refused);
                walk->skip();

                BOOST_TEST(finish(*walk).size() == 6u);
                BOOST_TEST(world.all("logs") == "4|2020-01-01|mine\n");
                BOOST_TEST(world.value("SELECT count(*) FROM marks") == (rule == with_marks ? "1" : "10"));
            }
}

// 5 seconds: as long as a session waits for a lock.
BOOST_AUTO_TEST_CASE(a_lock_that_is_not_had_in_time_is_busy_and_undoes_the_batch) {
    std::mutex mutex;
    std::vector<std::string> wrong;
    int stories = 0;
    on_both([&](const Where& where) {
        std::vector<std::string> mine;
        const auto expect = [&](bool holds, const char* what) {
            if (!holds) mine.emplace_back(what);
        };
        const TrafficWorld world(where, logs(where), with_marks);
        const auto walk = world.session->walk(*world.plan);
        walk->dispose(2);
        walk->commit(witness("one", 2));
        const std::string before = everything(world);
        {
            OtherSession other(world.store);
            other.run(where.is_postgres() ? "BEGIN" : "START TRANSACTION");
            other.run("SELECT note FROM logs WHERE id = 8 FOR UPDATE");

            expect(kind_of([&] { walk->dispose(100); }) == Kind::busy, "busy");

            other.run("SELECT note FROM logs WHERE id = 4 FOR UPDATE"); // not locked by us any more
            other.run("COMMIT");
        }
        expect(everything(world) == before, "nothing changed");
        expect(finish(*walk, 100, "after").size() == 8u, "the rest goes");
        const std::scoped_lock lock(mutex);
        ++stories;
        wrong.insert(wrong.end(), mine.begin(), mine.end());
    });

    BOOST_TEST(wrong.empty());
    BOOST_TEST(stories == static_cast<int>(each_server().size()));
}

BOOST_AUTO_TEST_CASE(a_batch_that_waits_is_cancelled_from_another_thread_and_leaves_nothing) {
    for (const Where& where : each_server())
        for (const auto& rule : three_rules) BOOST_TEST_CONTEXT(where << "\n" << rule) {
                const TrafficWorld world(where, logs(where), rule);
                const std::string before = everything(world);
                const auto walk = world.session->walk(*world.plan);
                OtherSession other(world.store);
                other.run(where.is_postgres() ? "BEGIN" : "START TRANSACTION");
                other.run("SELECT note FROM logs WHERE id = 8 FOR UPDATE");
                auto batch = start_batch(*walk);
                BOOST_TEST(until_waiting(world.store));

                world.session->cancel();

                BOOST_CHECK(kind_of([&] { batch.get(); }) == Kind::cancelled);
                other.run("COMMIT");
                BOOST_TEST(everything(world) == before);
                BOOST_TEST(finish(*walk).size() == 10u);
            }
}

BOOST_AUTO_TEST_CASE(a_session_that_is_ended_in_a_batch_is_lost_and_a_new_one_does_the_work) {
    for (const Where& where : each_server())
        for (const auto& rule : three_rules) BOOST_TEST_CONTEXT(where << "\n" << rule) {
                const TrafficWorld world(where, logs(where), rule);
                const std::string before = everything(world);
                OtherSession other(world.store);
                auto session = world.open();
                auto walk = session->walk(*world.plan);
                other.run(where.is_postgres() ? "BEGIN" : "START TRANSACTION");
                other.run("SELECT note FROM logs WHERE id = 8 FOR UPDATE");
                auto batch = start_batch(*walk);
                BOOST_TEST(until_waiting(world.store));

                kill_connection(world.store, waiting_connections(world.store).at(0));

                BOOST_CHECK(kind_of([&] { batch.get(); }) == Kind::lost);
                BOOST_CHECK(kind_of([&] { walk->dispose(5); }) == Kind::lost);
                other.run("COMMIT");
                walk.reset();
                BOOST_TEST(everything(world) == before);
                BOOST_TEST(finish(*world.session->walk(*world.plan)).size() == 10u);
            }
}

BOOST_AUTO_TEST_CASE(an_answer_to_commit_that_is_lost_is_settled_by_the_witness) {
    for (const Where& where : each_server())
        for (const Cut cut : {Cut::before_commit, Cut::after_commit})
            for (const auto& rule : {std::string(mask_logs), with_marks})
                BOOST_TEST_CONTEXT(where << (cut == Cut::before_commit ? ", before\n" : ", after\n") << rule) {
                    TrafficWorld world(where, logs(where), rule);
                    const std::string before = everything(world);
                    CutProxy proxy(world.store);
                    const auto session = make_connector(proxy.settings(), Zone::utc())->open(Access::read_write);
                    const auto walk = session->walk(*world.plan);
                    BOOST_TEST(walk->dispose(6).keys.size() == 6u);
                    proxy.at_next_commit(cut);

                    BOOST_CHECK(kind_of([&] { walk->commit(witness("cut", 6)); }) == Kind::lost);

                    const bool committed = cut == Cut::after_commit;
                    BOOST_CHECK(world.session->settle("cut") ==
                                (committed ? Settled::committed : Settled::rolled_back));
                    BOOST_CHECK(world.session->settle("never heard of") == Settled::rolled_back);
                    BOOST_TEST((everything(world) == before) == !committed);
                    BOOST_TEST(world.session->witnesses().size() == (committed ? 1u : 0u));
                    BOOST_TEST(finish(*world.session->walk(*world.plan)).size() == (committed ? 4u : 10u));
                }
}

// The program's side is gone; the server has not noticed, and keeps the transaction open.
BOOST_AUTO_TEST_CASE(a_batch_whose_old_session_still_lives_is_in_doubt_and_settled_once_it_has_ended) {
    std::mutex mutex;
    std::vector<std::string> wrong;
    int stories = 0;
    on_both([&](const Where& where) {
        std::vector<std::string> mine;
        const auto expect = [&](bool holds, const char* what) {
            if (!holds) mine.emplace_back(what);
        };
        const TrafficWorld world(where, logs(where), with_marks);
        const std::string before = everything(world);
        CutProxy proxy(world.store);
        const auto session = make_connector(proxy.settings(), Zone::utc())->open(Access::read_write);
        const auto walk = session->walk(*world.plan);
        walk->dispose(6);
        proxy.at_next_commit(Cut::towards_the_program);
        expect(kind_of([&] { walk->commit(witness("cut", 6)); }) == Kind::lost, "lost");

        expect(world.session->settle("cut") == Settled::in_doubt, "in doubt");

        expect(world.session->witnesses().empty(), "no witness");
        proxy.let_go();
        expect(world.session->settle("cut") == Settled::rolled_back, "rolled back");
        expect(everything(world) == before, "nothing changed");
        expect(finish(*world.session->walk(*world.plan)).size() == 10u, "all goes");
        const std::scoped_lock lock(mutex);
        ++stories;
        wrong.insert(wrong.end(), mine.begin(), mine.end());
    });

    BOOST_TEST(wrong.empty());
    BOOST_TEST(stories == static_cast<int>(each_server().size()));
}

namespace {

template <class Server>
void restart_in_mid_walk(const Where& where) {
    Server server;
    TrafficWorld world(server, logs(where), with_marks);
    const auto walk = world.session->walk(*world.plan);
    BOOST_TEST(walk->dispose(3).keys.size() == 3u);
    walk->commit(witness("one", 3));
    const std::string before = everything(world);
    BOOST_TEST(walk->dispose(3).keys.size() == 3u);

    server.stop(true);

    BOOST_CHECK(kind_of([&] { walk->commit(witness("two", 3)); }) == Kind::lost);
    BOOST_CHECK(kind_of([&] { walk->dispose(3); }) == Kind::lost);
    BOOST_CHECK(kind_of([&] { world.open(); }) == Kind::lost);
    server.start();
    const auto session = world.open();
    BOOST_CHECK(session->settle("one") == Settled::committed);
    BOOST_CHECK(session->settle("two") == Settled::rolled_back);
    BOOST_TEST(everything(world) == before);
    BOOST_TEST(finish(*session->walk(*world.plan)).size() == 7u);
}

} // namespace

BOOST_AUTO_TEST_CASE(a_server_that_crashes_in_mid_walk_has_the_batches_that_were_committed_and_no_other) {
    for (const Where& where : each_server()) {
        if (where.is_postgres())
            restart_in_mid_walk<PostgresServer>(where);
        else
            restart_in_mid_walk<MariadbServer>(where);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention::test
