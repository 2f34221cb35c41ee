// MariaDB's keys, and its statements about sets of rows.

#include "connectors/connector.hpp"
#include "tests/connectors/mariadb_bench.hpp"

#include <future>

namespace retention::test {
namespace {

struct KeyType {
    std::string type;
    TypeFamily family;
    std::vector<std::string> literals; // as the server takes them
    std::vector<std::string> texts;    // as the audit log writes them
    std::vector<std::string> impossible;
    std::string collation = "";
};

std::vector<KeyType> key_types() {
    using enum TypeFamily;
    return {
        {"int(11)",
         integer,
         {"-5", "0", "2147483647"},
         {"-5", "0", "2147483647"},
         {"", "abc", "5x", " 5", "1.5", "99999999999999999999", "5 "}},
        {"int(8) unsigned zerofill", integer, {"7", "0"}, {"7", "0"}, {"x"}},
        {"bigint(20)",
         integer,
         {"9007199254740993", "9007199254740992"},
         {"9007199254740993", "9007199254740992"},
         {"9e15"}},
        {"bigint(20) unsigned",
         integer,
         {"18446744073709551615", "18446744073709551614", "9223372036854775808", "1"},
         {"18446744073709551615", "18446744073709551614", "9223372036854775808", "1"},
         {"-", "18446744073709551616"}},
        {"bit(9)", integer, {"5", "48", "257"}, {"5", "48", "257"}, {"b'1'"}},
        {"year(4)", integer, {"1999"}, {"1999"}, {"MM"}},
        {"decimal(20,3)",
         real,
         {"1.5", "-99999999999999999.999", "0"},
         {"1.500", "-99999999999999999.999", "0.000"},
         {"", ".", "1.", "1.5001", "100000000000000000", "1e3", "abc", "--1"}},
        {"double", real, {"0.1", "1e100"}, {"0.1", "1e100"}, {"x", "inf", "nan", ""}},
        {"float", real, {"0.1", "0.5"}, {"0.1", "0.5"}, {"x"}},
        {"varchar(30) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
         text,
         {"'Ann'", "'M\xC3\xBCller'", "'\xE6\x97\xA5'", "''", "'a\\\\b''c`d:e?f'"},
         {"Ann", "M\xC3\xBCller", "\xE6\x97\xA5", "", "a\\b'c`d:e?f"},
         {"\xff\xfe"},
         "utf8mb4_unicode_ci"},
        {"varchar(30) CHARACTER SET latin1 COLLATE latin1_german2_ci",
         text,
         {"'Ann'", "'M\xC3\xBCller'", "'?'"},
         {"Ann", "M\xC3\xBCller", "?"},
         {"\xE6\x97\xA5", "\xF0\x9F\x98\x80", "\xff"},
         "latin1_german2_ci"},
        {"varchar(30) CHARACTER SET utf8mb3",
         text,
         {"'\xE6\x97\xA5'"},
         {"\xE6\x97\xA5"},
         {"\xF0\x9F\x98\x80"},
         "utf8mb3_general_ci"},
        {"varchar(30) CHARACTER SET ascii", text, {"'a'"}, {"a"}, {"\xC3\xBC"}, "ascii_general_ci"},
        {"varchar(30) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
         text,
         {"'a'", "'A'"},
         {"a", "A"},
         {"\xC3\xBC"},
         "utf8mb4_bin"},
        {"char(8)", text, {"'ab '", "'c'"}, {"ab", "c"}, {"d"}, "utf8mb4_general_ci"},
        {"enum('new','Paid')",
         other,
         {"'new'", "'Paid'"},
         {"new", "Paid"},
         {"gone", "\xE6\x97\xA5"},
         "utf8mb4_general_ci"},
        {"binary(3)", binary, {"x'00ff01'", "'abc'"}, {"00ff01", "616263"}, {"0", "0g", "zz", "00ff"}},
        {"varbinary(10)", binary, {"x'27005c'", "''"}, {"27005c", ""}, {"abc"}},
        {"date",
         date,
         {"'2022-02-05'", "'0001-01-01'"},
         {"2022-02-05", "0001-01-01"},
         {"", "2022-02-30", "2022-02-05 00:00:00", "0000-00-00", "today"}},
        {"datetime",
         time_stamp,
         {"'2022-02-05 19:55:59'"},
         {"2022-02-05T19:55:59.000000"},
         {"", "never", "2022-02-30T00:00:00", "2022-02-05T19:55:59.000000Z"}},
        {"datetime(6)",
         time_stamp,
         {"'2022-02-05 19:55:59.40195'", "'2022-02-05 19:55:59.401951'"},
         {"2022-02-05T19:55:59.401950", "2022-02-05T19:55:59.401951"},
         {"2022-02-05T24:00:00"}},
        {"timestamp(3)",
         zoned_time_stamp,
         {"'2022-02-05 19:55:59.401'"},
         {"2022-02-05T19:55:59.401000Z"},
         {"", "2022-02-05T19:55:59.401000", "x"}},
        {"uuid",
         uuid,
         {"'123E4567-e89b-12d3-a456-426655440000'"},
         {"123e4567-e89b-12d3-a456-426655440000"},
         {"", "123e4567", "123e4567-e89b-12d3-a456-42665544000g"}},
        {"inet6",
         address,
         {"'2001:db8::1'", "'::ffff:192.0.2.1'"},
         {"2001:db8::1", "::ffff:192.0.2.1"},
         {"", "x", "1.2.3.4"}},
        {"inet4", address, {"'192.0.2.1'"}, {"192.0.2.1"}, {"", "x", "::1"}},
        {"time", other, {"'10:00:00'", "'-100:59:59'"}, {"10:00:00", "-100:59:59"}, {"", "abc", "10:60:00"}},
    };
}

Column key_column(const KeyType& type) {
    Column column = column_of("k`1", type.type, type.family, {}, false);
    column.collation = type.collation;
    return column;
}

constexpr const char* k = "`t`.`k``1`";

Table table_of(const MariadbBench& bench, const std::string& name, std::vector<Column> columns,
               std::vector<std::string> primary_key) {
    Table table;
    table.schema = bench.name;
    table.name = name;
    table.columns = std::move(columns);
    table.primary_key = std::move(primary_key);
    return table;
}

void make_set(const MariadbBench& bench, const std::string& name, const Table& table,
              const std::vector<std::string>& identity) {
    std::vector<Dialect::SetColumn> columns;
    for (std::size_t i = 0; i < identity.size(); ++i)
        columns.push_back({"retentiond_i" + std::to_string(i), bench.dialect.column(table.name, identity[i])});
    for (const Sql& statement : bench.dialect.make_temporary(name, table, columns, identity.size(), false))
        bench.execute(statement);
}

// A table of people with a composite key of two types, in names that have to be quoted.
struct People {
    MariadbBench bench;
    Table table;
    std::vector<std::string> identity{"the`id", "from"}, set_identity{"retentiond_i0", "retentiond_i1"};

