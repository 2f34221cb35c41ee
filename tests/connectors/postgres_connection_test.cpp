#include "connectors/postgres_connection.hpp"

#include "connectors/postgres_address.hpp"
#include "connectors/postgres_error.hpp"
#include "connectors/postgres_link.hpp"
#include "tests/support/postgres_server.hpp"

#include <boost/test/unit_test.hpp>

#include <libpq-fe.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <limits>
#include <random>
#include <thread>

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace retention;
using namespace std::chrono_literals;
using test::PostgresServer;
using Kind = StoreError::Kind;

namespace {

// Whether there is a server to test with.
boost::test_tools::assertion_result installed(boost::unit_test::test_unit_id) {
    const std::string why = PostgresServer::missing();
    if (!why.empty()) std::cerr << "SKIPPED: " << why << '\n';
    return why.empty();
}

PostgresServer& server() {
    return *PostgresServer::shared();
}

// A fresh database, filled by a script.
struct World {
    explicit World(const std::string& script = "") : name(server().make_database()) { run(script); }

    void run(const std::string& script) const { server().run(name, script); }
    std::string value(const std::string& query) const {
        const auto rows = server().rows(name, query);
        return rows.empty() ? "" : rows.front();
    }
    std::unique_ptr<Database> open(Access access = Access::read_write, const Patience& patience = {}) const {
        return connect_postgres(server().settings(name), access, patience);
    }
    std::unique_ptr<Database> as(const std::string& user, Access access = Access::read_write) const {
        return connect_postgres(server().settings(name, user), access);
    }
    std::unique_ptr<PostgresLink> link(const Patience& patience, std::chrono::milliseconds grace = 30s) const {
        return std::make_unique<PostgresLink>("crm", postgres_uri(server().settings(name), "", patience), patience,
                                              grace);
    }
    std::string name;
};

// The error that the work ends with; the test fails where there is none.
template <typename Work>
StoreError error_of(Work work) {
    try {
        work();
    } catch (const StoreError& error) {
        return error;
    }
    BOOST_FAIL("no StoreError");
    throw;
}

bool says(const StoreError& error, std::string_view text) {
    return std::string_view(error.what()).find(text) != std::string_view::npos;
}

int number(Kind kind) {
    return static_cast<int>(kind);
}

Sql bound(Value value) {
    return Sql::value(std::move(value));
}

// The first column of the only row.
std::string one(Database& database, const Sql& sql) {
    const auto rows = database.query(sql, "read");
    BOOST_REQUIRE(rows->next());
    std::string text(rows->text(0));
    BOOST_REQUIRE(!rows->next());
    return text;
}

int backend(Database& database) {
    return std::atoi(one(database, "SELECT pg_backend_pid()").c_str());
}

// Until a backend of the database waits for a lock.
void await_waiting(const World& world, int pid) {
    const std::string query =
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid = " + std::to_string(pid);
    while (world.value(query).empty()) std::this_thread::yield();
}

constexpr char endless[] = "SELECT pg_sleep(600)";
constexpr char numbers[] = "CREATE TABLE d (id integer PRIMARY KEY, note text, \"a:b\" integer DEFAULT 1, tags "
                           "integer[] DEFAULT '{1,2,3}', doc jsonb DEFAULT '{\"a\": {\"b\": \"c:d\"}}');"
                           "INSERT INTO d (id, note) SELECT g, 'it''s :b' FROM generate_series(1, 100) g";

long resident_kilobytes() {
    long pages = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> pages >> resident;
    return resident * (::sysconf(_SC_PAGESIZE) / 1024);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr long flat_kilobytes = 500'000; // a sanitizer keeps what was freed for a while
#else
constexpr long flat_kilobytes = 32'000;
#endif

} // namespace

BOOST_AUTO_TEST_SUITE(postgres_connection, *boost::unit_test::precondition(installed))

// Values.

BOOST_AUTO_TEST_CASE(every_type_comes_as_text_and_finds_its_row_again) {
    const World world(
        "CREATE EXTENSION citext; CREATE TYPE mood AS ENUM ('sad', 'it''s ok');"
        "CREATE DOMAIN short AS varchar(5) NOT NULL; CREATE DOMAIN positive AS integer CHECK (value > 0)");
    const auto database = world.open();
    struct Row {
        const char *type, *literal, *text;
    };
    for (const Row row : {
             Row{"bigint", "-9223372036854775808", "-9223372036854775808"},
             {"bigint", "9223372036854775807", "9223372036854775807"},
             {"bigint", "5000000000", "5000000000"},
             {"smallint", "-32768", "-32768"},
             {"oid", "4294967295", "4294967295"},
             {"numeric", "12345678901234567890.12345678901234567890", "12345678901234567890.12345678901234567890"},
             {"numeric", "NaN", "NaN"},
             {"double precision", "0.1000000000000000055511151231257827", "0.1"},
             {"double precision", "1.7976931348623157e308", "1.7976931348623157e+308"},
             {"double precision", "-Infinity", "-Infinity"},
             {"real", "3.4028235e38", "3.4028235e+38"},
             {"boolean", "yes", "t"},
             {"text", "Größe ☃ 'a' \"b\" \\ :x $1 %s", "Größe ☃ 'a' \"b\" \\ :x $1 %s"},
             {"text", "", ""},
             {"varchar(3)", "äöü", "äöü"},
             {"character(5)", "ab", "ab   "},
             {"citext", "MiXed", "MiXed"},
             {"bytea", "\\x00ff5c27", "\\x00ff5c27"},
             {"date", "2024-02-29", "2024-02-29"},
             {"date", "infinity", "infinity"},
             {"date", "0044-03-15 BC", "0044-03-15 BC"},
             {"timestamp", "2022-02-05 19:55:59.401950", "2022-02-05 19:55:59.40195"},
             {"timestamp", "-infinity", "-infinity"},
             {"timestamptz", "2022-02-05 19:55:59.000001+02", "2022-02-05 17:55:59.000001+00"},
             {"time", "23:59:59.999999", "23:59:59.999999"},
             {"timetz", "01:02:03+05:30", "01:02:03+05:30"},
             {"interval", "1 year 2 mons 3 days 04:05:06.7", "P1Y2M3DT4H5M6.7S"},
             {"uuid", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
             {"inet", "192.168.0.1/24", "192.168.0.1/24"},
             {"cidr", "2001:db8::/32", "2001:db8::/32"},
             {"macaddr", "08:00:2b:01:02:03", "08:00:2b:01:02:03"},
             {"mood", "it's ok", "it's ok"},
             {"short", "abcde", "abcde"},
             {"positive", "7", "7"},
             {"integer[]", "{{1,2},{3,NULL}}", "{{1,2},{3,NULL}}"},
             {"text[]", "{\"a,b\",\"c:d\"}", "{\"a,b\",c:d}"},
             {"jsonb", "{\"a\": [1, \"x:y\"]}", "{\"a\": [1, \"x:y\"]}"},
             {"bit varying", "10110", "10110"},
             {"daterange", "[2024-01-01,2024-02-01)", "[2024-01-01,2024-02-01)"},
         })
        BOOST_TEST_CONTEXT(row.type << " " << row.literal) {
            const std::string table = std::string("CREATE TEMPORARY TABLE v (x ") + row.type + ")";
            database->execute(table, "make");
            database->execute("INSERT INTO v VALUES (" + bound(std::string(row.literal)) + ")", "fill");

            const auto rows = database->query("SELECT x FROM v", "read");
            BOOST_REQUIRE(rows->next());
            const Value value = rows->value(0);

            BOOST_TEST(std::string(rows->text(0)) == row.text);
            BOOST_TEST(std::get<std::string>(value) == row.text);
            BOOST_TEST(!rows->next());
            BOOST_TEST(count_of(*database, "SELECT count(*) FROM v WHERE x = " + bound(value), "find") == 1);
            database->execute("DROP TABLE v", "drop");
        }
}

BOOST_AUTO_TEST_CASE(every_kind_of_value_arrives_as_it_left) {
    const World world("CREATE TABLE v (n bigint, r double precision, t text, b bytea, i integer)");
    const auto database = world.open();
    const std::string bytes("\0\\'\"\xff\x80 x", 8);

    database->execute("INSERT INTO v VALUES (" + bound(std::numeric_limits<std::int64_t>::min()) + ", " +
                          bound(0.1 + 0.2) + ", " + bound(std::string("a'b\"c\\d\n:e $1")) + ", " + bound(Blob{bytes}) +
                          ", " + bound({}) + ")",
                      "fill");

    BOOST_TEST(world.value("SELECT n, r, t, encode(b, 'hex'), i IS NULL FROM v") ==
               "-9223372036854775808|0.30000000000000004|a'b\"c\\d\n:e $1|005c2722ff802078|t");
}

BOOST_AUTO_TEST_CASE(a_real_number_keeps_every_bit) {
    const World world;
    const auto database = world.open();
    const auto seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    for (int round = 0; round < 500; ++round) {
        const std::uint64_t bits = random();
        double real = 0;
        std::memcpy(&real, &bits, sizeof real);
        if (real != real) continue;

        const double back = std::strtod(one(*database, "SELECT " + bound(real) + "::float8").c_str(), nullptr);

        BOOST_TEST_REQUIRE(std::memcmp(&back, &real, sizeof real) == 0, "seed " << seed << " value " << real);
    }
    BOOST_TEST(one(*database, "SELECT " + bound(std::nan("")) + "::float8") == "NaN");
    BOOST_TEST(one(*database, "SELECT " + bound(-HUGE_VAL) + "::float8") == "-Infinity");
}

BOOST_AUTO_TEST_CASE(a_zero_byte_is_refused_and_never_cuts_a_condition_off) {
    const World world(numbers);
    const auto database = world.open();
    const std::string cut("DELETE FROM d WHERE id < 5\0 AND id < 2", 38);

    for (const Sql& sql : {Sql(cut), "DELETE FROM d WHERE note <> " + bound(std::string("a\0b", 3))}) {
        const auto error = error_of([&] { database->execute(sql, "delete"); });
        const auto prepared = error_of([&] { database->prepare(sql, "delete"); });

        BOOST_TEST(number(error.kind) == number(Kind::refused));
        BOOST_TEST(says(error, "zero byte"));
        BOOST_TEST(says(prepared, "zero byte"));
        BOOST_TEST(count_of(*database, "SELECT count(*) FROM d", "count") == 100);
    }
}

BOOST_AUTO_TEST_CASE(a_number_is_read_from_whatever_counts) {
    const World world;
    const auto database = world.open();
    struct Row {
        const char* expression;
        std::int64_t number;
    };
    for (const Row row : {Row{"true", 1},
                          {"false", 0},
                          {"NULL::bigint", 0},
                          {"'-9223372036854775808'::bigint", std::numeric_limits<std::int64_t>::min()},
                          {"12.7", 12},
                          {"-0.9", 0},
                          {"-12.9", -12},
                          {"9223372036854775807.9", std::numeric_limits<std::int64_t>::max()},
                          {"1e15::float8", 1'000'000'000'000'000},
                          {"sum(x) FROM (VALUES (5000000000), (5000000001)) v(x)", 10'000'000'001}})
        BOOST_TEST_CONTEXT(row.expression) {
            BOOST_TEST(count_of(*database, std::string("SELECT ") + row.expression, "count") == row.number);
        }
    for (const char* expression : {"9223372036854775808", "1e30::float8", "'x'", "'NaN'::float8", "'5 apples'", "''"})
        BOOST_TEST_CONTEXT(expression) {
            const auto error = error_of([&] { count_of(*database, std::string("SELECT ") + expression, "count"); });
            BOOST_TEST(number(error.kind) == number(Kind::failed));
        }
}

// Text of statements.

BOOST_AUTO_TEST_CASE(text_reaches_the_server_untouched) {
    const World world(numbers);
    struct Row {
        Sql condition;
        std::int64_t deleted;
    };
    const Sql below_five = "id < " + bound(std::int64_t{5});
    const std::vector<Row> rows{
        {" -- rule:old\nWHERE " + below_five, 4},
        {" /* rule:old :x ' \" */ WHERE " + below_five, 4},
        {" WHERE \"a:b\" = 1 AND " + below_five, 4},
        {" WHERE note = E'it\\'s :b' AND " + below_five, 4},
        {" WHERE note = 'it''s :b' AND " + below_five, 4},
        {" WHERE note <> $$a:b$$ AND " + below_five, 4},
        {" WHERE note <> $tag$ $$:b ' $tag$ AND " + below_five, 4},
        {" WHERE tags[1:2] = '{1,2}' AND " + below_five, 4},
        {" WHERE doc ? 'a' AND doc ?| '{a,b}' AND doc->'a'->>'b' = 'c:d' AND " + below_five, 4},
        {" WHERE doc #>> '{a,b}' = 'c:d' AND " + below_five, 4},
        {" WHERE id::text::integer = id AND " + below_five, 4},
        {" WHERE " + below_five + "AND note LIKE '%:b'", 4},
        {" WHERE id <" + bound(std::int64_t{5}) + "AND id>" + bound(std::int64_t{2}) + "AND true", 2},
        {" WHERE note = " + bound(std::string("it's :b")) + " AND " + below_five, 4},
        {" WHERE note = " + bound(std::string("' OR true --")), 0},
    };
    for (const auto& row : rows) BOOST_TEST_CONTEXT(std::get<std::string>(row.condition.parts().front())) {
            const auto database = world.open();
            database->begin_batch();

            BOOST_TEST(database->execute("DELETE FROM d" + row.condition, "delete") == row.deleted);

            BOOST_TEST(count_of(*database, "SELECT count(*) FROM d", "count") == 100 - row.deleted);
            database->rollback();
        }
}

BOOST_AUTO_TEST_CASE(a_colon_that_is_no_sql_is_an_error_and_deletes_nothing) {
    const World world(numbers);
    const auto database = world.open();

    const auto error = error_of([&] { database->execute("DELETE FROM d WHERE true :x AND id < 5", "delete"); });

    BOOST_TEST(number(error.kind) == number(Kind::refused));
    BOOST_TEST(world.value("SELECT count(*) FROM d") == "100");
}

BOOST_AUTO_TEST_CASE(two_statements_in_one_are_refused_and_neither_runs) {
    const World world(numbers);
    const auto database = world.open();

    for (const char* sql : {"DELETE FROM d WHERE id = 1; DELETE FROM d", "SELECT 1; DELETE FROM d"}) {
        BOOST_TEST(number(error_of([&] { database->execute(sql, "delete"); }).kind) == number(Kind::refused));
        BOOST_TEST(number(error_of([&] { database->query(sql, "delete"); }).kind) == number(Kind::refused));
        BOOST_TEST(number(error_of([&] { database->prepare(sql, "delete"); }).kind) == number(Kind::refused));
    }

    BOOST_TEST(world.value("SELECT count(*) FROM d") == "100");
}

BOOST_AUTO_TEST_CASE(a_parameter_of_the_rules_own_is_refused) {
    const World world(numbers);
    const auto database = world.open();

    const auto error = error_of([&] { database->execute("DELETE FROM d WHERE id < $1", "delete"); });
    const auto empty = error_of([&] { database->execute("-- nothing", "delete"); });

    BOOST_TEST(number(error.kind) == number(Kind::refused));
    BOOST_TEST(number(empty.kind) == number(Kind::failed));
    BOOST_TEST(says(empty, "empty"));
    BOOST_TEST(world.value("SELECT count(*) FROM d") == "100");
}

BOOST_AUTO_TEST_CASE(a_statement_counts_the_rows_that_it_changed_itself) {
    const World world(
        "CREATE TABLE p (id integer PRIMARY KEY, x integer DEFAULT 1);"
        "CREATE TABLE c (p integer REFERENCES p ON DELETE CASCADE);"
        "INSERT INTO p SELECT generate_series(1, 10); INSERT INTO c SELECT id FROM p, (VALUES (1), (2)) v");
    const auto database = world.open();

    BOOST_TEST(database->execute("SELECT * FROM p", "read") == 0);
    BOOST_TEST(database->execute("CREATE TEMPORARY TABLE t AS SELECT * FROM p", "copy") == 0);
    BOOST_TEST(database->execute("INSERT INTO t SELECT * FROM p", "add") == 10);
    BOOST_TEST(database->execute("UPDATE p SET x = x", "write back") == 10);
    BOOST_TEST(database->execute("DELETE FROM p WHERE id <= 3 RETURNING id", "delete") == 3);
    BOOST_TEST(database->execute("DELETE FROM p WHERE id <= 3", "delete") == 0);
    BOOST_TEST(world.value("SELECT count(*) FROM c") == "14");
}

BOOST_AUTO_TEST_CASE(preparing_tells_the_types_and_runs_nothing) {
    const World world("CREATE EXTENSION citext; CREATE TYPE mood AS ENUM ('sad'); CREATE DOMAIN short AS varchar(5);"
                      "CREATE TABLE v (a bigint, b numeric, c short, d bytea, e boolean, f date, g timestamp, h "
                      "timestamptz, i uuid, j inet, k mood, l citext, m jsonb, n integer[], o character(3), p real);"
                      "INSERT INTO v DEFAULT VALUES");
    const auto database = world.open();
    using enum TypeFamily;

    const auto families = database->prepare("DELETE FROM v WHERE a IS NULL RETURNING v.*", "try");
    const auto none = database->prepare("DELETE FROM v WHERE a = " + bound(std::int64_t{1}), "try");

    const std::vector<TypeFamily> expected{
        integer, real,    text,  binary, boolean, date,  time_stamp, zoned_time_stamp,
        uuid,    address, other, text,   other,   other, text,       real};
    BOOST_TEST((families == expected));
    BOOST_TEST(none.empty());
    BOOST_TEST(world.value("SELECT count(*) FROM v") == "1");
    BOOST_TEST(number(error_of([&] { database->prepare("SELECT nowhere FROM v", "try"); }).kind) ==
               number(Kind::refused));
}

// Rows.

BOOST_AUTO_TEST_CASE(rows_of_any_number_need_the_memory_of_one) {
    const World world;
    const auto database = world.open();
    const long before = resident_kilobytes();
    long most = 0;
    std::int64_t rows_read = 0, sum = 0;

    const auto rows =
        database->query("SELECT g, repeat('x', 400) FROM generate_series(1, 2000000) g", "read"); // 800 MB
    while (rows->next()) {
        ++rows_read;
        sum += rows->integer(0);
        if (rows_read % 10'000 == 0) most = std::max(most, resident_kilobytes());
    }

    BOOST_TEST(rows_read == 2'000'000);
    BOOST_TEST(sum == 2'000'001'000'000);
    BOOST_TEST(most - before < flat_kilobytes);
    // The twin, read as a whole: the same gauge shows it.
    const long smaller = resident_kilobytes();
    const auto whole = server().rows(world.name, "SELECT repeat('x', 400) FROM generate_series(1, 200000) g");
    BOOST_TEST(resident_kilobytes() - smaller > 32'000);
}

BOOST_AUTO_TEST_CASE(rows_that_nobody_reads_leave_the_connection_usable) {
    const World world;
    const auto database = world.open();
    const auto began = std::chrono::steady_clock::now();

    for (const char* sql : {"SELECT 1", "SELECT g FROM generate_series(1, 3) g", "SELECT 1 WHERE false",
                            "SELECT repeat('x', 20000), pg_sleep(0.01) FROM generate_series(1, 100000) g"}) {
        { const auto unread = database->query(sql, "read"); }
        {
            const auto begun = database->query(sql, "read");
            begun->next();
        }
        BOOST_TEST(one(*database, "SELECT 7") == "7");
    }

    BOOST_TEST((std::chrono::steady_clock::now() - began < 60s)); // it would run for a quarter of an hour
}

BOOST_AUTO_TEST_CASE(rows_that_nobody_reads_do_not_abort_the_transaction) {
    const World world(numbers);
    const auto database = world.open();
    database->begin_batch();
    database->execute("DELETE FROM d WHERE id = 1", "delete");

    {
        const auto rows = database->query("SELECT g FROM generate_series(1, 500000) g", "read");
        rows->next();
    }

    BOOST_TEST(database->execute("DELETE FROM d WHERE id = 2", "delete") == 1);
    database->commit();
    BOOST_TEST(world.value("SELECT count(*) FROM d") == "98");
}

BOOST_AUTO_TEST_CASE(a_second_statement_beside_open_rows_fails_and_harms_neither) {
    const World world(numbers);
    const auto database = world.open();
    const auto rows = database->query("SELECT id FROM d ORDER BY id", "read");
    rows->next();

    const auto query = error_of([&] { database->query("SELECT 1", "look"); });
    const auto change = error_of([&] { database->execute("DELETE FROM d", "delete"); });
    const auto trial = error_of([&] { database->prepare("SELECT 1", "try"); });

    for (const auto& error : {query, change, trial}) {
        BOOST_TEST(number(error.kind) == number(Kind::failed));
        BOOST_TEST(says(error, "still being read"));
    }
    std::int64_t sum = rows->integer(0);
    while (rows->next()) sum += rows->integer(0);
    BOOST_TEST(sum == 5050);
    BOOST_TEST(one(*database, "SELECT count(*) FROM d") == "100"); // read to their end, they are in nobody's way
    BOOST_TEST(!rows->next());
}

BOOST_AUTO_TEST_CASE(rows_end_loudly_where_their_transaction_is_rolled_back) {
    const World world;
    const auto database = world.open();
    database->begin_snapshot();
    const auto rows = database->query("SELECT generate_series(1, 100000000)", "read");
    rows->next();

    database->rollback();

    const auto error = error_of([&] { rows->next(); });
    BOOST_TEST(number(error.kind) == number(Kind::failed));
    BOOST_TEST(!database->in_transaction());
    BOOST_TEST(one(*database, "SELECT 7") == "7");
}

BOOST_AUTO_TEST_CASE(rows_may_outlive_their_connection) {
    const World world;
    auto database = world.open();
    const auto rows = database->query("SELECT generate_series(1, 100000000)", "read");
    rows->next();

    database.reset();

    BOOST_TEST(number(error_of([&] { rows->next(); }).kind) == number(Kind::failed));
}

BOOST_AUTO_TEST_CASE(an_error_amid_rows_is_thrown_where_it_comes) {
    const World world;
    const auto database = world.open();
    const auto rows = database->query("SELECT 1 / (50000 - g) FROM generate_series(1, 100000) g", "read");
    std::int64_t read = 0;

    const auto error = error_of([&] {
        while (rows->next()) ++read;
    });

    BOOST_TEST(read == 49'999);
    BOOST_TEST(number(error.kind) == number(Kind::refused));
    BOOST_TEST(one(*database, "SELECT 7") == "7");
}

// Errors.

BOOST_AUTO_TEST_CASE(what_the_server_refuses_is_refused) {
    const World world(
        "CREATE TABLE p (id integer PRIMARY KEY, x integer NOT NULL CHECK (x > 0), t varchar(3));"
        "CREATE TABLE c (p integer REFERENCES p); INSERT INTO p VALUES (1, 1), (2, 2);"
        "INSERT INTO c VALUES (1); CREATE VIEW v AS SELECT * FROM p WHERE x < 9 WITH CHECK OPTION;"
        "CREATE FUNCTION no() RETURNS integer LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''not so''; END'");
    const auto database = world.open();
    struct Row {
        const char *what, *sql, *text;
    };
    for (const Row row : {Row{"unique", "INSERT INTO p VALUES (1, 1)", "duplicate key value"},
                          {"foreign key", "DELETE FROM p WHERE id = 1", "violates foreign key constraint"},
                          {"not null", "UPDATE p SET x = NULL", "null value in column"},
                          {"check", "UPDATE p SET x = -1", "violates check constraint"},
                          {"check option", "UPDATE v SET x = 99", "check option"},
                          {"length", "UPDATE p SET t = 'long'", "value too long"},
                          {"range", "UPDATE p SET x = 5000000000", "out of range"},
                          {"syntax", "DELETE p FROM", "syntax error"},
                          {"no table", "DELETE FROM nowhere", "does not exist"},
                          {"no column", "DELETE FROM p WHERE nothing = 1", "does not exist"},
                          {"types", "DELETE FROM p WHERE t = 1", "operator does not exist"},
                          {"many rows", "DELETE FROM p WHERE id = (SELECT id FROM p)", "more than one row"},
                          {"raised", "SELECT no()", "not so"},
                          {"unsupported", "SELECT DISTINCT id FROM p FOR UPDATE", "FOR UPDATE is not allowed"},
                          {"dependents", "DROP TABLE p", "other objects depend on it"}})
        BOOST_TEST_CONTEXT(row.what) {
            const auto error = error_of([&] { database->execute(row.sql, "change p"); });

            BOOST_TEST(number(error.kind) == number(Kind::refused));
            BOOST_TEST(says(error, "store 'crm': change p: "));
            BOOST_TEST(says(error, row.text));
            BOOST_TEST(one(*database, "SELECT 7") == "7");
        }
    const auto hinted = error_of([&] { database->execute("DELETE FROM p WHERE t = 1", "change p"); });
    BOOST_TEST(says(hinted, "\nhint: No operator matches"));
}

BOOST_AUTO_TEST_CASE(no_value_of_a_row_is_said) {
    const World world("CREATE TABLE p (id integer PRIMARY KEY, t text UNIQUE);"
                      "INSERT INTO p VALUES (1, 'secret@example.com'), (2, 'x')");
    const auto database = world.open();

    for (const char* sql :
         {"UPDATE p SET t = 'secret@example.com'", "SELECT t::date FROM p", "SELECT t::integer FROM p",
          "SELECT t::inet FROM p", "SELECT t::jsonb FROM p", "SELECT t::uuid FROM p"})
        BOOST_TEST_CONTEXT(sql) {
            const auto error = error_of([&] {
                const auto rows = database->query(sql, "read p");
                while (rows->next()) {
                }
            });

            BOOST_TEST(!says(error, "secret"));
        }
    // The twin: libpq's own message has it.
    BOOST_CHECK_EXCEPTION(
        server().run(world.name, "UPDATE p SET t = 'secret@example.com'"), std::runtime_error,
        [](const auto& error) { return std::string(error.what()).find("secret") != std::string::npos; });
}

BOOST_AUTO_TEST_CASE(a_missing_right_is_refused_with_a_hint) {
    const World world("CREATE TABLE d (id integer); CREATE ROLE guest_of_rights LOGIN");
    const auto database = world.as("guest_of_rights");

    const auto error = error_of([&] { database->query("SELECT * FROM d", "read d"); });

    BOOST_TEST(number(error.kind) == number(Kind::refused));
    BOOST_TEST(says(error, "permission denied for table d"));
    BOOST_TEST(says(error, "\nhint: "));
}

BOOST_AUTO_TEST_CASE(a_limit_of_the_server_is_a_failure) {
    const World world;
    const auto database = world.open();
    database->execute("SET temp_file_limit = 0", "limit");
    database->execute("SET work_mem = 64", "limit");

    const auto error =
        error_of([&] { database->execute("SELECT g FROM generate_series(1, 1000000) g ORDER BY g DESC", "sort"); });

    BOOST_TEST(number(error.kind) == number(Kind::failed));
    BOOST_TEST(says(error, "temp_file_limit"));
}

BOOST_AUTO_TEST_CASE(a_read_only_connection_changes_nothing) {
    const World world(numbers);
    const auto database = world.open(Access::read_only);

    const auto outside = error_of([&] { database->execute("DELETE FROM d", "delete"); });
    database->begin_batch();
    const auto batch = error_of([&] { database->execute("DELETE FROM d", "delete"); });
    database->rollback();
    database->begin_snapshot();
    const auto snapshot = error_of([&] { database->execute("DELETE FROM d", "delete"); });
    database->rollback();

    for (const auto& error : {outside, batch, snapshot}) {
        BOOST_TEST(number(error.kind) == number(Kind::refused));
        BOOST_TEST(says(error, "read-only transaction"));
    }
    BOOST_TEST(world.value("SELECT count(*) FROM d") == "100");
    BOOST_TEST(world.open()->execute("DELETE FROM d", "delete") == 100); // the twin
}

BOOST_AUTO_TEST_CASE(a_deadlock_is_busy_for_one_and_nothing_for_the_other) {
    const World world(numbers);
    const auto first = world.open(), second = world.open();
    first->begin_batch();
    second->begin_batch();
    first->execute("UPDATE d SET note = 'a' WHERE id = 1", "first");
    second->execute("UPDATE d SET note = 'b' WHERE id = 2", "second");
    std::atomic<int> busy{0}, done{0};
    const auto cross = [&](Database& database, const char* sql) {
        try {
            database.execute(sql, "cross");
            database.commit();
            ++done;
        } catch (const StoreError& error) {
            if (error.kind == Kind::busy) ++busy;
            database.rollback();
        }
    };

    std::thread other([&] { cross(*second, "UPDATE d SET note = 'b' WHERE id = 1"); });
    cross(*first, "UPDATE d SET note = 'a' WHERE id = 2");
    other.join();

    BOOST_TEST(busy == 1);
    BOOST_TEST(done == 1);
    BOOST_TEST(one(*first, "SELECT 7") == "7");
    BOOST_TEST(one(*second, "SELECT 7") == "7");
}

BOOST_AUTO_TEST_CASE(a_lock_that_is_not_had_in_time_is_busy) {
    const World world(numbers);
    const auto holder = world.open();
    const auto waiter = world.open(Access::read_write, {.lock = 50ms});
    holder->begin_batch();
    holder->execute("UPDATE d SET note = 'held' WHERE id = 1", "hold");

    const auto waited = error_of([&] { waiter->execute("DELETE FROM d", "delete"); });
    const auto nowait = error_of([&] { waiter->query("SELECT 1 FROM d WHERE id = 1 FOR UPDATE NOWAIT", "lock"); });

    BOOST_TEST(number(waited.kind) == number(Kind::busy));
    BOOST_TEST(number(nowait.kind) == number(Kind::busy));
    holder->rollback();
    BOOST_TEST(waiter->execute("DELETE FROM d", "delete") == 100);
}

BOOST_AUTO_TEST_CASE(a_serialization_failure_is_busy) {
    const World world(numbers);
    const auto late = world.open(), early = world.open();
    late->execute("BEGIN ISOLATION LEVEL REPEATABLE READ", "begin");
    BOOST_TEST(one(*late, "SELECT count(*) FROM d") == "100");
    early->execute("UPDATE d SET note = 'changed' WHERE id = 1", "change");

    const auto error = error_of([&] { late->execute("DELETE FROM d WHERE id = 1", "delete"); });

    BOOST_TEST(number(error.kind) == number(Kind::busy));
    late->rollback();
    BOOST_TEST(late->execute("DELETE FROM d WHERE id = 1", "delete") == 1);
}

BOOST_AUTO_TEST_CASE(a_statement_that_runs_too_long_is_busy) {
    const World world;
    const auto database = world.open(Access::read_only, {.statement = 50ms});

    const auto error = error_of([&] { database->query(endless, "wait"); });

    BOOST_TEST(number(error.kind) == number(Kind::busy));
    BOOST_TEST(says(error, "statement timeout"));
    BOOST_TEST(one(*database, "SELECT 7") == "7");
}

// Cancelling.

BOOST_AUTO_TEST_CASE(a_cancel_from_another_thread_ends_the_statement_that_runs) {
    const World world(numbers);
    const auto holder = world.open(), database = world.open(Access::read_write, {.lock = 0ms});
    const int pid = backend(*database);
    holder->begin_batch();
    holder->execute("UPDATE d SET note = 'held'", "hold");
    std::thread other([&] {
        await_waiting(world, pid);
        database->cancel();
    });

    const auto error = error_of([&] { database->execute("DELETE FROM d", "delete"); });
    other.join();

    BOOST_TEST(number(error.kind) == number(Kind::cancelled));
    BOOST_TEST(one(*database, "SELECT 7") == "7");
}

BOOST_AUTO_TEST_CASE(a_cancel_amid_rows_ends_them) {
    const World world;
    const auto database = world.open();
    const auto rows = database->query("SELECT generate_series(1, 1000000000)", "read");
    rows->next();

    database->cancel();

    const auto error = error_of([&] {
        while (rows->next()) {
        }
    });
    BOOST_TEST(number(error.kind) == number(Kind::cancelled));
    BOOST_TEST(one(*database, "SELECT 7") == "7");
}

BOOST_AUTO_TEST_CASE(a_cancel_that_comes_late_does_not_hit_the_next_statement) {
    const World world;
    const auto database = world.open();
    int cancelled = 0;
    for (int round = 0; round < 300; ++round) {
        std::atomic<bool> go{false};
        std::thread other([&] {
            while (!go) std::this_thread::yield();
            database->cancel();
        });

        go = true;
        try {
            one(*database, "SELECT pg_sleep(0.0005)");
        } catch (const StoreError& error) {
            BOOST_TEST_REQUIRE(number(error.kind) == number(Kind::cancelled));
            ++cancelled;
        }
        other.join();

        BOOST_TEST_REQUIRE(one(*database, "SELECT pg_sleep(0.0005) IS NULL") == "f");
    }
    BOOST_TEST_MESSAGE(cancelled << " of 300 statements were cancelled");
    database->cancel(); // nothing runs
    BOOST_TEST(one(*database, "SELECT 7") == "7");
}

BOOST_AUTO_TEST_CASE(a_cancel_that_comes_before_the_server_begins_is_not_lost) {
    const World world;
    const auto link = world.link({.statement = 60s});
    link->run("SET statement_timeout = '20s'", "limit");
    link->start("SELECT pg_backend_pid()", "look");
    const auto answer = link->next();
    const pid_t pid = std::atoi(PQgetvalue(answer.get(), 0, 0));
    link->abandon(false);

    BOOST_REQUIRE_EQUAL(::kill(pid, SIGSTOP), 0); // it is idle: a signal to cancel means nothing to it
    link->start(endless, "wait");
    link->cancel();
    BOOST_REQUIRE_EQUAL(::kill(pid, SIGCONT), 0);

    const auto error = error_of([&] { link->next(); });
    BOOST_TEST(number(error.kind) == number(Kind::cancelled));
    BOOST_TEST(says(error, "user request")); // not the timeout, after which it would end in any case
    link->run("SELECT 1", "go on");
}

// Loss.

BOOST_AUTO_TEST_CASE(a_connection_that_the_server_ends_is_lost_and_stays_so) {
    const World world(numbers);
    const auto database = world.open();
    database->begin_batch();
    database->execute("DELETE FROM d", "delete");
    world.run("SELECT pg_terminate_backend(" + std::to_string(backend(*database)) + ", 10000)");

    const auto first = error_of([&] { database->execute("DELETE FROM d", "delete"); });
    const auto second = error_of([&] { database->query("SELECT 1", "look"); });
    const auto commit = error_of([&] { database->commit(); });

    for (const auto& error : {first, second, commit}) BOOST_TEST(number(error.kind) == number(Kind::lost));
    BOOST_TEST(says(first, "terminating connection"));
    BOOST_TEST(says(second, "store 'crm': look: the connection was lost before: terminating connection"));
    BOOST_TEST(!database->in_transaction());
    database->rollback();
    database->cancel();
    BOOST_TEST(world.value("SELECT count(*) FROM d") == "100");
}

BOOST_AUTO_TEST_CASE(a_connection_that_ends_amid_a_statement_is_lost) {
    const World world(numbers);
    const auto holder = world.open(), database = world.open(Access::read_write, {.lock = 0ms});
    const int pid = backend(*database);
    holder->begin_batch();
    holder->execute("UPDATE d SET note = 'held'", "hold");
    std::thread other([&] {
        await_waiting(world, pid);
        world.run("SELECT pg_terminate_backend(" + std::to_string(pid) + ")");
    });

    const auto error = error_of([&] { database->execute("DELETE FROM d", "delete"); });
    other.join();

    BOOST_TEST(number(error.kind) == number(Kind::lost));
}

BOOST_AUTO_TEST_CASE(a_connection_that_ends_amid_a_commit_is_lost) {
    const World world("CREATE TABLE d (id integer); CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN "
                      "PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';"
                      "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON d DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
                      "EXECUTE FUNCTION die()");
    const auto database = world.open();
    database->begin_batch();
    database->execute("INSERT INTO d VALUES (1)", "add");

    const auto error = error_of([&] { database->commit(); });

    BOOST_TEST(number(error.kind) == number(Kind::lost));
    BOOST_TEST(!database->in_transaction());
}

BOOST_AUTO_TEST_CASE(a_server_that_dies_is_lost_and_comes_back) {
    PostgresServer own;
    const auto settings = own.settings("postgres");
    const auto database = connect_postgres(settings, Access::read_write);
    const auto rows = database->query("SELECT generate_series(1, 1000000000)", "read");
    rows->next();

    own.stop(true);

    const auto amid = error_of([&] {
        while (rows->next()) {
        }
    });
    const auto again = error_of([&] { connect_postgres(settings, Access::read_write); });
    BOOST_TEST(number(amid.kind) == number(Kind::lost));
    BOOST_TEST(number(again.kind) == number(Kind::lost));
    BOOST_TEST(says(again, "connect to " + own.folder().string() + "/.s.PGSQL."));
    BOOST_TEST(says(again, "hint: is the server running"));
    own.start();
    BOOST_TEST(one(*connect_postgres(settings, Access::read_write), "SELECT 7") == "7");
}

BOOST_AUTO_TEST_CASE(a_server_that_says_nothing_any_more_is_lost) {
    const World world;
    const auto link = world.link({.statement = 100ms}, 100ms);
    link->start("SELECT pg_backend_pid()", "look");
    const auto answer = link->next();
    const pid_t pid = std::atoi(PQgetvalue(answer.get(), 0, 0));
    link->abandon(false);
    BOOST_REQUIRE_EQUAL(::kill(pid, SIGSTOP), 0);

    const auto error = error_of([&] { link->run(endless, "wait"); });

    BOOST_TEST(number(error.kind) == number(Kind::lost));
    BOOST_TEST(says(error, "said nothing"));
    BOOST_TEST(link->dead());
    ::kill(pid, SIGCONT);
}

// Transactions.

BOOST_AUTO_TEST_CASE(a_commit_that_the_server_answers_with_a_rollback_has_failed) {
    const World world(numbers);
    const auto database = world.open();
    database->begin_batch();
    database->execute("DELETE FROM d", "delete");
    error_of([&] { database->execute("SELECT 1 / 0", "fail"); });

    const auto next = error_of([&] { database->execute("SELECT 1", "go on"); });
    const auto error = error_of([&] { database->commit(); });

    BOOST_TEST(number(next.kind) == number(Kind::failed));
    BOOST_TEST(number(error.kind) == number(Kind::failed));
    BOOST_TEST(!database->in_transaction());
    BOOST_TEST(world.value("SELECT count(*) FROM d") == "100");
}

BOOST_AUTO_TEST_CASE(a_constraint_that_speaks_at_commit_is_refused_and_rolls_back) {
    const World world("CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE c (p integer REFERENCES p DEFERRABLE "
                      "INITIALLY DEFERRED); INSERT INTO p VALUES (1); INSERT INTO c VALUES (1)");
    const auto database = world.open();
    database->begin_batch();
    BOOST_TEST(database->execute("DELETE FROM p", "delete") == 1);

    const auto error = error_of([&] { database->commit(); });

    BOOST_TEST(number(error.kind) == number(Kind::refused));
    BOOST_TEST(!database->in_transaction());
    BOOST_TEST(world.value("SELECT count(*) FROM p") == "1");
    database->begin_batch(); // and it goes on
    database->commit();
}

BOOST_AUTO_TEST_CASE(a_transaction_begins_once_and_ends_once) {
    const World world(numbers);
    const auto database = world.open();
    BOOST_TEST(!database->in_transaction());
    BOOST_TEST(number(error_of([&] { database->commit(); }).kind) == number(Kind::failed));
    database->rollback(); // nothing

    database->begin_batch();
    BOOST_TEST(database->in_transaction());
    BOOST_TEST(number(error_of([&] { database->begin_snapshot(); }).kind) == number(Kind::failed));
    BOOST_TEST(database->execute("DELETE FROM d WHERE id = 1", "delete") == 1);
    database->commit();

    BOOST_TEST(!database->in_transaction());
    BOOST_TEST(world.value("SELECT count(*) FROM d") == "99");
}

BOOST_AUTO_TEST_CASE(a_snapshot_stands_still_and_a_batch_sees_what_others_commit) {
    const World world(numbers);
    world.run("ALTER DATABASE " + world.name + " SET default_transaction_isolation = 'serializable'");
    const auto database = world.open();
    const std::string count = "SELECT count(*) FROM d";
    {
        const Snapshot snapshot(*database);
        BOOST_TEST(one(*database, count) == "100");
        world.run("DELETE FROM d WHERE id = 1");
        BOOST_TEST(one(*database, count) == "100");
        BOOST_TEST(one(*database, "SHOW transaction_read_only") == "on");
    }
    database->begin_batch();
    BOOST_TEST(one(*database, count) == "99");
    world.run("DELETE FROM d WHERE id = 2");
    BOOST_TEST(one(*database, count) == "98");
    BOOST_TEST(one(*database, "SHOW transaction_isolation") == "read committed");
    database->rollback();
    BOOST_TEST(one(*database, "SHOW transaction_isolation") == "read committed");
}

BOOST_AUTO_TEST_CASE(what_is_open_at_the_end_is_rolled_back) {
    const World world(numbers);
    {
        const auto database = world.open();
        database->begin_batch();
        database->execute("DELETE FROM d", "delete");
    }
    BOOST_TEST(world.value("SELECT count(*) FROM d") == "100");
}

// The state of a session.

BOOST_AUTO_TEST_CASE(settings_are_in_force_whatever_role_and_database_have_set) {
    const World world;
    struct Row {
        const char *name, *theirs, *ours;
    };
    const std::vector<Row> rows{{"TimeZone", "Asia/Tokyo", "UTC"},
                                {"DateStyle", "German, DMY", "ISO, YMD"},
                                {"IntervalStyle", "postgres", "iso_8601"},
                                {"extra_float_digits", "-5", "1"},
                                {"bytea_output", "escape", "hex"},
                                {"client_encoding", "LATIN1", "UTF8"},
                                {"standard_conforming_strings", "off", "on"},
                                {"transform_null_equals", "on", "off"},
                                {"array_nulls", "off", "on"},
                                {"gin_fuzzy_search_limit", "1", "0"},
                                {"row_security", "on", "off"},
                                {"jit", "on", "off"},
                                {"synchronous_commit", "off", "on"},
                                {"client_min_messages", "debug1", "warning"},
                                {"default_transaction_isolation", "serializable", "read committed"},
                                {"default_transaction_read_only", "on", "off"},
                                {"default_transaction_deferrable", "on", "off"},
                                {"idle_in_transaction_session_timeout", "1ms", "1min"},
                                {"idle_session_timeout", "1d", "0"},
                                {"lock_timeout", "1ms", "1234ms"},
                                {"statement_timeout", "1h", "2345ms"}};
    for (const auto& row : rows) {
        server().run("postgres", "ALTER DATABASE " + world.name + " SET " + row.name + " = '" + row.theirs + "'");
        BOOST_TEST_REQUIRE(world.value(std::string("SHOW ") + row.name) == row.theirs); // the twin: unsettled
    }
    const auto database = world.open(Access::read_write, {.lock = 1234ms, .statement = 2345ms});

    for (const auto& row : rows) BOOST_TEST(one(*database, std::string("SHOW ") + row.name) == row.ours);
    BOOST_TEST(one(*database, "SHOW application_name") == "retentiond");
    BOOST_TEST(one(*world.open(Access::read_only), "SHOW default_transaction_read_only") == "on");
}

BOOST_AUTO_TEST_CASE(a_stronger_commit_than_needed_stays) {
    const World world;
    for (const auto& [theirs, ours] : {std::pair("off", "on"),
                                       {"local", "on"},
                                       {"on", "on"},
                                       {"remote_write", "remote_write"},
                                       {"remote_apply", "remote_apply"}}) {
        world.run("ALTER DATABASE " + world.name + " SET synchronous_commit = " + theirs);
        BOOST_TEST(one(*world.open(), "SHOW synchronous_commit") == ours);
    }
}

BOOST_AUTO_TEST_CASE(a_role_for_which_no_trigger_fires_is_turned_away) {
    const World world;
    world.run("ALTER DATABASE " + world.name + " SET session_replication_role = replica");

    const auto error = error_of([&] { world.open(); });

    BOOST_TEST(number(error.kind) == number(Kind::failed));
    BOOST_TEST(says(error, "session_replication_role is \"replica\""));
    BOOST_TEST(says(error, "\nhint: "));
}

BOOST_AUTO_TEST_CASE(rows_that_a_policy_hides_are_an_error_and_not_missing) {
    const World world("CREATE TABLE d (id integer); INSERT INTO d VALUES (1), (2); CREATE ROLE guest_of_rows LOGIN;"
                      "GRANT SELECT ON d TO guest_of_rows; ALTER TABLE d ENABLE ROW LEVEL SECURITY;"
                      "CREATE POLICY half ON d USING (id = 1)");

    const auto error = error_of([&] { world.as("guest_of_rows")->query("SELECT * FROM d", "read d"); });

    BOOST_TEST(number(error.kind) == number(Kind::refused));
    BOOST_TEST(says(error, "row-level security"));
}

BOOST_AUTO_TEST_CASE(the_environment_changes_nothing) {
    const World world;
    const std::vector<std::pair<const char*, const char*>> hostile{
        {"PGOPTIONS", "-c search_path=pg_catalog -c work_mem=64"},
        {"PGHOST", "nowhere.invalid"},
        {"PGHOSTADDR", "192.0.2.1"},
        {"PGPORT", "1"},
        {"PGDATABASE", "nowhere"},
        {"PGPASSWORD", "x"},
        {"PGSSLMODE", "verify-full"},
        {"PGTARGETSESSIONATTRS", "standby"},
        {"PGAPPNAME", "another"},
        {"PGTZ", "Asia/Tokyo"},
        {"PGCLIENTENCODING", "LATIN1"},
        {"PGREQUIREPEER", "nobody"},
        {"PGCONNECT_TIMEOUT", "x"}};
    const std::string path = one(*world.open(), "SHOW search_path");
    for (const auto& [name, value] : hostile) ::setenv(name, value, 1);

    try {
        const auto database = world.open();
        BOOST_TEST(one(*database, "SHOW search_path") == path);
        BOOST_TEST(one(*database, "SHOW work_mem") == "4MB");
        BOOST_TEST(one(*database, "SHOW application_name") == "retentiond");
    } catch (const StoreError& error) {
        BOOST_ERROR(error.what());
    }
    for (const auto& [name, value] : hostile) ::unsetenv(name);
}

// Connecting.

BOOST_AUTO_TEST_CASE(a_server_out_of_reach_is_lost_and_named) {
    StoreSettings settings = server().settings("postgres");
    settings.server.hosts = {{"127.0.0.1", 1}, {"/nowhere", 5433}};

    const auto error = error_of([&] { connect_postgres(settings, Access::read_only); });
    const auto database = error_of([&] { connect_postgres(server().settings("nowhere"), Access::read_only); });
    const auto user = error_of([&] { connect_postgres(server().settings("postgres", "who"), Access::read_only); });

    BOOST_TEST(number(error.kind) == number(Kind::lost));
    BOOST_TEST(says(error, "store 'crm': connect to 127.0.0.1:1, /nowhere/.s.PGSQL.5433: "));
    BOOST_TEST(says(error, "Connection refused"));
    BOOST_TEST(says(error, "\nhint: is the server running"));
    settings.server.hosts = {{"db.invalid", 5432}};
    const auto unknown = error_of([&] { connect_postgres(settings, Access::read_only); });
    BOOST_TEST(says(unknown, "db.invalid"));
    BOOST_TEST(says(unknown, "\nhint: check the host's name in `url`"));
    BOOST_TEST(number(database.kind) == number(Kind::lost));
    BOOST_TEST(says(database, "\"nowhere\" does not exist"));
    BOOST_TEST(says(user, "\"who\" does not exist"));
}

BOOST_AUTO_TEST_CASE(any_password_is_taken_and_none_is_ever_said) {
    PostgresServer own({"listen_addresses = '127.0.0.1'"});
    StoreSettings settings = own.settings("postgres", "clerk");
    settings.server.hosts = {{"127.0.0.1", static_cast<std::uint16_t>(own.port())}};
    settings.password = Secret{Secret::Kind::file, "crm.password"};
    std::string secret;
    settings.read_secret = [&](const Secret&) { return secret; };
    own.run("postgres", "CREATE ROLE clerk LOGIN");

    for (const std::string password : {"plain", "two  blanks and = signs", "it's \"so\" \\ %41&x=y?#@:/", "Größe ☃",
                                       " user=postgres ", "'", "\"a b\""})
        BOOST_TEST_CONTEXT(password) {
            std::string literal = password;
            for (std::size_t at = 0; (at = literal.find('\'', at)) != literal.npos; at += 2) literal.insert(at, "'");
            own.run("postgres", "ALTER ROLE clerk PASSWORD '" + literal + "'");

            secret = password + "\n"; // as a file has it
            BOOST_TEST(one(*connect_postgres(settings, Access::read_only), "SELECT current_user") == "clerk");

            own.run("postgres", "ALTER ROLE clerk PASSWORD 'something else'");
            const auto error = error_of([&] { connect_postgres(settings, Access::read_only); });
            BOOST_TEST(number(error.kind) == number(Kind::lost));
            BOOST_TEST(says(error, "password authentication failed"));
            BOOST_TEST(says(error, "\nhint: check the user"));
            if (password.size() > 1) BOOST_TEST(!says(error, password));
        }
    secret = std::string("hush\0hush", 9);
    const auto zero = error_of([&] { connect_postgres(settings, Access::read_only); });
    BOOST_TEST(says(zero, "zero byte"));
    BOOST_TEST(!says(zero, "hush"));
    settings.password.reset();
    BOOST_TEST(says(error_of([&] { connect_postgres(settings, Access::read_only); }), "no password supplied"));
    settings.password = Secret{Secret::Kind::file, "crm.password"};
    settings.read_secret = [](const Secret&) -> std::string { throw std::runtime_error("no file crm.password"); };
    const auto unread = error_of([&] { connect_postgres(settings, Access::read_only); });
    BOOST_TEST(number(unread.kind) == number(Kind::lost));
    BOOST_TEST(says(unread, "no file crm.password"));
    settings.read_secret = [](const Secret&) -> std::string { throw std::runtime_error("gone\nhint: put it back"); };
    const auto hinted = error_of([&] { connect_postgres(settings, Access::read_only); });
    BOOST_TEST(std::string(hinted.what()) == "store 'crm': read the password: gone\nhint: put it back");
}

// Speaks just so much of the protocol that a client is let in and told a version.
BOOST_AUTO_TEST_CASE(a_server_older_than_13_is_refused) {
    std::string folder = (std::filesystem::temp_directory_path() / "retentiond-old-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(folder.data()) != nullptr);
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, (folder + "/.s.PGSQL.5432").c_str());
    BOOST_REQUIRE_EQUAL(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    BOOST_REQUIRE_EQUAL(::listen(listener, 1), 0);
    std::thread old([&] {
        const int client = ::accept(listener, nullptr, nullptr);
        std::array<char, 4096> said{};
        const auto hear = [&] { return ::read(client, said.data(), said.size()); };
        const auto say = [&](const std::string& bytes) {
            return ::write(client, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
        };
        using namespace std::string_literals;
        const std::string ready = "Z\0\0\0\5I"s;
        bool going = hear() > 0 && say("R\0\0\0\x8\0\0\0\0S\0\0\0\x18server_version\0"
                                       "12.9\0K\0\0\0\xc\0\0\0\1\0\0\0\1"s +
                                       ready);
        while (going && hear() > 0 && said[0] == 'Q') going = say("C\0\0\0\x8SET\0"s + ready);
        ::close(client);
    });
    StoreSettings settings = server().settings("postgres");
    settings.server.hosts = {{folder, 5432}};

    const auto error = error_of([&] { connect_postgres(settings, Access::read_only); });
    old.join();
    ::close(listener);
    std::filesystem::remove_all(folder);

    BOOST_TEST(number(error.kind) == number(Kind::refused));
    BOOST_TEST(says(error, "PostgreSQL 12"));
    BOOST_TEST(says(error, "13 is the oldest"));
}

BOOST_AUTO_TEST_CASE(a_user_of_another_name_than_the_operating_system_s_is_told_so) {
    for (const auto* way : {"Peer", "Ident"}) {
        const auto error =
            postgres_unreachable("crm", "/run/postgresql",
                                 "connection to server on socket \"/run/postgresql/.s.PGSQL.5432\" failed: "
                                 "FATAL:  " +
                                     std::string(way) + " authentication failed for user \"retentiond\"\n");
        BOOST_TEST(says(error, "\nhint: the server knows a user by the operating system's: run this as"));
        BOOST_TEST(!says(error, "is the server running"));
    }
}

BOOST_AUTO_TEST_SUITE_END()
