#include "connectors/others.hpp"

#include "connectors/connector.hpp"
#include "connectors/mariadb_connection.hpp"
#include "connectors/postgres_connection.hpp"
#include "tests/support/mariadb_server.hpp"
#include "tests/support/postgres_server.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>

using namespace retention;
using retention::test::MariadbServer;
using retention::test::PostgresServer;

namespace {

const std::string told = "SELECT pg_stat_force_next_flush()"; // at its next statement's end a session tells what it did

void attempt(Database& database, const Sql& sql) {
    try {
        database.execute(sql, "try");
    } catch (const StoreError&) {
        return;
    }
    BOOST_ERROR("nothing was refused");
}

// What a run sends, in each of the ways that a connection has.
void work(Database& database, const std::string& temporary) {
    for (int i = 0; i < 50; ++i) {
        database.begin_batch();
        database.execute("INSERT INTO d VALUES (" + Sql::value(std::int64_t{i}) + ")", "insert");
        while (i == 7 && database.query("SELECT i FROM d", "read")->next()) break; // and leaves the rest
        if (i % 2 == 0) database.commit();
        database.rollback();
        database.query_few("DELETE FROM d RETURNING i", "delete")->next();
        database.prepare("SELECT i FROM d", "prepare");
        attempt(database, "SELECT no_such_column FROM d");
        database.begin_batch();
        attempt(database, "INSERT INTO d VALUES (1), (1)");
        database.rollback();
        database.begin_snapshot();
        count_of(database, "SELECT count(*) FROM d", "count");
        database.rollback();
    }
    database.set_up({Sql(temporary)});
}

} // namespace

BOOST_AUTO_TEST_SUITE(others)

BOOST_AUTO_TEST_CASE(ours_are_taken_off_what_the_server_counts) {
    Others others;
    for (int i = 0; i < 5; ++i) others.sent();
    BOOST_TEST(others.seen(1005) == 0);

    for (int i = 0; i < 30; ++i) others.sent();
    BOOST_TEST(others.seen(1035) == 0);

    BOOST_TEST(others.seen(1075) == 40);
    BOOST_TEST(others.seen(1075) == 40);
}

BOOST_AUTO_TEST_CASE(ours_that_are_told_late_are_never_taken_for_others) {
    Others others;
    std::int64_t ours = 20, at_first = 500;
    for (int i = 0; i < 20; ++i) others.sent();
    BOOST_TEST(others.seen_late(at_first + 7, 90) == 0); // 13 of them are still to be told

    for (int second = 0; second < 5; ++second) {
        for (int i = 0; i < 40; ++i) others.sent();
        ours += 40;
        const std::int64_t told_late = second % 2 == 0 ? 40 : 0;
        BOOST_TEST(others.seen_late(at_first + ours - told_late, 70 + ours) == 0);
    }
}

