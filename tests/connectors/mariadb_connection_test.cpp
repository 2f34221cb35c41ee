#include "connectors/mariadb_connection.hpp"
#include "tests/support/mariadb_server.hpp"

#include <boost/test/unit_test.hpp>

#include <arpa/inet.h>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <future>
#include <limits>
#include <netinet/in.h>
#include <random>
#include <soci/mysql/soci-mysql.h>
#include <soci/soci.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace {

using namespace retention;
using namespace retention::test;
using Kind = StoreError::Kind;

struct Store {
    MariadbServer* server = MariadbServer::shared();
    std::string database;

    Store() {
        if (server) database = server->make_database();
    }
    bool missing() const {
        if (!server) BOOST_TEST_MESSAGE("skipped: " << MariadbServer::missing());
        return !server;
    }
    void run(const std::string& script) const { server->run(database, script); }
    std::vector<std::string> rows(const std::string& query) const { return server->rows(database, query); }
    std::string value(const std::string& query) const { return rows(query).at(0); }
    std::unique_ptr<Database> open(Access access = Access::read_write, const Patience& patience = {}) const {
        return connect_mariadb(server->settings(database), access, patience);
    }
};

std::vector<std::string> read(Database& database, const Sql& sql) {
    const auto rows = database.query(sql, "read");
    std::vector<std::string> texts;
    while (rows->next()) {
        std::string text;
        for (std::size_t i = 0; i < rows->columns(); ++i) {
            if (i > 0) text += '|';
            text += rows->is_null(i) ? "NULL" : std::string(rows->text(i));
        }
        texts.push_back(std::move(text));
    }
    return texts;
}

Value value_of(Database& database, const Sql& sql) {
    const auto rows = database.query(sql, "read a value");
    BOOST_REQUIRE(rows->next());
    return rows->value(0);
}

template <typename Work>
StoreError error_of(Work&& work) {
    try {
        work();
    } catch (const StoreError& error) {
        return error;
    }
    BOOST_FAIL("no StoreError");
    throw std::logic_error("unreachable");
}

template <typename Work>
Kind kind_of(Work&& work) {
    const auto error = error_of(std::forward<Work>(work));
    BOOST_TEST_MESSAGE(error.what());
    return error.kind;
}

std::string id_of(Database& database) {
    return read(database, "SELECT CONNECTION_ID()").at(0);
}

// Until a statement is seen to wait for a row. (innodb_trx would not do: who asks too often is told the same again.)
void wait_until_blocked(const Store& store) {
    while (store.value("SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'").ends_with("|0"))
        std::this_thread::yield();
}

std::size_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::size_t all = 0, resident = 0;
    file >> all >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

bool contains(std::string_view text, std::string_view what) {
    return text.find(what) != text.npos;
}

// What a stored date is, also one that no calendar has.
const char* const all_types =
    "CREATE TABLE t (n INT PRIMARY KEY, big BIGINT UNSIGNED, small TINYINT, flag BOOLEAN, padded INT(8) ZEROFILL,"
    " money DECIMAL(30,10), single FLOAT, twice DOUBLE, day DATE, moment DATETIME, exact DATETIME(6), milli "
    "DATETIME(3),"
    " zoned TIMESTAMP NULL, zoned6 TIMESTAMP(6) NULL, span TIME, span6 TIME(6), anno YEAR, bits BIT(10), word BIT(64),"
    " kind ENUM('a','b'), kinds SET('x','y'), doc JSON, fixed BINARY(16), bytes BLOB, id UUID, net INET6, words TEXT,"
    " old VARCHAR(20) CHARACTER SET latin1, padding CHAR(5));"
    "SET sql_mode = '', time_zone = '+00:00';"
    "INSERT INTO t VALUES"
    " (1, 18446744073709551615, -128, 1, 42, 12345678901234567890.0123456789, 1.1, 0.1, '2024-02-29',"
    "  '2024-02-29 23:59:59', '2024-02-29 23:59:59.000001', '2024-02-29 23:59:59.120', '2024-02-29 23:59:59',"
    "  '2024-02-29 23:59:59.100000', '-838:59:59', '01:02:03.000004', 2024, 5, 18446744073709551615, 'b', 'x,y',"
    "  '{\"a\":1}', UNHEX('000102ff'), UNHEX('61006200'), '123e4567-e89b-12d3-a456-426655440000', '2001:db8::ff',"
    "  REPEAT('\xF0\x9F\x98\x80', 5000), 'gr\xC3\xBC\xC3\x9F', 'ab'),"
    " (2, 0, 0, 0, 0, -0.5, 1e30, 1e-300, '0000-00-00', '0000-00-00', '0000-00-00', '0000-00-00', '0000-00-00',"
    "  '0000-00-00', '00:00:00', '-00:00:00.5', 0, 0, 0, '', '', '[]', '', '', NULL, '::1', '', '', ''),"
    " (3, 1, 1, 1, 1, 1, 123456.789, 12345678901234567890.5, '2024-00-00', '9999-12-31 23:59:59', '1000-01-01', NULL,"
    "  NULL, NULL, '25:00:00', NULL, 1901, 1023, 1, 'a', 'y', 'null', 'x', 'x', NULL, NULL, 'x', 'x', 'x'),"
    " (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,"
    "  NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)";

} // namespace

BOOST_FIXTURE_TEST_SUITE(mariadb_connections, Store)