    People() {
        bench.run(
            "CREATE TABLE `order``s` (`the``id` BIGINT UNSIGNED, `from` VARCHAR(20) CHARACTER SET latin1 COLLATE "
            "latin1_german2_ci, name VARCHAR(40), `retentiond taken` INT, seen TIMESTAMP NOT NULL DEFAULT "
            "'2020-01-01 00:00:00', PRIMARY KEY (`the``id`, `from`)); INSERT INTO `order``s` SELECT "
            "18446744073709551615 - seq, CONCAT('M\xC3\xBC', seq), CONCAT('name ', seq), 5, '2020-01-01 00:00:00' "
            "FROM seq_1_to_3000; ANALYZE TABLE `order``s`");
        table = table_of(bench, "order`s",
                         {column_of("the`id", "bigint(20) unsigned", TypeFamily::integer),
                          column_of("from", "varchar(20)", TypeFamily::text),
                          column_of("name", "varchar(40)", TypeFamily::text)},
                         identity);
        make_set(bench, "retentiond_records", table, identity);
    }
    std::int64_t choose(const std::string& which) const {
        return bench.execute(bench.dialect.add_rows("retentiond_records", set_identity,
                                                    "SELECT `the``id`, `from` FROM `order``s` WHERE " + which));
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(mariadb_forms, *boost::unit_test::precondition(mariadb_is_here))

BOOST_AUTO_TEST_CASE(a_key_comes_back_to_its_own_record) {
    const MariadbBench bench;
    const auto& dialect = bench.dialect;
    int keys = 0;
    for (const KeyType& type : key_types()) {
        const Column column = key_column(type);
        std::string script = "DROP TABLE IF EXISTS t; CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, `k``1` " +
                             type.type + " NOT NULL) DEFAULT CHARSET utf8mb4;";
        for (const auto& each : type.literals) script += "INSERT INTO t (`k``1`) VALUES (" + each + ");";
        bench.run("SET time_zone = '+00:00';" + script);
        std::vector<Value> values;
        {
            const auto rows = bench.database->query("SELECT " + Sql(k) + " FROM t ORDER BY id", "test");
            while (rows->next()) values.push_back(rows->value(0));
        }
        BOOST_REQUIRE_EQUAL(values.size(), type.texts.size());

        BOOST_TEST_CONTEXT(type.type) {
            for (std::size_t i = 0; i < values.size(); ++i, ++keys) {
                const std::string text = dialect.key_text(column, values[i]), id = std::to_string(i + 1);
                BOOST_TEST(text == type.texts[i]);
                const auto ids = [&](const Sql& condition) {
                    std::string all;
                    for (const auto& row : bench.rows("SELECT id FROM t WHERE " + condition)) all += row + " ";
                    return all;
                };
                BOOST_TEST(ids(Sql(k) + " = " + dialect.key_value(column, values[i])) == id + " ", text);
                BOOST_TEST(ids(dialect.key_is(k, column, text)) == id + " ", text);
                BOOST_TEST(bench.execute("UPDATE t SET id = id WHERE " + dialect.key_is(k, column, text)) == 1);
                BOOST_TEST(bench.execute("UPDATE t SET id = id WHERE " + Sql(k) + " = " +
                                         dialect.key_value(column, values[i])) == 1);
            }
            for (const auto& text : type.impossible) {
                BOOST_TEST(bench.execute("UPDATE t SET id = id WHERE " + dialect.key_is(k, column, text)) == 0, text);
                BOOST_TEST(bench.rows("SELECT id FROM t WHERE " + dialect.key_is(k, column, text)).empty(), text);
            }
        }
    }
    BOOST_TEST_MESSAGE(keys << " keys");
}

BOOST_AUTO_TEST_CASE(the_twins_that_bind_text_to_keys_are_caught) {
    const MariadbBench bench;
    bench.run("CREATE TABLE t (id BIGINT PRIMARY KEY, f FLOAT, s VARCHAR(9) CHARACTER SET latin1); "
              "INSERT INTO t VALUES (9007199254740993, 0.1, '7'), (9007199254740992, 0.2, '7abc')");

    BOOST_TEST(bench.rows("SELECT id FROM t WHERE id + 0e0 = " + Sql::value(std::string("9007199254740993"))).size() ==
               2u);
    BOOST_TEST(bench.rows("SELECT id FROM t WHERE f = " + Sql::value(0.1)).empty());
    BOOST_TEST(bench.rows("SELECT id FROM t WHERE s = " + Sql::value(std::int64_t{7})).size() == 2u);
    BOOST_CHECK_THROW(bench.rows("SELECT id FROM t WHERE s = " + Sql::value(std::string("\xE6\x97\xA5"))), StoreError);
}

BOOST_AUTO_TEST_CASE(a_column_s_index_finds_its_key) {
    const MariadbBench bench;
    for (const KeyType& type : key_types()) {
        const Column column = key_column(type);
        bench.run("SET time_zone = '+00:00'; DROP TABLE IF EXISTS t; CREATE TABLE t (`k``1` " + type.type +
                  " NOT NULL, n INT, KEY (`k``1`)) DEFAULT CHARSET utf8mb4; INSERT INTO t SELECT " +
                  type.literals.front() + ", seq FROM seq_1_to_20;");
        // The engine would read a table of one value from end to end.
        bench.run("SET sql_mode = ''; INSERT IGNORE INTO t SELECT CASE WHEN '" +
                  std::to_string(static_cast<int>(type.family)) + "' = '0' THEN seq % 200 ELSE " +
                  type.literals.front() + " END, seq FROM seq_1_to_2000; ANALYZE TABLE t");
        const auto found = bench.database->query("SELECT " + Sql(k) + " FROM t LIMIT 1", "test");
        BOOST_REQUIRE(found->next());
        const Value value = found->value(0);
        while (found->next()) {
        }

        const auto by_value = bench.explained("SELECT n FROM t FORCE INDEX (`k``1`) WHERE " + Sql(k) + " = " +
                                                  bench.dialect.key_value(column, value),
                                              "t");
        const auto by_text = bench.explained("SELECT n FROM t FORCE INDEX (`k``1`) WHERE " +
                                                 bench.dialect.key_is(k, column, bench.dialect.key_text(column, value)),
                                             "t");

        BOOST_TEST_CONTEXT(type.type) {
            BOOST_TEST(by_value.at("type") == "ref");
            BOOST_TEST(by_text.at("type") == "ref");
        }
    }
}

BOOST_AUTO_TEST_CASE(a_walk_by_a_composite_key_follows_its_order_and_its_index) {
    const MariadbBench bench;
    bench.run(
        "CREATE TABLE t (a INT, b INT, c VARCHAR(5), PRIMARY KEY (a, b, c)); INSERT INTO t SELECT seq DIV 100, seq DIV "
        "10 % 10, CHAR(97 + seq % 10) FROM seq_0_to_2999; ANALYZE TABLE t");
    const std::vector<Sql> columns{"`t`.`a`", "`t`.`b`", "`t`.`c`"};
    const auto all = bench.rows("SELECT a, b, c FROM t ORDER BY a, b, c");
    for (const auto& [a, b, c] :
         {std::tuple{0, 0, "a"}, {15, 4, "f"}, {29, 9, "j"}, {15, 11, "a"}, {40, 0, "a"}, {-1, 0, ""}}) {
        const std::vector<Sql> values{Sql::value(std::int64_t{a}), Sql::value(std::int64_t{b}),
                                      Sql::value(std::string(c))};
        for (const char* comparison : {">", ">=", "<="}) {
            const Sql condition = bench.dialect.compare(columns, comparison, values);

            const auto found = bench.rows("SELECT a, b, c FROM t WHERE " + condition + " ORDER BY a, b, c");
            const auto wanted = bench.rows("SELECT a, b, c FROM t WHERE (a, b, c) " + Sql(comparison) + " (" +
                                           listed(values) + ") ORDER BY a, b, c");

            BOOST_TEST(found == wanted, boost::test_tools::per_element());
        }
    }
    const std::vector<Sql> values{Sql::value(std::int64_t{28}), Sql::value(std::int64_t{4}),
                                  Sql::value(std::string("f"))};
    const Sql after = " WHERE " + bench.dialect.compare(columns, ">", values) + " ORDER BY a, b, c LIMIT 10";
    const auto plan = bench.explained("SELECT * FROM t" + after, "t");
    BOOST_TEST(plan.at("type") == "range");
    BOOST_TEST(plan.at("Extra").find("filesort") == std::string::npos);
    const auto handled = [&](const Sql& query) {
        bench.execute("FLUSH STATUS");
        bench.rows(query);
        return std::stoi(bench.one("SELECT VARIABLE_VALUE FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = "
                                   "'HANDLER_READ_NEXT'"));
    };
    BOOST_TEST(handled("SELECT * FROM t" + after) < 100);
    // The twin: a comparison of rows reads all that lies before.
    BOOST_TEST(handled("SELECT * FROM t WHERE (`t`.`a`, `t`.`b`, `t`.`c`) > (" + listed(values) +
                       ") ORDER BY a, b, c LIMIT 10") > 2000);
    BOOST_TEST(
        bench.rows("SELECT a FROM t WHERE " + bench.dialect.compare({"`t`.`a`"}, "<=", {Sql::value(std::int64_t{0})}))
            .size() == 100u);
}

BOOST_AUTO_TEST_CASE(a_row_is_told_by_what_is_unique_and_never_null) {
    const MariadbDialect dialect(Zone::utc(), Zone::utc());
    Table table;
    table.columns = {column_of("id", "int(11)", TypeFamily::integer, {}, false),
                     column_of("n", "int(11)", TypeFamily::integer),
                     column_of("code", "varchar(9)", TypeFamily::text, {}, false),
                     column_of("body", "text", TypeFamily::text, {}, false)};
    const auto index = [](std::vector<std::string> columns, bool unique = true, bool partial = false) {
        return Index{"i", std::move(columns), unique, partial};
    };

    BOOST_TEST(dialect.identity(table).empty());
    table.indexes = {index({"n"}), index({"id"}, false), index({"id"}, true, true),
                     index({""}),  index({"body"}),      index({"code", "n"})};
    BOOST_TEST(dialect.identity(table).empty());
    table.indexes.push_back(index({"code", "id"}));
    BOOST_TEST((dialect.identity(table) == std::vector<std::string>{"code", "id"}));
    table.primary_key = {"id"};
    BOOST_TEST((dialect.identity(table) == std::vector<std::string>{"id"}));
    table.primary_key = {"body"};
    BOOST_TEST((dialect.identity(table) == std::vector<std::string>{"code", "id"}));
}

BOOST_AUTO_TEST_CASE(a_set_has_the_types_of_its_rows) {
    const MariadbBench bench;
    bench.run(
        "CREATE TABLE t (id BIGINT UNSIGNED AUTO_INCREMENT, l VARCHAR(20) CHARACTER SET latin1 COLLATE "
        "latin1_german2_ci, e "
        "ENUM('a','b'), ts TIMESTAMP(3) DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, b BIT(9), u UUID, bi "
        "BINARY(5), dc DECIMAL(20,3) UNSIGNED, n INT, PRIMARY KEY (id, l, e, ts, b, u, bi, dc)); INSERT INTO t VALUES "
        "(18446744073709551614, 'M\xC3\xBCller', 'b', '2020-01-01 00:00:00.123', 257, UUID(), x'0001', 1.5, 7)");
    Table table = table_of(bench, "t", {}, {});
    for (const char* name : {"id", "l", "e", "ts", "b", "u", "bi", "dc", "n"})
        table.columns.push_back(column_of(name, "", TypeFamily::other));
    table.columns[3].updates_itself = true;
    table.primary_key = {"id", "l", "e", "ts", "b", "u", "bi", "dc"};

    make_set(bench, "retentiond_records", table, table.primary_key);
    make_set(bench, "retentiond_records", table, table.primary_key); // anew

    const auto created = bench.one("SHOW CREATE TABLE `retentiond_records`");
    for (const char* part : {"`retentiond_i0` bigint(20) unsigned NOT NULL", "latin1_german2_ci", "enum('a','b')",
                             "timestamp(3) NOT NULL", "bit(9)", "uuid", "binary(5)", "decimal(20,3) unsigned",
                             "`retentiond_taken` int(11) NOT NULL DEFAULT 1,\n  PRIMARY"})
        BOOST_TEST(created.find(part) != std::string::npos, part << " in " << created);
    BOOST_TEST(created.find("ON UPDATE") == std::string::npos);
    BOOST_TEST(created.find("AUTO_INCREMENT") == std::string::npos);
    std::vector<std::string> set_identity;
    for (std::size_t i = 0; i < table.primary_key.size(); ++i)
        set_identity.push_back("retentiond_i" + std::to_string(i));
    const Sql all = "SELECT id, l, e, ts, b, u, bi, dc FROM t";
    BOOST_TEST(bench.execute(bench.dialect.add_rows("retentiond_records", set_identity, all)) == 1);
    BOOST_TEST(bench.execute(bench.dialect.add_rows("retentiond_records", set_identity, all)) == 0);
    BOOST_TEST(bench.execute("UPDATE retentiond_records SET retentiond_taken = 2") == 1);
    BOOST_TEST(
        bench.execute(bench.dialect.erase_set(table, table.primary_key, "retentiond_records", set_identity, "")) == 1);
    // The twin: a plain column brings its ON UPDATE along.
    table.columns[3].updates_itself = false;
    make_set(bench, "retentiond_twin", table, table.primary_key);
    BOOST_TEST(bench.one("SHOW CREATE TABLE `retentiond_twin`").find("ON UPDATE") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(only_the_chosen_rows_of_the_set_go) {
    const People people;
    const auto& [bench, table, identity, set_identity] = people;
    BOOST_TEST(people.choose("`the``id` >= 18446744073709551605") == 10);
    bench.execute("UPDATE retentiond_records SET retentiond_taken = 0 WHERE retentiond_i0 >= 18446744073709551612");

    const auto erased =
        bench.dialect.erase_set(table, identity, "retentiond_records", set_identity, "retentiond_taken > 0");
    const auto plan = bench.explained(erased, "order`s");
    const auto gone = bench.execute(erased);

    BOOST_TEST(plan.at("type") == "eq_ref");
    BOOST_TEST(gone == 7);
    BOOST_TEST(bench.one("SELECT count(*) FROM `order``s`") == "2993");
    BOOST_TEST(bench.one("SELECT count(*) FROM `order``s` WHERE `the``id` >= 18446744073709551612") == "3");
    BOOST_TEST(bench.execute(bench.dialect.erase_set(table, identity, "retentiond_records", set_identity, "")) == 3);
    // The twin: a condition that reads the whole table.
    const auto twin =
        bench.explained("DELETE FROM `order``s` WHERE (`the``id`, `from`) IN (SELECT retentiond_i0, retentiond_i1 FROM "
                        "retentiond_records)",
                        "order`s");
    BOOST_TEST(twin.at("type") == "ALL");
}

BOOST_AUTO_TEST_CASE(an_update_counts_the_rows_that_it_matched) {
    const People people;
    const auto& [bench, table, identity, set_identity] = people;
    people.choose("`the``id` >= 18446744073709551605");
    bench.execute("UPDATE retentiond_records SET retentiond_taken = 0 WHERE retentiond_i0 = 18446744073709551614");
    const Column name = column_of("name", "varchar(40)", TypeFamily::text, 40);
    PlannedMask mask;
    mask.column = &name;
    mask.mask.kind = MaskKind::random;
    const Sql assignments = "`name` = " + bench.dialect.masked(mask, "`order``s`.`name`", "") +
                            ", `retentiond taken` = NULL, `seen` = `order``s`.`seen`";
    const auto update = [&](const Sql& set) {
        return bench.dialect.update_set(table, set, identity, "retentiond_records", set_identity,
                                        "retentiond_taken > 0");
    };

    const auto plan = bench.explained(update(assignments), "order`s");

    BOOST_TEST(plan.at("type") == "eq_ref");
    BOOST_TEST(bench.execute(update(assignments)) == 9);
    BOOST_TEST(bench.execute(update("`retentiond taken` = NULL")) == 9); // nothing changes, all are matched
    BOOST_TEST(bench.one("SELECT count(DISTINCT name) FROM `order``s` WHERE `retentiond taken` IS NULL") == "9");
    BOOST_TEST(bench.one("SELECT sum(" + bench.dialect.is_masked(mask, "name") + ") FROM `order``s`") == "9");
    BOOST_TEST(bench.one("SELECT name FROM `order``s` WHERE `the``id` = 18446744073709551614") == "name 1");
}

BOOST_AUTO_TEST_CASE(locked_rows_wait_for_others_and_make_others_wait) {
    const People people;
    const auto& [bench, table, identity, set_identity] = people;
    const auto other = connect_mariadb(bench.server.settings(bench.name), Access::read_write);
    const auto hasty = connect_mariadb(bench.server.settings(bench.name), Access::read_write);
    hasty->execute("SET SESSION innodb_lock_wait_timeout = 0", "test");
    bench.database->begin_batch();
    BOOST_REQUIRE(people.choose("`the``id` >= 18446744073709551605") == 10);
    const Sql lock = bench.dialect.lock_set(table, identity, "retentiond_records", set_identity);
    other->begin_batch();
    other->execute("UPDATE `order``s` SET name = 'touched' WHERE `the``id` = 18446744073709551610", "test");
    other->execute("DELETE FROM `order``s` WHERE `the``id` = 18446744073709551611", "test");

    auto locked = std::async(std::launch::async, [&bench = bench, &lock] { return bench.one(lock); });
    // The server renews this table only where nobody has read it for 100 ms.
    const auto waits = [&] {
        return count_of(*hasty, "SELECT count(*) FROM information_schema.INNODB_LOCK_WAITS", "test") > 0;
    };
    while (!waits() && locked.wait_for(std::chrono::milliseconds{150}) == std::future_status::timeout) {
    }
    const bool waited = locked.wait_for(std::chrono::milliseconds{0}) == std::future_status::timeout;
    other->commit();

    BOOST_TEST(waited);
    BOOST_TEST(locked.get() == "9"); // the one that was deleted meanwhile is gone
    BOOST_TEST(bench.one("SELECT name FROM `order``s` WHERE `the``id` = 18446744073709551610") == "touched");
    BOOST_CHECK_THROW(hasty->execute("UPDATE `order``s` SET name = 'x' WHERE `the``id` = 18446744073709551606", "test"),
                      StoreError);
    BOOST_TEST(hasty->execute("UPDATE `order``s` SET name = 'x' WHERE `the``id` = 18446744073709550000", "test") == 1);
    bench.database->rollback();
    BOOST_TEST(hasty->execute("UPDATE `order``s` SET name = 'x' WHERE `the``id` = 18446744073709551606", "test") == 1);
    BOOST_TEST(bench.one("SELECT count(*) FROM retentiond_records") == "0"); // rolled back with the rest
}

BOOST_AUTO_TEST_CASE(a_set_can_be_filled_in_a_transaction_that_only_looks) {
    const People people;
    const auto& bench = people.bench;

    bench.database->begin_snapshot();
    const auto chosen = people.choose("`the``id` >= 18446744073709551605");
    const auto emptied = bench.execute("DELETE FROM retentiond_records");
    BOOST_CHECK_THROW(bench.execute("DELETE FROM `order``s`"), StoreError);
    bench.database->rollback();

    BOOST_TEST(chosen == 10);
    BOOST_TEST(emptied == 10);
    // What the header warns of.
    bench.database->begin_snapshot();
    BOOST_CHECK_THROW(make_set(bench, "retentiond_other", people.table, people.identity), StoreError);
    bench.database->rollback();
}

BOOST_AUTO_TEST_CASE(names_are_quoted) {
    const MariadbDialect dialect(Zone::utc(), Zone::utc());

    BOOST_TEST(dialect.quote("a`b") == "`a``b`");
    BOOST_TEST(dialect.column("order", "from") == "`order`.`from`");
    BOOST_TEST(dialect.temporary("retentiond_records") == "`retentiond_records`");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention::test