BOOST_AUTO_TEST_CASE(others_that_are_told_late_are_seen_at_once_where_they_write) {
    Others others;
    others.sent();
    others.seen_late(1000, 300);

    others.sent();
    BOOST_TEST(others.seen_late(1000, 351) == 50); // one of the 51 is ours

    // from then on the server's own count is what counts: a trigger may begin a transaction for each row
    BOOST_TEST(others.seen_late(1000, 90'000) == 50);
    BOOST_TEST(others.seen_late(1402, 90'000) == 450);
}

BOOST_AUTO_TEST_CASE(our_batches_on_postgresql_are_not_taken_for_others) {
    if (!PostgresServer::missing().empty()) {
        BOOST_TEST_MESSAGE("skipped: " << PostgresServer::missing());
        return;
    }
    const PostgresServer server({"autovacuum = off", "max_parallel_workers_per_gather = 0"});
    server.run("postgres", "CREATE TABLE d (i bigint PRIMARY KEY)");
    const auto counted = std::make_shared<Others>();
    const auto connect = [&](const std::shared_ptr<Others>& count) {
        return connect_postgres(server.settings("postgres"), Access::read_write, {}, count);
    };
    const auto one = connect(counted), stranger = connect(nullptr);
    stranger->execute(told, "tell");
    one->execute(told, "tell");
    // What is not ours, when all have told.
    const auto theirs = [&] {
        const auto all =
            count_of(*one, "SELECT sum(xact_commit + xact_rollback)::bigint FROM pg_stat_database", "count");
        one->execute(told, "tell");
        return all - counted->own();
    };
    theirs();
    const auto at_first = theirs();
    others_of_postgres(*one, *counted);
    others_of_postgres(*one, *counted);
    const auto before = counted->own();

    const auto two = connect(counted);
    for (Database* database : {one.get(), two.get()}) {
        work(*database, "CREATE TEMPORARY TABLE t (i integer)");
        database->execute(told, "tell");
    }
    BOOST_TEST(counted->own() - before > 500);
    BOOST_TEST(theirs() == at_first);
    BOOST_TEST(others_of_postgres(*one, *counted) == 0);

    for (int i = 0; i < 800; ++i) stranger->execute("SELECT 1", "work");
    stranger->execute(told, "tell");
    const auto seen = others_of_postgres(*two, *counted);
    BOOST_TEST(seen > 800 - 100); // what ours had not told at first
    BOOST_TEST(seen <= 801);
}

BOOST_AUTO_TEST_CASE(our_batches_on_mariadb_are_not_taken_for_others) {
    if (!MariadbServer::missing().empty()) {
        BOOST_TEST_MESSAGE("skipped: " << MariadbServer::missing());
        return;
    }
    MariadbServer server;
    const auto name = server.make_database();
    server.run(name, "CREATE TABLE d (i BIGINT PRIMARY KEY)");
    const auto counted = std::make_shared<Others>();
    const auto connect = [&](const std::shared_ptr<Others>& count) {
        return connect_mariadb(server.settings(name), Access::read_write, {}, count);
    };
    const auto one = connect(counted), two = connect(counted), stranger = connect(nullptr);
    others_of_mariadb(*one, *counted);
    const auto before = counted->own();

    work(*one, "CREATE TEMPORARY TABLE t (i integer)");
    work(*two, "CREATE TEMPORARY TABLE t (i integer)");
    BOOST_TEST(counted->own() - before > 500);
    BOOST_TEST(others_of_mariadb(*one, *counted) == 0);

    for (int i = 0; i < 100; ++i) stranger->execute("SELECT 1", "work");
    BOOST_TEST(others_of_mariadb(*two, *counted) == 100);
}

BOOST_AUTO_TEST_CASE(a_role_without_any_right_can_ask) {
    const auto asks = [](const StoreSettings& settings) {
        const auto connector = make_connector(settings, Zone::load("UTC").value());
        const auto session = connector->open(Access::read_only);
        BOOST_TEST(session->others().value().requests == 0);
        session->spare_processors();
        BOOST_TEST((session->others().value().over > std::chrono::microseconds{0}));
    };
    if (auto* server = PostgresServer::shared()) {
        const auto name = server->make_database();
        server->run("postgres", "CREATE ROLE \"asks_" + name + "\" LOGIN");
        asks(server->settings(name, "asks_" + name));
    } else {
        BOOST_TEST_MESSAGE("skipped: " << PostgresServer::missing());
    }
    if (auto* server = MariadbServer::shared()) {
        const auto name = server->make_database();
        server->run(name, "CREATE USER `asks`@`localhost`; GRANT CREATE TEMPORARY TABLES ON `" + name +
                              "`.* TO `asks`@`localhost`");
        asks(server->settings(name, "asks"));
    } else {
        BOOST_TEST_MESSAGE("skipped: " << MariadbServer::missing());
    }
}

BOOST_AUTO_TEST_SUITE_END()