BOOST_AUTO_TEST_CASE(reads_every_type_as_the_server_prints_it) {
    if (missing()) return;
    run(all_types);
    const auto database_of = open();

    // BIT has no text of its own: bytes there, a number here.
    const std::string query = "SELECT n, big, small, flag, padded, money, single, twice, day, moment, exact, milli,"
                              " zoned, zoned6, span, span6, anno, kind, kinds, doc, fixed, bytes, id, net, words, old,"
                              " padding FROM t ORDER BY n";
    const auto ours = read(*database_of, query), theirs = rows("SET time_zone = '+00:00'; " + query);

    BOOST_TEST(ours == theirs, boost::test_tools::per_element());
    BOOST_TEST(read(*database_of, "SELECT bits, word FROM t ORDER BY n") ==
                   (std::vector<std::string>{"5|18446744073709551615", "0|0", "1023|1", "NULL|NULL"}),
               boost::test_tools::per_element());
    BOOST_TEST(ours[1].starts_with("2|0|0|0|00000000|-0.5000000000|1e30|1e-300|0000-00-00|0000-00-00 00:00:00|"
                                   "0000-00-00 00:00:00.000000|0000-00-00 00:00:00.000|"));
}

BOOST_AUTO_TEST_CASE(reads_random_numbers_as_the_server_prints_them) {
    if (missing()) return;
    const auto seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    const auto database_of = open();
    run("CREATE TABLE t (n INT PRIMARY KEY, f FLOAT, d DOUBLE, fixed DOUBLE(40,5), i BIGINT, m DECIMAL(40,20))");

    for (int n = 0; n < 500; ++n) {
        double number = std::bit_cast<double>(random());
        if (!std::isfinite(number)) number = 0.1;
        const auto whole = std::bit_cast<std::int64_t>(random());
        const double small = static_cast<double>(whole) / 1e9;
        database_of->execute("INSERT INTO t VALUES (" + Sql::value(std::int64_t{n}) + ", " + Sql::value(small) + ", " +
                                 Sql::value(number) + ", " + Sql::value(small) + ", " + Sql::value(whole) + ", " +
                                 Sql::value(std::to_string(whole) + ".25") + ")",
                             "insert");
        BOOST_TEST(
            std::get<std::string>(value_of(*database_of, "SELECT i FROM t WHERE n = " + Sql::value(std::int64_t{n}))) ==
            std::to_string(whole));
        const auto back = read(*database_of, "SELECT d FROM t WHERE n = " + Sql::value(std::int64_t{n}));
        BOOST_TEST(std::strtod(back.at(0).c_str(), nullptr) == number);
    }

    BOOST_TEST(read(*database_of, "SELECT * FROM t ORDER BY n") == rows("SELECT * FROM t ORDER BY n"),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(gives_back_what_was_bound) {
    if (missing()) return;
    const auto database_of = open();
    const std::string zeros("a\0b\0", 4);
    run("CREATE TABLE t (n BIGINT, r DOUBLE, w TEXT, b BLOB)");

    for (const std::int64_t n :
         {std::int64_t{0}, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()})
        BOOST_TEST(std::get<std::string>(value_of(*database_of, "SELECT " + Sql::value(n))) == std::to_string(n));
    BOOST_TEST(std::get<std::string>(value_of(*database_of, "SELECT " + Sql::value(0.1))) == "0.1");
    for (const auto& text : {std::string("it's \"\\ :b ? # -- \xF0\x9F\x98\x80"), zeros, std::string()})
        BOOST_TEST((value_of(*database_of, "SELECT " + Sql::value(text)) == Value(text)));
    BOOST_TEST((value_of(*database_of, "SELECT " + Sql::value(Value())) == Value()));

    const Blob bytes{zeros + "\xff\xfe"};
    database_of->execute("INSERT INTO t (w, b) VALUES (" + Sql::value(zeros) + ", " + Sql::value(bytes) + ")",
                         "insert");
    BOOST_TEST((value_of(*database_of, "SELECT b FROM t") == Value(bytes)));
    BOOST_TEST((value_of(*database_of, "SELECT w FROM t") == Value(zeros)));
}

BOOST_AUTO_TEST_CASE(knows_bytes_from_text) {
    if (missing()) return;
    run("CREATE TABLE t (b BINARY(2), v VARBINARY(9), l LONGBLOB, c CHAR(2), w TEXT, j JSON, u UUID, i INET6, y "
        "BIT(8));"
        "INSERT INTO t VALUES ('ab', 'ab', 'ab', 'ab', 'ab', '1', UUID(), '::1', 3)");
    const auto database_of = open();
    const auto rows_of = database_of->query("SELECT * FROM t", "read");

    BOOST_REQUIRE(rows_of->next());

    for (std::size_t i = 0; i < rows_of->columns(); ++i)
        BOOST_TEST(std::holds_alternative<Blob>(rows_of->value(i)) == (i < 3), "column " << i);
}

BOOST_AUTO_TEST_CASE(counts_in_whole_numbers) {
    if (missing()) return;
    const auto database_of = open();
    const auto rows_of = database_of->query(
        "SELECT 18446744073709551615, -9223372036854775808, -12.99, 7.9, NULL, TRUE, '12abc', b'101'", "read");

    BOOST_REQUIRE(rows_of->next());

    BOOST_TEST(rows_of->integer(0) == std::numeric_limits<std::int64_t>::max());
    BOOST_TEST(rows_of->integer(1) == std::numeric_limits<std::int64_t>::min());
    BOOST_TEST(rows_of->integer(2) == -12);
    BOOST_TEST(rows_of->integer(3) == 7);
    BOOST_TEST(rows_of->integer(4) == 0);
    BOOST_TEST(rows_of->integer(5) == 1);
    BOOST_TEST(rows_of->integer(6) == 12);
}

BOOST_AUTO_TEST_CASE(says_the_types_of_a_query_that_it_does_not_run) {
    if (missing()) return;
    run(all_types);
    const auto database_of = open();

    const auto families = database_of->prepare(
        "SELECT n, flag, money, twice, day, moment, zoned, span, anno, bits, kind, doc, fixed, bytes, id, net, words"
        " FROM t WHERE SLEEP(1000) = " +
            Sql::value(std::int64_t{0}),
        "prepare");

    using enum TypeFamily;
    const std::vector<TypeFamily> wanted{integer,          integer, real,    real,    date, time_stamp,
                                         zoned_time_stamp, other,   integer, integer, text, text,
                                         binary,           binary,  uuid,    address, text};
    BOOST_REQUIRE(families.size() == wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i)
        BOOST_TEST(static_cast<int>(families[i]) == static_cast<int>(wanted[i]), "column " << i);
    BOOST_TEST(database_of->prepare("DELETE FROM t", "prepare").empty());
    BOOST_TEST(value("SELECT COUNT(*) FROM t") == "4");
    BOOST_TEST((kind_of([&] { database_of->prepare("SELECT gone FROM t", "prepare"); }) == Kind::refused));
    BOOST_TEST((kind_of([&] { database_of->prepare("SELECT FROM WHERE", "prepare"); }) == Kind::refused));
}

// notes: SOCI's parser ends a statement at an unquoted colon, and the rest of its condition with it.
struct Disposal {
    const char *before, *after;
    std::int64_t rows;
};
const Disposal disposals[] = {
    {"DELETE FROM d # rule:old\nWHERE id < ", "", 4},
    {"DELETE FROM d -- rule:old\nWHERE id < ", "", 4},
    {"DELETE FROM d /* rule:old */ WHERE id < ", "", 4},
    {"DELETE FROM d /*! WHERE id < ", " */", 4},
    {"DELETE FROM d WHERE note = \"a:b\" AND id < ", "", 4},
    {"DELETE FROM d WHERE `a:b` < ", "", 4},
    {"DELETE FROM d WHERE note <> 'it\\'s :b' AND id < ", "", 4},
    {"DELETE FROM d WHERE note <> 'what? \"' AND id < ", "", 4},
};

BOOST_AUTO_TEST_CASE(colons_comments_and_quotes_do_not_change_what_is_deleted) {
    if (missing()) return;
    const auto database_of = open();

    for (const auto& [before, after, wanted] : disposals) {
        for (const bool bound : {true, false}) {
            BOOST_TEST_CONTEXT(before << (bound ? "bound" : "unbound")) {
                run("CREATE OR REPLACE TABLE d (id INT PRIMARY KEY, `a:b` INT, note TEXT)"
                    " SELECT seq AS id, seq AS `a:b`, 'a:b' AS note FROM seq_1_to_100");
                const Sql limit = bound ? Sql::value(std::int64_t{5}) : Sql("5");
                BOOST_TEST(database_of->execute(before + limit + after, "delete") == wanted);
                BOOST_TEST(value("SELECT COUNT(*) FROM d") == std::to_string(100 - wanted));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(what_no_server_understands_deletes_nothing) {
    if (missing()) return;
    const auto database_of = open();
    run("CREATE TABLE d (id INT PRIMARY KEY) SELECT seq AS id FROM seq_1_to_100");

    for (const char* text : {"DELETE FROM d WHERE 1 :x AND id < 5", "DELETE FROM d; DELETE FROM d",
                             "DELETE FROM d WHERE id < 5; DELETE FROM d WHERE 1", "DELETE FROM d WHERE id < ?"})
        BOOST_TEST_CONTEXT(text)
    BOOST_CHECK_THROW(database_of->execute(text, "delete"), StoreError);
    BOOST_CHECK_THROW(database_of->execute(Sql(std::string("DELETE FROM d\0WHERE id < 5", 27)), "delete"), StoreError);

    BOOST_TEST(value("SELECT COUNT(*) FROM d") == "100");
}

BOOST_AUTO_TEST_CASE(socis_own_statements_would_have_deleted_all) {
    if (missing()) return;
    run("CREATE TABLE d (id INT PRIMARY KEY) SELECT seq AS id FROM seq_1_to_100");
    const auto settings = server->settings(database);

    soci::session session(*soci::factory_mysql(),
                          "user=root db=" + database + " unix_socket=" + settings.server.hosts[0].name);
    session << "DELETE FROM d # rule:old\nWHERE id < 5";

    BOOST_TEST(value("SELECT COUNT(*) FROM d") == "0");
}

BOOST_AUTO_TEST_CASE(counts_rows_that_matched) {
    if (missing()) return;
    const auto database_of = open();
    run("CREATE TABLE d (id INT PRIMARY KEY, v INT, up INT, FOREIGN KEY (up) REFERENCES d (id) ON DELETE CASCADE);"
        "INSERT INTO d VALUES (1, 1, NULL), (2, 1, 1), (3, 1, 1), (4, 1, NULL)");

    BOOST_TEST(database_of->execute("UPDATE d SET v = 1", "update") == 4);
    BOOST_TEST(database_of->execute("DELETE FROM d WHERE id = 1", "delete") == 1); // not what went by cascade
    BOOST_TEST(value("SELECT COUNT(*) FROM d") == "1");
    BOOST_TEST(database_of->execute("SELECT id FROM d", "look") == 0);
    BOOST_TEST(database_of->execute("CREATE TEMPORARY TABLE x (a INT)", "create") == 0);
    BOOST_TEST(database_of->execute("INSERT INTO x SELECT seq FROM seq_1_to_10", "fill") == 10);
}

BOOST_AUTO_TEST_CASE(sends_what_cannot_be_prepared_as_it_is) {
    if (missing()) return;
    const auto database_of = open();
    run("CREATE TABLE d (id INT PRIMARY KEY); INSERT INTO d VALUES (1)");

    database_of->execute("PREPARE later FROM 'DELETE FROM d'", "prepare by name");
    database_of->execute("EXECUTE later", "execute");

    BOOST_TEST(value("SELECT COUNT(*) FROM d") == "0");
    BOOST_TEST(read(*database_of, "SELECT 1").at(0) == "1");
}

BOOST_AUTO_TEST_CASE(a_million_rows_take_no_memory) {
    if (missing()) return;
    const auto database_of = open();
    const auto rows_of = database_of->query("SELECT seq, REPEAT('x', 100) FROM seq_1_to_1000000", "stream");
    BOOST_REQUIRE(rows_of->next());
    const auto before = resident_bytes();

    std::int64_t count = 1, sum = rows_of->integer(0);
    for (; rows_of->next(); ++count) sum += rows_of->integer(0);

    BOOST_TEST(count == 1'000'000);
    BOOST_TEST(sum == 500'000'500'000);
    BOOST_TEST(resident_bytes() < before + (4U << 20));
    BOOST_TEST(!rows_of->next());
    BOOST_TEST(read(*database_of, "SELECT 1").at(0) == "1"); // its rows at an end, it no longer holds the connection
}

BOOST_AUTO_TEST_CASE(values_longer_than_any_before_are_whole) {
    if (missing()) return;
    const auto database_of = open();

    const auto lines = read(*database_of, "SELECT REPEAT('a', seq * 700), seq, REPEAT('b', 5000 - seq * 100),"
                                          " REPEAT('\xC3\xBC', seq) FROM seq_1_to_40");

    BOOST_REQUIRE(lines.size() == 40);
    for (std::size_t n = 1; n <= 40; ++n) {
        std::string umlauts;
        for (std::size_t i = 0; i < n; ++i) umlauts += "\xC3\xBC";
        const auto bees = std::string(5000 - n * 100, 'b');
        BOOST_TEST((lines[n - 1] == std::string(n * 700, 'a') + "|" + std::to_string(n) + "|" + bees + "|" + umlauts));
    }
}

BOOST_AUTO_TEST_CASE(rows_left_early_leave_the_connection_usable) {
    if (missing()) return;
    const auto database_of = open();
    const auto id = id_of(*database_of);
    database_of->begin_batch();
    database_of->execute("CREATE TEMPORARY TABLE kept (a INT)", "create");
    database_of->execute("INSERT INTO kept VALUES (1)", "insert");

    for (const int taken : {0, 1, 500, 5000}) {
        auto rows_of = database_of->query("SELECT seq, REPEAT('x', 100) FROM seq_1_to_100000000", "stream");
        for (int n = 0; n < taken; ++n) BOOST_REQUIRE(rows_of->next());
        rows_of.reset();

        BOOST_TEST(read(*database_of, "SELECT 42").at(0) == "42");
    }
    BOOST_TEST(id_of(*database_of) == id);
    BOOST_TEST(database_of->in_transaction());
    BOOST_TEST(read(*database_of, "SELECT a FROM kept").at(0) == "1");
    database_of->commit();
}

BOOST_AUTO_TEST_CASE(a_statement_among_the_rows_of_another_is_refused) {
    if (missing()) return;
    const auto database_of = open();
    run("CREATE TABLE d (id INT PRIMARY KEY); INSERT INTO d VALUES (1), (2), (3)");
    const auto rows_of = database_of->query("SELECT id FROM d ORDER BY id", "read the first");
    BOOST_REQUIRE(rows_of->next());

    const auto error = error_of([&] { database_of->execute("DELETE FROM d", "delete"); });
    BOOST_TEST((error.kind == Kind::failed));
    BOOST_TEST(contains(error.what(), "\"read the first\""));
    BOOST_CHECK_THROW(database_of->commit(), StoreError);

    BOOST_REQUIRE(rows_of->next());
    BOOST_TEST(rows_of->integer(0) == 2);
    BOOST_TEST(value("SELECT COUNT(*) FROM d") == "3");
}

BOOST_AUTO_TEST_CASE(a_batch_sees_commits_and_a_snapshot_does_not) {
    if (missing()) return;
    run("CREATE TABLE d (id INT PRIMARY KEY); INSERT INTO d VALUES (1)");
    const auto batch = open(), looking = open(Access::read_only);
    batch->begin_batch();
    looking->begin_snapshot();
    BOOST_TEST(batch->in_transaction());
    BOOST_TEST(looking->in_transaction());

    run("INSERT INTO d VALUES (2)");

    BOOST_TEST(count_of(*batch, "SELECT COUNT(*) FROM d", "count") == 2);
    BOOST_TEST(count_of(*looking, "SELECT COUNT(*) FROM d", "count") == 1);
    batch->rollback();
    looking->rollback();
    BOOST_TEST(!batch->in_transaction());
    BOOST_TEST(!looking->in_transaction());
    BOOST_TEST(count_of(*looking, "SELECT COUNT(*) FROM d", "count") == 2);
}

BOOST_AUTO_TEST_CASE(what_only_looks_cannot_write) {
    if (missing()) return;
    run("CREATE TABLE d (id INT PRIMARY KEY); INSERT INTO d VALUES (1)");
    const auto looking = open(Access::read_only), writing = open();

    BOOST_TEST((kind_of([&] { looking->execute("DELETE FROM d", "delete"); }) == Kind::refused));
    looking->begin_batch();
    BOOST_TEST((kind_of([&] { looking->execute("DELETE FROM d", "delete"); }) == Kind::refused));
    looking->rollback();
    writing->begin_snapshot();
    BOOST_TEST((kind_of([&] { writing->execute("DELETE FROM d", "delete"); }) == Kind::refused));
    writing->rollback();

    BOOST_TEST(value("SELECT COUNT(*) FROM d") == "1");
    writing->begin_batch();
    BOOST_TEST(writing->execute("DELETE FROM d", "delete") == 1);
    writing->commit();
    BOOST_TEST(value("SELECT COUNT(*) FROM d") == "0");
}

BOOST_AUTO_TEST_CASE(what_only_looks_fills_temporary_tables) {
    if (missing()) return;
    run("CREATE TABLE d (id INT PRIMARY KEY); INSERT INTO d VALUES (1), (2)");
    const auto looking = open(Access::read_only);
    const Sql make = "CREATE TEMPORARY TABLE s (id INT PRIMARY KEY)";

    looking->execute(make, "make");
    BOOST_TEST((kind_of([&] { looking->execute(make, "make"); }) == Kind::failed)); // it is there
    BOOST_TEST((kind_of([&] { looking->execute("DELETE FROM d", "delete"); }) == Kind::refused));
    BOOST_TEST((kind_of([&] { looking->execute("CREATE TABLE e (id INT)", "make"); }) == Kind::refused));
    looking->begin_snapshot();
    BOOST_TEST(looking->execute("INSERT INTO s SELECT id FROM d", "fill") == 2);
    BOOST_TEST(looking->execute("DELETE FROM s WHERE id = 1", "empty") == 1);
    BOOST_TEST((kind_of([&] { looking->execute("DELETE FROM d", "delete"); }) == Kind::refused));
    BOOST_TEST((kind_of([&] { looking->execute("CREATE TEMPORARY TABLE z (i INT)", "make"); }) == Kind::refused));
    looking->rollback();
    looking->execute("DROP TEMPORARY TABLE s", "drop");

    BOOST_TEST((kind_of([&] { looking->execute("DELETE FROM d", "delete"); }) == Kind::refused));
    BOOST_TEST(value("SELECT COUNT(*) FROM d") == "2");
}

BOOST_AUTO_TEST_CASE(one_of_two_in_a_deadlock_is_busy) {
    if (missing()) return;
    run("CREATE TABLE d (id INT PRIMARY KEY, v INT); INSERT INTO d VALUES (1, 0), (2, 0)");
    const auto first = open(), second = open();
    first->begin_batch();
    second->begin_batch();
    first->execute("UPDATE d SET v = 1 WHERE id = 1", "update");
    second->execute("UPDATE d SET v = 2 WHERE id = 2", "update");

    const auto try_it = [](Database& database_of, const char* text) {
        try {
            database_of.execute(text, "update");
            return true;
        } catch (const StoreError& error) {
            BOOST_TEST((error.kind == Kind::busy));
            return false;
        }
    };
    auto waiting = std::async(std::launch::async, try_it, std::ref(*first), "UPDATE d SET v = 1 WHERE id = 2");
    wait_until_blocked(*this);
    const bool second_done = try_it(*second, "UPDATE d SET v = 2 WHERE id = 1");
    const bool first_done = waiting.get();

    BOOST_TEST(first_done != second_done);
    // The server has undone all of it: what came after would commit by itself. Nothing does before the rollback.
    auto& beaten = first_done ? *second : *first;
    BOOST_TEST((kind_of([&] { beaten.execute("DELETE FROM d", "delete"); }) == Kind::failed));
    BOOST_CHECK_THROW(beaten.commit(), StoreError);
    beaten.rollback();
    (first_done ? *first : *second).commit();
    BOOST_TEST(rows("SELECT v FROM d") == std::vector<std::string>(2, first_done ? "1" : "2"));
    BOOST_TEST(beaten.execute("DELETE FROM d", "delete") == 2);
}

BOOST_AUTO_TEST_CASE(a_lock_timeout_leaves_the_transaction_open_until_it_is_rolled_back) {
    if (missing()) return;
    run("CREATE TABLE d (id INT PRIMARY KEY, v INT); INSERT INTO d VALUES (1, 0)");
    const auto holder = open();
    const auto database_of = open(Access::read_write, Patience{.lock = std::chrono::milliseconds(1)});
    const auto id = id_of(*database_of);
    holder->begin_batch();
    holder->execute("UPDATE d SET v = 1", "update");
    database_of->begin_batch();
    database_of->execute("INSERT INTO d VALUES (2, 2)", "insert");

    const auto kind = kind_of([&] { database_of->execute("DELETE FROM d WHERE id = 1", "delete"); });

    BOOST_TEST((kind == Kind::busy));
    BOOST_TEST(value("SELECT trx_rows_modified FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = " + id) ==
               "1"); // the server has not undone the insert
    BOOST_CHECK_THROW(database_of->commit(), StoreError);
    database_of->rollback();
    holder->commit();
    BOOST_TEST(rows("SELECT id FROM d") == std::vector<std::string>{"1"});
    BOOST_TEST(database_of->execute("DELETE FROM d WHERE id = 1", "delete") == 1);
}

BOOST_AUTO_TEST_CASE(a_statement_that_takes_too_long_is_ended_by_the_server) {
    if (missing()) return;
    const auto database_of = open(Access::read_write, Patience{.statement = std::chrono::milliseconds(50)});

    const auto kind =
        kind_of([&] { read(*database_of, "SELECT COUNT(*) FROM seq_1_to_1000000 a, seq_1_to_1000000 b"); });

    BOOST_TEST((kind == Kind::busy));
    BOOST_TEST(read(*database_of, "SELECT 1").at(0) == "1");
    BOOST_TEST(read(*open(), "SELECT @@max_statement_time").at(0) == "600.000000");
    BOOST_TEST(read(*open(Access::read_only, {std::chrono::seconds{9}, {}, {}}), "SELECT @@max_statement_time").at(0) ==
               "0.000000");
}

struct Refusal {
    const char* text;
    Kind kind;
    const char* said;
};
const Refusal refusals[] = {
    {"INSERT INTO d VALUES (1, 'ann@example.org', 1)", Kind::refused, "Duplicate entry for key"},
    {"INSERT INTO d VALUES (7, 'ann@example.org', 1)", Kind::refused, "Duplicate entry for key 'email'"},
    {"INSERT INTO d VALUES (7, 'x'' for key ''x''', 1), (8, 'x'' for key ''x''', 1)", Kind::refused,
     "Duplicate entry for key 'email'"},
    {"INSERT INTO d VALUES (7, NULL, 1)", Kind::refused, "cannot be null"},
    {"INSERT INTO d (id) VALUES (7)", Kind::refused, "default value"},
    {"INSERT INTO d VALUES (7, 'a', 999)", Kind::refused, "a foreign key constraint fails"},
    {"DELETE FROM up", Kind::refused, "a foreign key constraint fails"},
    {"INSERT INTO d VALUES (7, REPEAT('a', 99), 1)", Kind::refused, "too long for column 'email'"},
    {"INSERT INTO d VALUES (99999999999, 'a', 1)", Kind::refused, "Out of range value for column 'id'"},
    {"INSERT INTO d VALUES ('ann@example.org', 'a', 1)", Kind::refused, "for column"},
    {"UPDATE d SET id = 'ann@example.org' + 0", Kind::refused, "Truncated incorrect DOUBLE value"},
    {"INSERT INTO days VALUES ('ann@example.org')", Kind::refused, "for column"},
    {"INSERT INTO checked VALUES (-1)", Kind::refused, "CONSTRAINT"},
    {"INSERT INTO stopped VALUES (1)", Kind::refused, "not on a Sunday"},
    {"SELECT gone FROM d", Kind::refused, "Unknown column 'gone'"},
    {"SELECT * FROM gone", Kind::refused, "doesn't exist"},
    {"SELEC 1", Kind::refused, "syntax"},
    {"UPDATE d SET id = 1 / 0", Kind::refused, "Division by 0"},
    {"SELECT (SELECT seq FROM seq_1_to_2)", Kind::failed, "more than 1 row"},
};

BOOST_AUTO_TEST_CASE(what_the_server_refuses_is_refused_without_the_values) {
    if (missing()) return;
    run("CREATE TABLE up (id INT PRIMARY KEY); INSERT INTO up VALUES (1);"
        "CREATE TABLE d (id INT PRIMARY KEY, email VARCHAR(50) NOT NULL, up INT, UNIQUE KEY email (email),"
        " FOREIGN KEY (up) REFERENCES up (id)); INSERT INTO d VALUES (1, 'ann@example.org', 1);"
        "CREATE TABLE days (d DATE); CREATE TABLE checked (n INT CHECK (n > 0)); CREATE TABLE stopped (n INT);"
        "CREATE TRIGGER stop BEFORE INSERT ON stopped FOR EACH ROW"
        " BEGIN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not on a Sunday'; END");
    const auto database_of = open();

    for (const auto& [text, kind, said] : refusals) {
        BOOST_TEST_CONTEXT(text) {
            const auto error = error_of([&, sql = text] {
                database_of->begin_batch();
                database_of->execute(sql, "try it");
            });
            database_of->rollback();
            BOOST_TEST((error.kind == kind));
            BOOST_TEST(contains(error.what(), said), error.what());
            BOOST_TEST(!contains(error.what(), "ann@"), error.what());
            BOOST_TEST(std::string(error.what()).starts_with("store 'store': try it: "), error.what());
        }
    }
    BOOST_TEST(value("SELECT COUNT(*) FROM d") == "1");
}

BOOST_AUTO_TEST_CASE(a_right_that_is_missing_is_refused) {
    if (missing()) return;
    run("CREATE TABLE d (id INT PRIMARY KEY, v INT);"
        "CREATE OR REPLACE USER reader@localhost; GRANT SELECT (id) ON d TO reader@localhost");
    const auto database_of = connect_mariadb(server->settings(database, "reader"), Access::read_write);

    BOOST_TEST(read(*database_of, "SELECT id FROM d").empty());
    BOOST_TEST((kind_of([&] { database_of->execute("DELETE FROM d", "delete"); }) == Kind::refused)); // 1142
    BOOST_TEST((kind_of([&] { read(*database_of, "SELECT v FROM d"); }) == Kind::refused));           // 1143
    BOOST_TEST((kind_of([&] { read(*database_of, "SELECT * FROM mysql.user"); }) == Kind::refused));
    BOOST_TEST((kind_of([&] { database_of->execute("SET GLOBAL sync_binlog = 1", "set"); }) == Kind::refused)); // 1227
}

BOOST_AUTO_TEST_CASE(cancel_ends_the_statement_that_runs_and_no_other) {
    if (missing()) return;
    run("CREATE TABLE d (id INT PRIMARY KEY, v INT); INSERT INTO d VALUES (1, 0)");
    const auto database_of = open(), holder = open();
    const auto id = id_of(*database_of);
    holder->begin_batch();
    holder->execute("UPDATE d SET v = 1", "update");
    database_of->begin_batch();
    database_of->execute("INSERT INTO d VALUES (2, 0)", "insert");
    database_of->cancel(); // nothing runs

    auto waiting = std::async(std::launch::async,
                              [&] { return kind_of([&] { database_of->execute("DELETE FROM d", "delete"); }); });
    wait_until_blocked(*this);
    database_of->cancel();

    BOOST_TEST((waiting.get() == Kind::cancelled));
    BOOST_TEST(count_of(*database_of, "SELECT COUNT(*) FROM seq_1_to_1000", "count") == 1000);
    database_of->rollback();
    holder->commit();
    BOOST_TEST(id_of(*database_of) == id);
    BOOST_TEST(rows("SELECT id, v FROM d") == std::vector<std::string>{"1|1"});
}

BOOST_AUTO_TEST_CASE(cancel_ends_the_reading_of_rows) {
    if (missing()) return;
    const auto database_of = open();
    auto rows_of = database_of->query("SELECT seq, REPEAT('x', 100) FROM seq_1_to_100000000", "stream");
    BOOST_REQUIRE(rows_of->next());

    database_of->cancel();

    BOOST_TEST((kind_of([&] {
                    while (rows_of->next()) {
                    }
                }) == Kind::cancelled));
    BOOST_TEST(read(*database_of, "SELECT 1").at(0) == "1"); // also while the rows that failed still live
}

BOOST_AUTO_TEST_CASE(cancels_at_any_moment_hit_nothing_that_began_later) {
    if (missing()) return;
    const auto seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    run("CREATE TABLE d (id INT PRIMARY KEY AUTO_INCREMENT)");
    const auto database_of = open();
    std::atomic<int> round = 0;
    std::thread other([&] {
        for (int seen = 0; seen < 300; seen = round) {
            round.wait(seen);
            database_of->cancel(); // comes while it runs, or is late
        }
    });

    int done = 0, cancelled = 0;
    for (int n = 1; n <= 300; ++n) {
        database_of->begin_batch(); // neither it nor a commit is ever cancelled
        round = n;
        round.notify_one();
        try {
            const std::int64_t work = random() % 30'000;
            database_of->execute("INSERT INTO d (id) SELECT NULL FROM seq_1_to_1 WHERE BENCHMARK(" + Sql::value(work) +
                                     ", MD5('x')) = 0",
                                 "insert");
            ++done;
        } catch (const StoreError& error) {
            BOOST_TEST((error.kind == Kind::cancelled), error.what());
            database_of->rollback();
            ++cancelled;
            continue;
        }
        database_of->commit();
    }
    other.join();

    BOOST_TEST_MESSAGE(done << " done, " << cancelled << " cancelled");
    BOOST_TEST(value("SELECT COUNT(*) FROM d") == std::to_string(done));
}

BOOST_AUTO_TEST_CASE(a_killed_connection_is_lost_for_good) {
    if (missing()) return;
    run("CREATE TABLE d (id INT PRIMARY KEY); INSERT INTO d VALUES (1)");
    const auto database_of = open();
    database_of->begin_batch();
    database_of->execute("DELETE FROM d", "delete");

    run("KILL " + id_of(*database_of));

    BOOST_TEST((kind_of([&] { read(*database_of, "SELECT 1"); }) == Kind::lost));
    BOOST_TEST((kind_of([&] { database_of->execute("DELETE FROM d", "delete"); }) == Kind::lost));
    BOOST_TEST((kind_of([&] { database_of->begin_batch(); }) == Kind::lost));
    BOOST_TEST((kind_of([&] { database_of->commit(); }) == Kind::lost));
    BOOST_TEST(!database_of->in_transaction());
    database_of->rollback();
    database_of->cancel();
    BOOST_TEST(value("SELECT COUNT(*) FROM d") == "1");
}

BOOST_AUTO_TEST_CASE(a_connection_that_dies_at_its_commit_is_lost) {
    if (missing()) return;
    run("CREATE TABLE d (id INT PRIMARY KEY); INSERT INTO d VALUES (1)");
    const auto database_of = open();
    database_of->begin_batch();
    database_of->execute("DELETE FROM d", "delete");

    run("KILL " + id_of(*database_of));

    BOOST_TEST((kind_of([&] { database_of->commit(); }) == Kind::lost));
}

BOOST_AUTO_TEST_CASE(a_server_that_crashes_is_lost_and_a_new_connection_finds_it_again) {
    if (missing()) return;
    MariadbServer own;
    own.run("", "CREATE DATABASE x; CREATE TABLE x.d (id INT PRIMARY KEY); INSERT INTO x.d VALUES (1)");
    const auto settings = own.settings("x");
    const auto database_of = connect_mariadb(settings, Access::read_write);
    database_of->begin_batch();
    database_of->execute("DELETE FROM d", "delete");

    own.stop(true);

    BOOST_TEST((kind_of([&] { database_of->commit(); }) == Kind::lost));
    const auto error = error_of([&] { connect_mariadb(settings, Access::read_write); });
    BOOST_TEST((error.kind == Kind::lost));
    BOOST_TEST(contains(error.what(), settings.server.hosts[0].name), error.what());
    BOOST_TEST(contains(error.what(), "\nhint: "), error.what());
    own.start();
    BOOST_TEST(count_of(*connect_mariadb(settings, Access::read_only), "SELECT COUNT(*) FROM d", "count") == 1);
}

BOOST_AUTO_TEST_CASE(the_sessions_own_settings_are_in_force) {
    if (missing()) return;
    MariadbServer own({"sql-mode=ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES", "default-time-zone=+05:00",
                       "transaction-isolation=SERIALIZABLE", "transaction-read-only=ON", "autocommit=OFF",
                       "completion-type=CHAIN", "group-concat-max-len=8", "innodb-lock-wait-timeout=77",
                       "max-statement-time=99", "character-set-server=latin1", "collation-server=latin1_swedish_ci",
                       "lc-messages=de_DE", "default-storage-engine=Aria", "skip-character-set-client-handshake"});
    own.run("", "SET SESSION TRANSACTION READ WRITE; CREATE DATABASE x; SET GLOBAL foreign_key_checks = 0, GLOBAL "
                "unique_checks = 0,"
                " GLOBAL check_constraint_checks = 0, GLOBAL sql_safe_updates = 1, GLOBAL sql_select_limit = 1,"
                " GLOBAL sql_auto_is_null = 1, GLOBAL lc_time_names = 'de_DE'");
    const auto database_of =
        connect_mariadb(own.settings("x"), Access::read_write,
                        {std::chrono::seconds{9}, std::chrono::milliseconds{2500}, std::chrono::milliseconds{12345}});

    BOOST_TEST(read(*database_of,
                    "SELECT @@sql_mode, @@time_zone, @@tx_isolation, @@tx_read_only, @@autocommit, @@completion_type,"
                    " @@innodb_lock_wait_timeout, @@lock_wait_timeout, @@max_statement_time, @@character_set_client,"
                    " @@character_set_results, @@lc_messages, @@lc_time_names, @@default_storage_engine,"
                    " @@foreign_key_checks, @@unique_checks, @@check_constraint_checks, @@sql_safe_updates,"
                    " @@sql_select_limit, @@sql_auto_is_null, @@group_concat_max_len")
                   .at(0) ==
               "STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION|+00:00|"
               "READ-COMMITTED|0|1|NO_CHAIN|3|3|12.345000|utf8mb4|utf8mb4|en_US|en_US|InnoDB|1|1|1|0|"
               "18446744073709551615|0|1073741824");
    BOOST_TEST(read(*database_of, "SELECT \"a\" || 'b', 'it\\'s', '\xF0\x9F\x98\x80'").at(0) ==
               "0|it's|\xF0\x9F\x98\x80");
    BOOST_TEST(read(*database_of, "SELECT seq FROM seq_1_to_3").size() == 3);
    const auto looking = connect_mariadb(own.settings("x"), Access::read_only);
    BOOST_TEST(read(*looking, "SELECT @@tx_read_only, @@tx_isolation").at(0) == "1|READ-COMMITTED");
}

BOOST_AUTO_TEST_CASE(the_password_is_in_no_message) {
    if (missing()) return;
    const std::string password = "s3cret '\\ p\xC3\xA4ss";
    run("CREATE OR REPLACE USER keeper@localhost IDENTIFIED BY 's3cret ''\\\\ p\xC3\xA4ss';"
        "GRANT ALL ON *.* TO keeper@localhost");
    auto settings = server->settings(database, "keeper");
    settings.password = Secret{Secret::Kind::environment, "SECRET"};

    settings.read_secret = [&](const Secret&) { return password; };
    BOOST_TEST(read(*connect_mariadb(settings, Access::read_only), "SELECT USER()").at(0) == "keeper@localhost");

    for (const std::string wrong : {"s3cret wrong", ""}) {
        settings.read_secret = [&](const Secret&) { return wrong; };
        const auto error = error_of([&] { connect_mariadb(settings, Access::read_only); });
        BOOST_TEST((error.kind == Kind::lost));
        BOOST_TEST(!contains(error.what(), "s3cret"), error.what());
        BOOST_TEST(contains(error.what(), "keeper"), error.what());
        BOOST_TEST(contains(error.what(), "hint: check the user, its password"), error.what());
    }
    settings.read_secret = [](const Secret&) -> std::string { throw std::runtime_error("no variable SECRET"); };
    BOOST_TEST(contains(error_of([&] { connect_mariadb(settings, Access::read_only); }).what(), "no variable SECRET"));
    settings.read_secret = {};
    BOOST_CHECK_THROW(connect_mariadb(settings, Access::read_only), StoreError);
}

BOOST_AUTO_TEST_CASE(a_user_of_another_name_than_the_operating_system_s_is_told_so) {
    if (missing()) return;
    run("CREATE OR REPLACE USER nobodys_name@localhost IDENTIFIED VIA unix_socket;"
        "CREATE OR REPLACE USER keeper@localhost IDENTIFIED BY 's3cret'");

    for (const char* user : {"nobodys_name", "keeper"}) { // errors 1698 and 1045
        auto settings = server->settings(database, user);
        settings.password.reset();
        const auto error = error_of([&] { connect_mariadb(settings, Access::read_only); });
        BOOST_TEST(contains(error.what(), "\nhint: the server knows a user by the operating system's"), error.what());
    }
}

BOOST_AUTO_TEST_CASE(where_it_cannot_connect_it_says_where) {
    if (missing()) return;
    const auto said = [&](auto change) {
        auto settings = server->settings(database);
        change(settings);
        const auto error = error_of([&] { connect_mariadb(settings, Access::read_only); });
        BOOST_TEST((error.kind == Kind::lost));
        return std::string(error.what());
    };

    BOOST_TEST(contains(said([](auto& s) { s.server.hosts = {{"127.0.0.1", 1}}; }), "127.0.0.1:1: "));
    BOOST_TEST(contains(said([](auto& s) { s.server.hosts = {{"localhost", 1}}; }), "localhost:1: ")); // not its socket
    BOOST_TEST(contains(said([](auto& s) { s.server.hosts = {{"/nowhere", 0}}; }), "/nowhere: "));
    BOOST_TEST(contains(said([](auto& s) {
                            s.server.hosts = {{"db.invalid", 1}};
                        }),
                        "\nhint: check the host's name in `url`"));
    BOOST_TEST(contains(said([](auto& s) { s.server.hosts = {{"a", 1}, {"b", 1}}; }), "takes one host"));
    BOOST_TEST(contains(said([](auto& s) { s.server.hosts = {{"/" + std::string(200, 'x'), 0}}; }), "longer than 107"));
    BOOST_TEST(contains(said([](auto& s) { s.server.database = "gone"; }), "Unknown database 'gone'"));
    BOOST_TEST(contains(said([](auto& s) { s.server.user = "nobody"; }), "Access denied for user 'nobody'"));
}

BOOST_AUTO_TEST_CASE(a_server_that_says_nothing_is_given_up_in_time) {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    BOOST_REQUIRE(bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
    BOOST_REQUIRE(listen(listener, 1) == 0);
    BOOST_REQUIRE(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    StoreSettings settings;
    settings.name = "silent";
    settings.server.hosts = {{"127.0.0.1", ntohs(address.sin_port)}};

    const auto began = std::chrono::steady_clock::now();
    const auto kind = kind_of(
        [&] { connect_mariadb(settings, Access::read_only, Patience{.connect = std::chrono::milliseconds(1000)}); });

    close(listener);
    BOOST_TEST((kind == Kind::lost));
    BOOST_TEST((std::chrono::steady_clock::now() - began < std::chrono::seconds(20)));
}

BOOST_AUTO_TEST_SUITE_END()
