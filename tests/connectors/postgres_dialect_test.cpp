#include "connectors/postgres_dialect.hpp"

#include "tests/support/postgres_store.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <thread>

namespace retention {
namespace {

using test::PostgresServer;
using test::PostgresStore;

boost::test_tools::assertion_result server_there(boost::unit_test::test_unit_id) {
    if (PostgresServer::shared()) return true;
    boost::test_tools::assertion_result missing(false);
    missing.message() << PostgresServer::missing();
    return missing;
}

const PostgresDialect dialect(Zone::utc(), Zone::utc());

Column column_of(const std::string& name, const std::string& type, TypeFamily family, bool nullable = false) {
    Column column;
    column.name = name;
    column.type = type;
    column.family = family;
    column.nullable = nullable;
    return column;
}

struct KeyType {
    const char* type;
    TypeFamily family;
    std::vector<std::string> values; // in order
    std::vector<std::string> texts;  // as the audit log writes them
    bool indexed = true;             // key_is uses the index
};

const std::vector<KeyType>& key_types() {
    static const std::vector<KeyType> types{
        {"smallint", TypeFamily::integer, {"-5", "0", "7"}, {"-5", "0", "7"}},
        {"integer", TypeFamily::integer, {"-5", "0", "2147483647"}, {"-5", "0", "2147483647"}},
        {"bigint",
         TypeFamily::integer,
         {"-9223372036854775808", "5000000000", "9223372036854775807"},
         {"-9223372036854775808", "5000000000", "9223372036854775807"}},
        {"\"Order Id\"", TypeFamily::integer, {"1", "2", "3"}, {"1", "2", "3"}},
        {"numeric",
         TypeFamily::real,
         {"-1.50", "0.00", "12345678901234567890123.0001"},
         {"-1.50", "0.00", "12345678901234567890123.0001"}},
        {"numeric(10,2)", TypeFamily::real, {"1", "2.5", "3"}, {"1.00", "2.50", "3.00"}},
        {"double precision", TypeFamily::real, {"-0.1", "1e-7", "1e+30"}, {"-0.1", "1e-07", "1e+30"}},
        {"real", TypeFamily::real, {"0.1", "0.3", "16777216"}, {"0.1", "0.3", "1.6777216e+07"}},
        {"text", TypeFamily::text, {"", "Zoë, 'x' $1 :b", "a\\b"}, {"", "Zoë, 'x' $1 :b", "a\\b"}},
        {"character varying(40)", TypeFamily::text, {"AB", "ab", "ab "}, {"AB", "ab", "ab "}},
        {"character(5)", TypeFamily::text, {"a", "abcde", "b"}, {"a", "abcde", "b"}},
        {"uuid",
         TypeFamily::uuid,
         {"00000000-0000-0000-0000-000000000001", "123E4567-E89B-12D3-A456-426614174000"},
         {"00000000-0000-0000-0000-000000000001", "123e4567-e89b-12d3-a456-426614174000"}},
        {"date",
         TypeFamily::date,
         {"-infinity", "2022-02-05", "infinity"},
         {"-infinity", "2022-02-05", "infinity"},
         false},
        {"date", TypeFamily::date, {"1999-12-31", "2022-02-05"}, {"1999-12-31", "2022-02-05"}},
        {"timestamp without time zone",
         TypeFamily::time_stamp,
         {"2022-02-05 19:55:59", "2022-02-05 19:55:59.40195", "2022-02-05 19:55:59.401951"},
         {"2022-02-05T19:55:59.000000", "2022-02-05T19:55:59.401950", "2022-02-05T19:55:59.401951"}},
        {"timestamp(0) without time zone",
         TypeFamily::time_stamp,
         {"2022-02-05 19:55:59"},
         {"2022-02-05T19:55:59.000000"}},
        {"timestamp without time zone",
         TypeFamily::time_stamp,
         {"-infinity", "2022-02-05 19:55:59"},
         {"-infinity", "2022-02-05T19:55:59.000000"},
         false},
        {"timestamp with time zone",
         TypeFamily::zoned_time_stamp,
         {"2022-02-05 19:55:59.40195+02", "2022-02-05 19:55:59.40195+00"},
         {"2022-02-05T17:55:59.401950Z", "2022-02-05T19:55:59.401950Z"}},
        {"boolean", TypeFamily::boolean, {"f", "t"}, {"false", "true"}},
        {"bytea", TypeFamily::binary, {"\\x", "\\x00ff", "\\xdeadbeef"}, {"", "00ff", "deadbeef"}},
        {"inet", TypeFamily::address, {"10.0.0.0/8", "10.0.0.1", "::1"}, {"10.0.0.0/8", "10.0.0.1", "::1"}},
        {"cidr", TypeFamily::address, {"10.0.0.0/8", "10.0.0.1/32"}, {"10.0.0.0/8", "10.0.0.1/32"}},
        {"\"My Enum\"", TypeFamily::other, {"zebra", "ant"}, {"zebra", "ant"}, false},
    };
    return types;
}

const char* const strange_keys[] = {"",
                                    "x",
                                    "-",
                                    "1",
                                    "1.5",
                                    "1e5",
                                    "1e999999",
                                    "-1e-999999",
                                    "99999999999999999999",
                                    "+1",
                                    " 1",
                                    "1 ",
                                    "NaN",
                                    "Infinity",
                                    "null",
                                    "now",
                                    "today",
                                    "epoch",
                                    "allballs",
                                    "2022-02-30",
                                    "2022-02-05",
                                    "2022-02-05T25:00:00",
                                    "2022-02-05T00:00:00Z",
                                    "9999-12-31T23:59:59-15:59",
                                    "10000-01-01",
                                    "t",
                                    "true",
                                    "yes",
                                    "0",
                                    "\\x",
                                    "\\xzz",
                                    "0g",
                                    "abc",
                                    "{",
                                    "00",
                                    "1.2.3.4/33",
                                    "1.2.3.4/",
                                    "1.2.3/8",
                                    "1.2.3.4/4294967296",
                                    "::1/129",
                                    "123e4567-e89b-12d3-a456-42661417400",
                                    "{123e4567-e89b-12d3-a456-426614174000}",
                                    "123e4567e89b12d3a456426614174000",
                                    "nosuch",
                                    "'; --",
                                    "$1",
                                    "\xff",
                                    "\xc3",
                                    "Zo\xc3\xab"};

// A table with a key of the type, in one database for all. The one before is gone.
class Keys {
public:
    explicit Keys(const KeyType& of) : column(column_of("The Key", of.type, of.family)), store(shared()) {
        store.run("DROP TABLE IF EXISTS \"The Table\"");
        store.run("CREATE TABLE \"The Table\" (\"The Key\" " + column.type + " PRIMARY KEY, n integer)");
        for (std::size_t i = 0; i < of.values.size(); ++i)
            store.run("INSERT INTO \"The Table\" VALUES (" + Sql::value(of.values[i]) + ", " + std::to_string(i) + ")");
    }
    std::string matching(const Sql& condition) {
        std::string found;
        for (const auto& row : store.rows("SELECT n FROM \"The Table\" WHERE " + condition + " ORDER BY \"The Key\""))
            found += (found.empty() ? "" : ",") + row[0].value();
        return found;
    }
    const Sql name = "\"The Table\".\"The Key\"";
    Column column;
    PostgresStore& store;

private:
    static PostgresStore& shared() {
        static PostgresStore store;
        static const bool ready = [] {
            store.run("CREATE DOMAIN \"Order Id\" AS bigint CHECK (VALUE > 0)");
            store.run("CREATE TYPE \"My Enum\" AS ENUM ('zebra', 'ant')");
            store.run("SET enable_seqscan = off"); // the tables are small
            return true;
        }();
        (void)ready;
        return store;
    }
};

std::string numbers(std::size_t from, std::size_t to) {
    std::string all;
    for (std::size_t i = from; i < to; ++i) all += (all.empty() ? "" : ",") + std::to_string(i);
    return all;
}

bool has(const std::string& text, const char* part) {
    return text.find(part) != text.npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(postgres_dialect, *boost::unit_test::precondition(server_there))

BOOST_AUTO_TEST_CASE(a_key_comes_back_as_it_was_read_and_is_found_by_its_text) {
    for (const KeyType& type : key_types()) {
        Keys keys(type);
        std::vector<Value> read;
        const auto rows = keys.store.database().query("SELECT " + keys.name + " FROM \"The Table\" ORDER BY n", "read");
        while (rows->next()) read.push_back(rows->value(0));
        for (std::size_t i = 0; i < read.size(); ++i) BOOST_TEST_CONTEXT(type.type << " " << type.values[i]) {
                const Sql bound = dialect.key_value(keys.column, read[i]);

                BOOST_TEST(dialect.key_text(keys.column, read[i]) == type.texts[i]);
                BOOST_TEST(keys.matching(dialect.key_is(keys.name, keys.column, type.texts[i])) == std::to_string(i));
                BOOST_TEST(keys.matching(dialect.compare({keys.name}, ">", {bound})) == numbers(i + 1, read.size()));
                BOOST_TEST(keys.matching(dialect.compare({keys.name}, ">=", {bound})) == numbers(i, read.size()));
                BOOST_TEST(keys.matching(dialect.compare({keys.name}, "<=", {bound})) == numbers(0, i + 1));
            }
    }
}

BOOST_AUTO_TEST_CASE(a_text_that_is_no_such_key_finds_nothing_and_fails_nowhere) {
    for (const KeyType& type : key_types()) {
        Keys keys(type);
        for (const std::string text : strange_keys) {
            std::string found;
            BOOST_TEST_CONTEXT(type.type << " '" << text << "'") {
                BOOST_CHECK_NO_THROW(found = keys.matching(dialect.key_is(keys.name, keys.column, text)));
                if (found.empty()) continue;
                const auto& own = type.texts[std::stoul(found)]; // another spelling of it
                BOOST_TEST((own == text || type.family == TypeFamily::integer || type.family == TypeFamily::real ||
                            type.family == TypeFamily::text || type.family == TypeFamily::binary),
                           own);
            }
        }
        BOOST_TEST(keys.matching(dialect.key_is(keys.name, keys.column, std::string("1\0", 2))).empty());
    }
    // Known to be bad: a cast takes "today" and fails for "x".
    Keys keys(key_types()[0]);
    BOOST_CHECK_THROW(keys.matching(keys.name + " = CAST(" + Sql::value("x") + " AS smallint)"), StoreError);
}

BOOST_AUTO_TEST_CASE(keys_are_compared_by_their_index) {
    for (const KeyType& type : key_types()) {
        Keys keys(type);
        BOOST_TEST_CONTEXT(type.type) {
            const Sql bound = dialect.key_value(keys.column, type.values[0]);
            const std::string walk =
                keys.store.plan("SELECT n FROM \"The Table\" WHERE " + dialect.compare({keys.name}, ">", {bound}));
            BOOST_TEST(has(walk, "Index Cond"), walk);
            const std::string one = keys.store.plan("SELECT n FROM \"The Table\" WHERE " +
                                                    dialect.key_is(keys.name, keys.column, type.texts[0]));
            BOOST_TEST(has(one, "Index Cond") == type.indexed, one);
        }
    }
    // Known to be bad: the key as text has no index.
    Keys keys(key_types()[2]);
    BOOST_TEST(
        !has(keys.store.plan("SELECT n FROM \"The Table\" WHERE CAST(" + keys.name + " AS text) > '1'"), "Index Cond"));
}

BOOST_AUTO_TEST_CASE(a_composite_key_is_compared_as_a_row) {
    PostgresStore store;
    store.run("CREATE TABLE lines (a integer, b text COLLATE \"C\", PRIMARY KEY (a, b))");
    store.run("INSERT INTO lines SELECT i, j::text FROM generate_series(1, 100) i, generate_series(1, 9) j");
    store.run("ANALYZE lines");
    const Column a = column_of("a", "integer", TypeFamily::integer), b = column_of("b", "text", TypeFamily::text);
    const Sql after = dialect.compare(
        {"lines.a", "lines.b"}, ">", {dialect.key_value(a, std::string("99")), dialect.key_value(b, std::string("7"))});

    BOOST_TEST(store.one("SELECT count(*) FROM lines WHERE " + after) == "11");
    const std::string plan = store.plan("SELECT * FROM lines WHERE " + after + " ORDER BY a, b LIMIT 5");
    BOOST_TEST(has(plan, "Index Cond: (ROW(a, b) > "), plan);
}

BOOST_AUTO_TEST_CASE(rows_are_told_apart_by_a_key_that_is_never_null) {
    Table table;
    table.columns = {column_of("id", "bigint", TypeFamily::integer), column_of("code", "text", TypeFamily::text, true),
                     column_of("nr", "text", TypeFamily::text)};
    using Names = std::vector<std::string>;
    BOOST_TEST(dialect.identity(table) == Names{});
    table.indexes = {{"a", {"code"}, true, false},
                     {"b", {"nr"}, true, true},
                     {"c", {""}, true, false},
                     {"d", {"nr"}, false, false},
                     {"e", {"nr", "code"}, true, false}};
    BOOST_TEST(dialect.identity(table) == Names{});
    table.indexes.push_back({"f", {"nr", "id"}, true, false});
    BOOST_TEST(dialect.identity(table) == (Names{"nr", "id"}));
    table.primary_key = {"id"};
    BOOST_TEST(dialect.identity(table) == Names{"id"});
}

namespace {

// A table of 20,000 rows with each kind of identity, n from 1.
struct Identified {
    const char* name;
    const char* create; // and fill, from `i`
    std::vector<std::string> identity;
};

const std::vector<Identified>& identified() {
    static const std::vector<Identified> tables{
        {"plain",
         "CREATE TABLE plain (id bigint PRIMARY KEY, n integer, note text);"
         "INSERT INTO plain SELECT i, i, repeat('x', 200) FROM generate_series(1, 20000) i",
         {"id"}},
        {"Mixed Case",
         "CREATE SCHEMA \"My Schema\";"
         "CREATE TABLE \"My Schema\".\"Mixed Case\" (\"Tenant Id\" integer, \"Lfd. Nr\" varchar(20), n integer, note "
         "text, PRIMARY KEY (\"Tenant Id\", \"Lfd. Nr\"));"
         "INSERT INTO \"My Schema\".\"Mixed Case\" SELECT i % 7, 'nr ' || i, i, repeat('x', 200) FROM "
         "generate_series(1, 20000) i",
         {"Tenant Id", "Lfd. Nr"}},
        {"by_uuid",
         "CREATE TABLE by_uuid (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), n integer, note text);"
         "INSERT INTO by_uuid (n, note) SELECT i, repeat('x', 200) FROM generate_series(1, 20000) i",
         {"id"}},
        {"by_domain",
         "CREATE DOMAIN \"Order Id\" AS bigint CHECK (VALUE > 0);"
         "CREATE TABLE by_domain (id \"Order Id\" PRIMARY KEY, n integer, note text);"
         "INSERT INTO by_domain SELECT i, i, repeat('x', 200) FROM generate_series(1, 20000) i",
         {"id"}},
        {"by_domains",
         "CREATE TABLE by_domains (id \"Order Id\", nr char(6), n integer, note text, PRIMARY KEY (id, nr));"
         "INSERT INTO by_domains SELECT i, i % 9, i, repeat('x', 200) FROM generate_series(1, 20000) i",
         {"id", "nr"}},
        {"by_char",
         "CREATE TABLE by_char (id char(8) PRIMARY KEY, n integer, note text);"
         "INSERT INTO by_char SELECT i, i, repeat('x', 200) FROM generate_series(1, 20000) i",
         {"id"}},
        {"parts",
         "CREATE TABLE parts (id bigint, at date, n integer, note text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);"
         "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');"
         "CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');"
         "INSERT INTO parts SELECT i, DATE '2020-01-01' + i % 700, i, repeat('x', 200) FROM generate_series(1, 20000) "
         "i",
         {"id", "at"}},
    };
    return tables;
}

class Sets {
public:
    Sets() {
        for (const Identified& each : identified()) {
            const std::string script = each.create;
            for (std::size_t from = 0; from < script.size();) {
                const auto end = std::min(script.find(';', from), script.size());
                store.run(script.substr(from, end - from));
                from = end + 1;
            }
        }
        store.run("ANALYZE");
    }
    static Table table(const Identified& of) {
        Table table;
        table.schema = std::string(of.name) == "Mixed Case" ? "My Schema" : "public";
        table.name = of.name;
        return table;
    }
    static std::vector<std::string> set_identity(const Identified& of) {
        std::vector<std::string> names;
        for (std::size_t i = 0; i < of.identity.size(); ++i) names.push_back("retentiond_i" + std::to_string(i));
        return names;
    }
    // Makes the set of the rows of which the condition holds.
    void fill(Database& database, const Identified& of, const Sql& condition, bool lasting = false) {
        std::vector<Dialect::SetColumn> columns;
        std::vector<Sql> sources;
        for (std::size_t i = 0; i < of.identity.size(); ++i) {
            sources.push_back(dialect.column(of.name, of.identity[i]));
            columns.push_back({set_identity(of)[i], sources.back()});
        }
        sources.push_back(dialect.column(of.name, "n"));
        columns.push_back({"retentiond_n", "CAST(" + dialect.column(of.name, "n") + " + " +
                                               Sql::value(std::int64_t{0}) + " AS integer)"});
        for (const Sql& sql : dialect.make_temporary("retentiond_set", table(of), columns, of.identity.size(), lasting))
            database.execute(sql, "make room");
        add(database, of, condition);
    }
    std::int64_t add(Database& database, const Identified& of, const Sql& condition) {
        auto names = set_identity(of);
        std::vector<Sql> sources;
        for (const auto& name : of.identity) sources.push_back(dialect.column(of.name, name));
        names.push_back("retentiond_n");
        sources.push_back(dialect.column(of.name, "n"));
        return database.execute(
            dialect.add_rows("retentiond_set", names,
                             "SELECT " + listed(sources) + " FROM " + dialect.table(table(of)) + " WHERE " + condition),
            "select");
    }
    PostgresStore store;
};

} // namespace

BOOST_AUTO_TEST_CASE(the_rows_of_a_set_are_locked_changed_and_erased_and_no_others) {
    Sets sets;
    auto& database = sets.store.database();
    for (const Identified& of : identified()) BOOST_TEST_CONTEXT(of.name) {
            const Table table = Sets::table(of);
            const auto set_identity = Sets::set_identity(of);
            const std::string name = dialect.table(table);
            const auto count = [&](const std::string& condition) {
                return count_of(database, "SELECT count(*) FROM " + name + " WHERE " + condition, "count");
            };
            database.begin_batch();
            sets.fill(database, of, "n <= 2000 AND n % 2 = 0");
            BOOST_TEST(sets.add(database, of, "n <= 2002 AND n % 2 = 0") == 1); // the others are in it

            BOOST_TEST(count_of(database, dialect.lock_set(table, of.identity, "retentiond_set", set_identity),
                                "lock") == 1001);
            database.execute("UPDATE pg_temp.retentiond_set SET retentiond_taken = 0 WHERE retentiond_n > 100", "take");
            const Sql note = dialect.quote("note") + " = " + dialect.column(of.name, "n") + " || " + Sql::value("!");
            BOOST_TEST(database.execute(dialect.update_set(table, note, of.identity, "retentiond_set", set_identity,
                                                           "retentiond_taken > 0"),
                                        "update") == 50);
            BOOST_TEST(count("note = n || '!'") == 50);
            BOOST_TEST(count("note = n || '!' AND n <= 100 AND n % 2 = 0") == 50);
            BOOST_TEST(database.execute(dialect.erase_set(table, of.identity, "retentiond_set", set_identity,
                                                          "retentiond_n > " + Sql::value(std::int64_t{1900})),
                                        "delete") == 51);
            BOOST_TEST(count("n BETWEEN 1901 AND 2002") == 51);
            BOOST_TEST(database.execute(dialect.erase_set(table, of.identity, "retentiond_set", set_identity, {}),
                                        "delete") == 950);
            BOOST_TEST(count("true") == 18999);
            database.commit();
            BOOST_TEST(count_of(database, "SELECT count(*) FROM pg_temp.retentiond_set", "count") == 0);
        }
}

BOOST_AUTO_TEST_CASE(a_lasting_set_outlives_its_transaction_and_can_be_made_anew) {
    Sets sets;
    auto& database = sets.store.database();
    for (int i = 0; i < 2; ++i) {
        database.begin_batch();
        sets.fill(database, identified()[0], "n <= 10", true);
        database.commit();
        BOOST_TEST(count_of(database, "SELECT count(*) FROM " + dialect.temporary("retentiond_set"), "count") == 10);
    }
}

// The server knows nothing of a temporary table's rows.
BOOST_AUTO_TEST_CASE(the_rows_of_a_set_are_found_by_the_index_of_their_identity) {
    Sets sets;
    auto& database = sets.store.database();
    for (const Identified& of : identified()) BOOST_TEST_CONTEXT(of.name) {
            const Table table = Sets::table(of);
            const auto set_identity = Sets::set_identity(of);
            sets.fill(database, of, "n <= 1500", true);
            const std::string whole =
                std::string("Seq Scan on ") + (std::string(of.name) == "Mixed Case" ? "\"Mixed Case\""
                                               : std::string(of.name) == "parts"    ? "parts_1"
                                                                                    : of.name);
            for (const Sql& statement :
                 {dialect.erase_set(table, of.identity, "retentiond_set", set_identity, "retentiond_taken > 0"),
                  dialect.update_set(table, "note = NULL", of.identity, "retentiond_set", set_identity, {}),
                  dialect.lock_set(table, of.identity, "retentiond_set", set_identity)}) {
                const std::string plan = sets.store.plan(statement);
                BOOST_TEST(has(plan, "Index Cond"), plan);
                BOOST_TEST(!has(plan, whole.c_str()), plan);
            }
            // Known to be bad: a join reads the whole table.
            if (of.identity.size() > 1) continue;
            const std::string joined =
                sets.store.plan("DELETE FROM " + dialect.table(table) + " USING pg_temp.retentiond_set s WHERE " +
                                dialect.column(of.name, of.identity[0]) + " = s.retentiond_i0");
            BOOST_TEST(has(joined, whole.c_str()), joined);
        }
}

BOOST_AUTO_TEST_CASE(a_locked_row_waits_and_one_that_went_meanwhile_is_not_counted) {
    Sets sets;
    for (const std::size_t which : {0u, 1u}) BOOST_TEST_CONTEXT(identified()[which].name) {
            const Identified& of = identified()[which];
            const Table table = Sets::table(of);
            auto& ours = sets.store.database();
            const auto theirs = sets.store.connect();
            const std::string pid = sets.store.one("SELECT pg_backend_pid()");
            ours.begin_batch();
            sets.fill(ours, of, "n BETWEEN 100 AND 199");
            theirs->begin_batch();
            theirs->execute("DELETE FROM " + dialect.table(table) + " WHERE n = 150", "delete");
            theirs->execute("UPDATE " + dialect.table(table) + " SET note = 'touched' WHERE n = 151", "touch");

            std::int64_t locked = -1;
            std::thread waits([&] {
                locked = count_of(ours, dialect.lock_set(table, of.identity, "retentiond_set", Sets::set_identity(of)),
                                  "lock");
            });
            const auto watch = sets.store.connect();
            while (count_of(*watch, "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = " + pid, "watch") == 0) {
            }
            theirs->commit();
            waits.join();

            BOOST_TEST(locked == 99);
            watch->execute("SET lock_timeout = 50", "hurry");
            BOOST_CHECK_EXCEPTION(
                watch->execute("UPDATE " + dialect.table(table) + " SET note = 'late' WHERE n = 151", "touch"),
                StoreError, [](const StoreError& error) { return error.kind == StoreError::Kind::busy; });
            watch->execute("UPDATE " + dialect.table(table) + " SET note = 'free' WHERE n = 201",
                           "touch"); // no row of the set
            ours.rollback();
        }
}

BOOST_AUTO_TEST_CASE(names_are_quoted) {
    BOOST_TEST(dialect.quote("My \"Table\"") == "\"My \"\"Table\"\"\"");
    BOOST_TEST(dialect.temporary("retentiond_set") == "pg_temp.retentiond_set");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention
