#include "connectors/mariadb_catalogue.hpp"

#include "connectors/check_words.hpp"
#include "connectors/connector.hpp"
#include "connectors/mariadb_connection.hpp"
#include "connectors/mariadb_faults.hpp"
#include "connectors/mariadb_trigger.hpp"
#include "connectors/mariadb_type.hpp"
#include "tests/support/mariadb_server.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <chrono>

using namespace retention;
using retention::test::MariadbServer;

namespace {

using Names = std::vector<std::string>;

std::string listed_names(const Names& names) {
    std::string all;
    for (const auto& name : names) all += "[" + name + "]";
    return all;
}

// A fresh database of the shared server, or nothing where there is none.
struct Store {
    MariadbServer* server = MariadbServer::shared();
    std::string name;

    explicit Store(const std::string& script = "") {
        if (!server) {
            BOOST_TEST_MESSAGE("skipped: " << MariadbServer::missing());
            return;
        }
        name = server->make_database();
        server->run(name, script);
    }
    explicit operator bool() const { return server; }

    Catalogue read(const std::string& user = "root") const {
        return read_mariadb_catalogue(*connect_mariadb(server->settings(name, user), Access::read_only));
    }
    // A user without rights, whose name no other test has.
    std::string add_user(const std::string& grants_of) const {
        std::string user = "u_" + name;
        server->run(name, "CREATE USER `" + user + "`@`localhost`; CREATE USER `" + user + "`@`%`");
        grant(grants_of, user);
        return user;
    }
    // "SELECT ON t"
    void grant(const std::string& what, const std::string& user) const {
        if (what.empty()) return;
        for (const char* host : {"localhost", "%"})
            server->run(name, "GRANT " + what + " TO `" + user + "`@`" + host + "`");
    }
};

const Table& table_of(const Catalogue& catalogue, const std::string& name) {
    const Table* table = catalogue.find(name);
    BOOST_REQUIRE_MESSAGE(table, "no table " << name);
    return *table;
}

const Column& column_of(const Table& table, const std::string& name) {
    const Column* column = table.find(name);
    BOOST_REQUIRE_MESSAGE(column, "no column " << name);
    return *column;
}

const Index* index_of(const Table& table, const std::string& name) {
    const auto found = std::ranges::find(table.indexes, name, &Index::name);
    return found == table.indexes.end() ? nullptr : &*found;
}

const ServerFault* fault(const std::vector<ServerFault>& faults, ServerFault::Kind kind, const std::string& part = "") {
    const auto found = std::ranges::find_if(faults, [&](const ServerFault& one) {
        return one.kind == kind && (one.what + one.hint).find(part) != std::string::npos;
    });
    return found == faults.end() ? nullptr : &*found;
}

std::string text_of(const std::vector<ServerFault>& faults) {
    std::string text;
    for (const auto& one : faults) text += one.what + "\nhint: " + one.hint + "\n";
    return text;
}

using Kind = ServerFault::Kind;

constexpr char every_type[] = R"(
CREATE TABLE `Größe der. Dinge``x` (
  `a b` BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
  `c.d` VARCHAR(40) CHARACTER SET latin1 NOT NULL UNIQUE,
  kind ENUM('a','it''s',',)') DEFAULT 'a', flags SET('x','y'),
  short TINYTEXT, body TEXT CHARACTER SET utf8mb4, fixed BINARY(16), raw VARBINARY(20), photo BLOB,
  i4 INET4, i6 INET6, u UUID, j JSON, born YEAR, bits BIT(8), yes BOOLEAN, small TINYINT UNSIGNED,
  at DATETIME(6), seen TIMESTAMP(3) NULL ON UPDATE CURRENT_TIMESTAMP(3), day DATE, clock TIME, place POINT,
  price DECIMAL(10,2), f FLOAT, d DOUBLE,
  twice INT AS (yes * 2) VIRTUAL, thrice INT AS (yes * 3) STORED, token VARCHAR(36) DEFAULT (uuid()),
  KEY first_letters (body(10)), UNIQUE shorter (short(5)), FULLTEXT words (body), KEY unused (day) IGNORED,
  KEY two (day, `c.d`)))";

} // namespace

BOOST_AUTO_TEST_SUITE(mariadb_catalogue)

BOOST_AUTO_TEST_CASE(every_type_has_its_family) {
    const Store store(every_type);
    if (!store) return;

    const Catalogue catalogue = store.read();

    const Table& table = table_of(catalogue, "Größe der. Dinge`x");
    const std::pair<const char*, TypeFamily> expected[] = {{"a b", TypeFamily::integer},
                                                           {"c.d", TypeFamily::text},
                                                           {"kind", TypeFamily::other},
                                                           {"flags", TypeFamily::other},
                                                           {"short", TypeFamily::text},
                                                           {"body", TypeFamily::text},
                                                           {"fixed", TypeFamily::binary},
                                                           {"raw", TypeFamily::binary},
                                                           {"photo", TypeFamily::binary},
                                                           {"i4", TypeFamily::address},
                                                           {"i6", TypeFamily::address},
                                                           {"u", TypeFamily::uuid},
                                                           {"j", TypeFamily::text},
                                                           {"born", TypeFamily::integer},
                                                           {"bits", TypeFamily::integer},
                                                           {"yes", TypeFamily::integer},
                                                           {"small", TypeFamily::integer},
                                                           {"at", TypeFamily::time_stamp},
                                                           {"seen", TypeFamily::zoned_time_stamp},
                                                           {"day", TypeFamily::date},
                                                           {"clock", TypeFamily::other},
                                                           {"place", TypeFamily::other},
                                                           {"price", TypeFamily::real},
                                                           {"f", TypeFamily::real},
                                                           {"d", TypeFamily::real},
                                                           {"token", TypeFamily::text}};
    for (const auto& [name, family] : expected)
        BOOST_TEST_CONTEXT(name) BOOST_TEST((column_of(table, name).family == family));
    BOOST_TEST(table.columns.size() == std::size(expected) + 2); // the generated ones
    BOOST_TEST(table.columns[1].name == "c.d");                  // in the order of the declaration
}

BOOST_AUTO_TEST_CASE(columns_say_what_the_checks_ask_of_them) {
    const Store store(every_type);
    if (!store) return;

    const Catalogue catalogue = store.read();

    const Table& table = table_of(catalogue, "Größe der. Dinge`x");
    BOOST_TEST(column_of(table, "a b").type == "bigint(20) unsigned");
    BOOST_TEST(!column_of(table, "a b").nullable);
    BOOST_TEST(column_of(table, "day").nullable);
    BOOST_TEST(column_of(table, "c.d").collation == "latin1_swedish_ci");
    BOOST_TEST(column_of(table, "a b").collation == "");
    BOOST_TEST(column_of(table, "kind").values == "'a','it''s',',)'");
    BOOST_TEST(column_of(table, "flags").values == "'x','y'");
    BOOST_TEST(column_of(table, "c.d").values == "");
    for (const char* name : {"twice", "thrice"}) BOOST_TEST(column_of(table, name).generated);
    for (const char* name : {"token", "kind", "a b"}) BOOST_TEST(!column_of(table, name).generated);
    BOOST_TEST(column_of(table, "seen").updates_itself);
    BOOST_TEST(!column_of(table, "at").updates_itself);
}

BOOST_AUTO_TEST_CASE(lengths_are_letters_of_text_and_bytes_of_binary) {
    const Store store(every_type);
    if (!store) return;

    const Catalogue catalogue = store.read();

    const Table& table = table_of(catalogue, "Größe der. Dinge`x");
    BOOST_TEST(column_of(table, "c.d").length.value() == 40u);
    BOOST_TEST(column_of(table, "token").length.value() == 36u);
    BOOST_TEST(column_of(table, "fixed").length.value() == 16u);
    BOOST_TEST(column_of(table, "raw").length.value() == 20u);
    BOOST_TEST(column_of(table, "body").length.value() == 16383u); // 65535 bytes of up to 4 each
    BOOST_TEST(column_of(table, "photo").length.value() == 65535u);
    BOOST_TEST(!column_of(table, "a b").length.has_value());
}

BOOST_AUTO_TEST_CASE(indexes_are_those_that_find_values) {
    const Store store(every_type);
    if (!store) return;

    const Catalogue catalogue = store.read();

    const Table& table = table_of(catalogue, "Größe der. Dinge`x");
    BOOST_TEST(listed_names(table.primary_key) == "[a b]");
    BOOST_REQUIRE(index_of(table, "PRIMARY"));
    BOOST_TEST(index_of(table, "PRIMARY")->unique);
    BOOST_REQUIRE(index_of(table, "two"));
    BOOST_TEST(listed_names(index_of(table, "two")->columns) == "[day][c.d]");
    BOOST_TEST(!index_of(table, "two")->unique);
    BOOST_REQUIRE(index_of(table, "first_letters"));
    BOOST_TEST(listed_names(index_of(table, "first_letters")->columns) == "[body]");
    BOOST_TEST(!index_of(table, "words"));
    BOOST_TEST(!index_of(table, "unused"));
    BOOST_TEST(table.is_unique({"c.d"}));
    BOOST_TEST(table.is_unique({"short"})); // no two rows have the same five letters, so none the same text
    BOOST_TEST(!table.is_unique({"body"}));
}

BOOST_AUTO_TEST_CASE(a_composite_key_keeps_its_own_order) {
    const Store store("CREATE TABLE t (a INT, b INT, c INT, PRIMARY KEY (c, a));"
                      "CREATE TABLE p (id INT, s DATE, e DATE, PERIOD FOR p (s, e), "
                      "PRIMARY KEY (id, p WITHOUT OVERLAPS))");
    if (!store) return;

    const Catalogue catalogue = store.read();

    BOOST_TEST(listed_names(table_of(catalogue, "t").primary_key) == "[c][a]");
    BOOST_TEST(!table_of(catalogue, "p").is_unique({"id"}));
    BOOST_TEST(table_of(catalogue, "p").is_unique({"id", "s", "e"}));
}

BOOST_AUTO_TEST_CASE(tables_say_what_kind_they_are_and_whether_they_roll_back) {
    const Store store("CREATE TABLE plain (id INT PRIMARY KEY) ENGINE=InnoDB;"
                      "CREATE TABLE old (id INT PRIMARY KEY) ENGINE=MyISAM;"
                      "CREATE TABLE aria (id INT PRIMARY KEY) ENGINE=Aria;"
                      "CREATE TABLE memory (id INT PRIMARY KEY) ENGINE=MEMORY;"
                      "CREATE TABLE csv (id INT NOT NULL) ENGINE=CSV;"
                      "CREATE TABLE kept (id INT PRIMARY KEY, n VARCHAR(3)) WITH SYSTEM VERSIONING;"
                      "CREATE SEQUENCE numbers;"
                      "CREATE VIEW seen AS SELECT id, 'it\\'s; `old`' AS said FROM plain;"
                      "CREATE TABLE gone (id INT); CREATE VIEW broken AS SELECT id FROM gone; DROP TABLE gone;"
                      "INSERT INTO plain VALUES (1), (2), (3); ANALYZE TABLE plain");
    if (!store) return;

    const Catalogue catalogue = store.read();

    BOOST_TEST(table_of(catalogue, "plain").transactional);
    BOOST_TEST(table_of(catalogue, "plain").engine == "InnoDB");
    BOOST_TEST(table_of(catalogue, "plain").estimated_rows == 3);
    BOOST_TEST(table_of(catalogue, "plain").source == "");
    for (const char* name : {"old", "aria", "memory", "csv"})
        BOOST_TEST_CONTEXT(name) BOOST_TEST(!table_of(catalogue, name).transactional);
    BOOST_TEST(table_of(catalogue, "kept").source == "SYSTEM VERSIONED");
    BOOST_TEST((table_of(catalogue, "kept").kind == TableKind::table));
    BOOST_TEST(!catalogue.find("numbers"));
    BOOST_TEST((table_of(catalogue, "seen").kind == TableKind::view));
    BOOST_TEST(table_of(catalogue, "seen").estimated_rows < 0);
    const auto words = words_of(table_of(catalogue, "seen").source);
    BOOST_TEST(names_table(words, catalogue, table_of(catalogue, "plain")));
    BOOST_TEST(!names_table(words, catalogue, table_of(catalogue, "old"))); // it stands in a literal
    BOOST_TEST((table_of(catalogue, "broken").kind == TableKind::view));
    BOOST_TEST(catalogue.native_dates);
    BOOST_TEST(catalogue.server.starts_with("MariaDB "));
    BOOST_TEST(table_of(catalogue, "plain").schema == store.name);
}

BOOST_AUTO_TEST_CASE(foreign_keys_keep_columns_order_and_action) {
    const Store store("CREATE TABLE parent (a INT, b VARCHAR(5), PRIMARY KEY (a, b)) ENGINE=InnoDB;"
                      "CREATE TABLE child (id INT PRIMARY KEY, x INT, y VARCHAR(5), z INT, w INT, v INT,"
                      "CONSTRAINT both_of FOREIGN KEY (x, y) REFERENCES parent (a, b) ON DELETE SET NULL,"
                      "CONSTRAINT own FOREIGN KEY (z) REFERENCES child (id) ON DELETE CASCADE,"
                      "CONSTRAINT none FOREIGN KEY (w) REFERENCES child (id) ON DELETE NO ACTION,"
                      "CONSTRAINT plain FOREIGN KEY (v) REFERENCES child (id) ON DELETE RESTRICT) ENGINE=InnoDB");
    if (!store) return;

    const Catalogue catalogue = store.read();

    const Table& child = table_of(catalogue, "child");
    BOOST_REQUIRE(child.foreign_keys.size() == 4u);
    const auto key = [&](const char* name) { return *std::ranges::find(child.foreign_keys, name, &ForeignKey::name); };
    BOOST_TEST(listed_names(key("both_of").columns) == "[x][y]");
    BOOST_TEST(listed_names(key("both_of").referenced) == "[a][b]");
    BOOST_TEST(key("both_of").references == "parent");
    BOOST_TEST(key("both_of").schema == store.name);
    BOOST_TEST((key("both_of").on_delete == OnDelete::set_null));
    BOOST_TEST((key("own").on_delete == OnDelete::cascade));
    BOOST_TEST((key("none").on_delete == OnDelete::no_action));
    BOOST_TEST((key("plain").on_delete == OnDelete::restrict));
    BOOST_TEST(catalogue.references_to(table_of(catalogue, "parent")).size() == 1u);
    BOOST_TEST(catalogue.references_to(child).size() == 3u);
}

// A cascade does not stop at the border of a database.
BOOST_AUTO_TEST_CASE(tables_of_other_databases_that_lead_to_own_ones_are_there) {
    const Store store("CREATE TABLE parent (id INT PRIMARY KEY); CREATE TABLE far (id INT PRIMARY KEY)");
    if (!store) return;
    const std::string second = store.server->make_database(), third = store.server->make_database();
    store.server->run(second, "CREATE TABLE near (id INT PRIMARY KEY, p INT, CONSTRAINT k FOREIGN KEY (p) REFERENCES " +
                                  store.name + ".parent (id) ON DELETE CASCADE); CREATE TABLE other (id INT)");
    store.server->run(third, "CREATE TABLE far (id INT PRIMARY KEY, n INT, FOREIGN KEY (n) REFERENCES " + second +
                                 ".near (id) ON DELETE CASCADE)");

    const Catalogue catalogue = store.read();

    const auto references = catalogue.references_to(table_of(catalogue, "parent"));
    BOOST_REQUIRE(references.size() == 1u);
    BOOST_TEST(references.front().from->schema == second);
    BOOST_TEST(references.front().from->columns.size() == 2u);
    const auto next = catalogue.references_to(*references.front().from);
    BOOST_REQUIRE(next.size() == 1u);
    BOOST_TEST(next.front().from->schema == third);
    BOOST_TEST(table_of(catalogue, "far").schema == store.name); // the own one is found by its bare name
    BOOST_TEST(!catalogue.find(second, "other"));
    BOOST_TEST(catalogue.tables.size() == 4u);
}

BOOST_AUTO_TEST_CASE(triggers_are_there_with_words_that_the_checks_find) {
    const Store store("CREATE TABLE calls (id INT PRIMARY KEY, started DATETIME, note VARCHAR(20));"
                      "CREATE TABLE people (id INT PRIMARY KEY, name VARCHAR(20), updated DATETIME);"
                      "CREATE PROCEDURE quietly() DELETE FROM calls");
    if (!store) return;
    // Each of these opens a literal for whoever does not know MariaDB's comments and escapes.
    store.server->run(store.name, "CREATE TRIGGER stamps BEFORE UPDATE ON people FOR EACH ROW BEGIN # don't\n"
                                  "SET NEW.name = 'it\\'s \"', NEW.updated = NOW(); END");
    store.server->run(store.name, "CREATE TRIGGER `moves them` AFTER UPDATE ON people FOR EACH ROW "
                                  "UPDATE calls SET started = NULL WHERE id = OLD.id");
    store.server->run(store.name, "CREATE TRIGGER looks BEFORE DELETE ON people FOR EACH ROW "
                                  "SET @update = 5--1, @last = OLD.name");
    store.server->run(store.name, "CREATE TRIGGER calls_it BEFORE DELETE ON calls FOR EACH ROW CALL quietly()");

    const Catalogue catalogue = store.read();

    const Table &people = table_of(catalogue, "people"), &calls = table_of(catalogue, "calls");
    BOOST_REQUIRE(people.triggers.size() == 3u);
    const auto trigger = [](const Table& table, const char* name) {
        return *std::ranges::find(table.triggers, name, &DatabaseTrigger::name);
    };
    const DatabaseTrigger stamps = trigger(people, "stamps"), moves = trigger(people, "moves them");
    BOOST_TEST((stamps.timing == TriggerTiming::before));
    BOOST_TEST((stamps.event == TriggerEvent::update));
    BOOST_TEST(assigns_column(words_of(stamps.text), catalogue, people, people, "updated"));
    BOOST_TEST(!assigns_column(words_of(stamps.text), catalogue, people, people, "id"));
    BOOST_TEST((moves.timing == TriggerTiming::after));
    BOOST_TEST(assigns_column(words_of(moves.text), catalogue, people, calls, "started"));
    BOOST_TEST(!assigns_column(words_of(moves.text), catalogue, people, calls, "note"));
    BOOST_TEST((trigger(people, "looks").event == TriggerEvent::erase));
    BOOST_TEST(trigger(people, "looks").text.find("OLD.name") != std::string::npos);
    BOOST_TEST(trigger(people, "looks").text.find("DELETE : ") == std::string::npos);
    BOOST_TEST(trigger(calls, "calls_it").text.find("INSERT , UPDATE or DELETE") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(partitions_are_there_in_order_with_their_bounds) {
    const Store store(
        "CREATE TABLE by_day (id INT, at DATE, PRIMARY KEY (id, at)) PARTITION BY RANGE (to_days(at)) ("
        "PARTITION `p 1` VALUES LESS THAN (to_days('2020-01-01')), PARTITION a VALUES LESS THAN (738000), "
        "PARTITION rest VALUES LESS THAN MAXVALUE);"
        "CREATE TABLE by_column (id INT, at DATETIME, PRIMARY KEY (id, at)) PARTITION BY RANGE COLUMNS (at) "
        "SUBPARTITION BY HASH (id) SUBPARTITIONS 2 (PARTITION p1 VALUES LESS THAN ('2020-01-01'), "
        "PARTITION p2 VALUES LESS THAN (MAXVALUE));"
        "CREATE TABLE by_two (`a,b` INT, `c``d` INT, PRIMARY KEY (`a,b`, `c``d`)) "
        "PARTITION BY RANGE COLUMNS (`a,b`, `c``d`) (PARTITION p1 VALUES LESS THAN (100, MAXVALUE));"
        "CREATE TABLE by_id (id INT PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION p1 VALUES LESS THAN (100));"
        "CREATE TABLE by_list (id INT PRIMARY KEY) PARTITION BY LIST (id) (PARTITION p1 VALUES IN (1, 2));"
        "CREATE TABLE by_hash (id INT PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 2;"
        "CREATE TABLE whole (id INT PRIMARY KEY)");
    if (!store) return;

    const Catalogue catalogue = store.read();

    const auto& day = table_of(catalogue, "by_day").partitioning.value();
    BOOST_TEST(day.method == "range");
    BOOST_TEST(day.expression == "to_days(`at`)");
    BOOST_TEST(day.columns.empty());
    BOOST_REQUIRE(day.partitions.size() == 3u);
    BOOST_TEST(day.partitions[0].name == "p 1");
    BOOST_TEST(day.partitions[0].schema == store.name);
    BOOST_TEST(day.partitions[0].bounds == "VALUES LESS THAN (737790)");
    BOOST_TEST(day.partitions[1].name == "a");
    BOOST_TEST(day.partitions[2].bounds == "VALUES LESS THAN MAXVALUE");
    const auto& column = table_of(catalogue, "by_column").partitioning.value();
    BOOST_TEST(column.method == "range columns");
    BOOST_TEST(listed_names(column.columns) == "[at]");
    BOOST_TEST(column.expression == "");
    BOOST_REQUIRE(column.partitions.size() == 2u);
    BOOST_TEST(column.partitions[0].bounds == "VALUES LESS THAN ('2020-01-01') (subpartitions by hash)");
    BOOST_TEST(listed_names(table_of(catalogue, "by_two").partitioning.value().columns) == "[a,b][c`d]");
    BOOST_TEST(listed_names(table_of(catalogue, "by_id").partitioning.value().columns) == "[id]");
    BOOST_TEST(table_of(catalogue, "by_list").partitioning.value().method == "list");
    BOOST_TEST(table_of(catalogue, "by_list").partitioning.value().partitions[0].bounds == "VALUES IN (1,2)");
    BOOST_TEST(table_of(catalogue, "by_hash").partitioning.value().method == "hash");
    BOOST_TEST(!table_of(catalogue, "whole").partitioning.has_value());
}

BOOST_AUTO_TEST_CASE(a_user_with_the_least_rights_sees_the_whole_catalogue_without_faults) {
    const Store store("CREATE TABLE parent (id INT PRIMARY KEY, at DATETIME, name VARCHAR(20));"
                      "CREATE TABLE child (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES parent (id) "
                      "ON DELETE SET NULL);"
                      "CREATE VIEW seen AS SELECT id FROM child;"
                      "CREATE TRIGGER t BEFORE UPDATE ON parent FOR EACH ROW SET NEW.at = NOW()");
    if (!store) return;
    const std::string user = store.add_user("SELECT, UPDATE (name), TRIGGER ON parent");
    store.grant("SELECT ON seen", user);
    store.grant("SHOW VIEW ON *.*", user);

    const Catalogue all = store.read(), mine = store.read(user);

    BOOST_TEST_INFO(text_of(mine.faults));
    BOOST_TEST(mine.faults.empty());
    const auto references = mine.references_to(table_of(mine, "parent"));
    BOOST_REQUIRE(references.size() == 1u);
    BOOST_TEST((references.front().key->on_delete == OnDelete::set_null));
    BOOST_REQUIRE(table_of(mine, "parent").triggers.size() == 1u);
    BOOST_TEST(table_of(mine, "parent").triggers[0].text == table_of(all, "parent").triggers[0].text);
    BOOST_TEST(table_of(mine, "parent").columns.size() == 3u);
    BOOST_TEST(table_of(mine, "seen").source == table_of(all, "seen").source);
    BOOST_TEST(table_of(all, "seen").source != "");
    BOOST_TEST(all.faults.empty());
}

// Known-bad twins: each right taken away, and a catalogue that would then say too little.
BOOST_AUTO_TEST_CASE(a_user_who_may_not_see_triggers_of_a_table_that_it_changes_is_told_the_grant) {
    const Store store("CREATE TABLE t (id INT PRIMARY KEY, n INT); CREATE TABLE only_read (id INT PRIMARY KEY);"
                      "CREATE TRIGGER secret BEFORE UPDATE ON t FOR EACH ROW SET NEW.n = 1");
    if (!store) return;
    const std::string user = store.add_user("SELECT, UPDATE (n) ON t");
    store.grant("SHOW VIEW ON *.*", user);
    store.grant("SELECT ON only_read", user);

    const Catalogue without = store.read(user);
    store.grant("TRIGGER ON t", user);
    const Catalogue with = store.read(user);

    BOOST_REQUIRE(fault(without.faults, Kind::unseen));
    BOOST_TEST(without.faults.size() == 1u);
    BOOST_TEST_INFO(text_of(without.faults));
    BOOST_TEST(without.faults[0].hint == "GRANT TRIGGER ON `" + store.name + "`.`t` TO '" + user + "'@'localhost';");
    BOOST_TEST(with.faults.empty());
    BOOST_TEST(with.find("t")->triggers.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_user_who_may_not_see_foreign_keys_is_told_the_grant) {
    const Store store("CREATE TABLE parent (id INT PRIMARY KEY);"
                      "CREATE TABLE child (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES parent (id) "
                      "ON DELETE CASCADE)");
    if (!store) return;
    const std::string user = store.add_user("SELECT, DELETE, TRIGGER ON parent");
    // SELECT on everything shows the key, but not what becomes of its rows.
    for (const char* right : {"", "SELECT ON *.*"}) {
        store.grant(right, user);

        const Catalogue catalogue = store.read(user);

        BOOST_TEST_CONTEXT(right << "\n" << text_of(catalogue.faults)) {
            BOOST_TEST(catalogue.faults.size() == 1u);
            BOOST_TEST(fault(catalogue.faults, Kind::unsafe, "GRANT SHOW VIEW ON *.* TO '" + user + "'@'localhost'"));
            const auto references = catalogue.references_to(table_of(catalogue, "parent"));
            BOOST_TEST(references.size() == (*right ? 1u : 0u));
            for (const auto& reference : references) BOOST_TEST((reference.key->on_delete == OnDelete::cascade));
        }
    }
}

BOOST_AUTO_TEST_CASE(rights_that_come_with_a_role_count) {
    const Store store("CREATE TABLE t (id INT PRIMARY KEY)");
    if (!store) return;
    const std::string user = store.add_user("DELETE ON t"), role = "r_" + store.name;
    store.server->run(store.name, "CREATE ROLE " + role + "; GRANT REFERENCES ON *.* TO " + role +
                                      "; GRANT TRIGGER ON `" + store.name + "`.* TO " + role);

    const Catalogue before = store.read(user);
    for (const std::string host : {"localhost", "%"})
        store.server->run(store.name, "GRANT " + role + " TO `" + user + "`@`" + host + "`; SET DEFAULT ROLE " + role +
                                          " FOR `" + user + "`@`" + host + "`");
    const Catalogue after = store.read(user);

    BOOST_TEST(before.faults.size() == 2u);
    BOOST_TEST_INFO(text_of(after.faults));
    BOOST_TEST(after.faults.empty());
}

BOOST_AUTO_TEST_CASE(patterns_of_databases_count_as_the_server_reads_them) {
    MariadbRights rights, escaped, narrowed;

    rights.add("GRANT SELECT, TRIGGER ON `shop_%`.* TO `r`@`%`");
    escaped.add("GRANT TRIGGER ON `shop\\_a`.* TO `r`@`%` WITH GRANT OPTION");
    narrowed.add("GRANT TRIGGER ON `shop%`.* TO `r`@`%`");
    narrowed.add("GRANT SELECT ON `shop_a`.* TO `r`@`%`");

    BOOST_TEST(rights.has("TRIGGER", "shop_a", "t"));
    BOOST_TEST(rights.has("TRIGGER", "shopXé", "t"));
    BOOST_TEST(!rights.has("TRIGGER", "shop", "t"));
    BOOST_TEST(!rights.has("UPDATE", "shop_a", "t"));
    BOOST_TEST(escaped.has("TRIGGER", "shop_a", "t"));
    BOOST_TEST(!escaped.has("TRIGGER", "shopXa", "t"));
    BOOST_TEST(!narrowed.has("TRIGGER", "shop_a", "t")); // the server goes by the nearer pattern alone
    BOOST_TEST(narrowed.has("TRIGGER", "shop_b", "t"));
}

BOOST_AUTO_TEST_CASE(grants_are_read_word_by_word) {
    MariadbRights rights, all, none;

    rights.add("GRANT SELECT, INSERT (`a`, `b`), UPDATE (`at`) ON `d`.`o``x on y` TO `u`@`%`");
    all.add("GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` IDENTIFIED BY PASSWORD '*X' WITH GRANT OPTION");
    none.add("GRANT `TRIGGER ON *.*` TO `u`@`%`");
    none.add("GRANT USAGE ON *.* TO `u`@`%`");
    none.add("GRANT PROXY ON ``@`%` TO 'u'@'%' WITH GRANT OPTION");
    none.add("GRANT EXECUTE ON PROCEDURE `d`.`t` TO `u`@`%`");
    none.add("GRANT SELECT, PROCESS ON *.* TO `u`@`%`");

    BOOST_TEST(rights.has("UPDATE", "d", "o`x on y"));
    BOOST_TEST(!rights.has("DELETE", "d", "o`x on y"));
    BOOST_TEST(!rights.has("UPDATE", "d", "x"));
    BOOST_TEST(!rights.sees_all_tables());
    BOOST_TEST(all.has("TRIGGER", "any", "table"));
    BOOST_TEST(all.sees_all_tables());
    BOOST_TEST(!none.has("TRIGGER", "d", "t"));
    BOOST_TEST(!none.sees_all_tables());
}

BOOST_AUTO_TEST_CASE(text_of_the_server_is_put_so_that_words_can_be_read) {
    BOOST_TEST(mariadb_plain("a # it's\nb", false) == "a \nb");
    BOOST_TEST(mariadb_plain("a -- it's\nb", false) == "a \nb");
    BOOST_TEST(mariadb_plain("a /* it's */ b", false) == "a \n b");
    BOOST_TEST(mariadb_plain("5--1", false) == "5- -1");
    BOOST_TEST(mariadb_plain("'it\\'s' x", true) == "'it''s' x");
    BOOST_TEST(mariadb_plain("'a\\' x", false) == "'a\\' x");
    BOOST_TEST(mariadb_plain("'it''s # no -- comment' `a\\`", true) == "'it''s # no -- comment' `a\\`");
    BOOST_TEST(listed_names(mariadb_names("`a`,`b``,`")) == "[a][b`,]");
    BOOST_TEST(listed_names(mariadb_names("to_days(`a`)")) == "");
    BOOST_TEST(listed_names(mariadb_names("`a` + `b`")) == "");
    BOOST_TEST(mariadb_values("varchar(3)") == "");
}

BOOST_AUTO_TEST_CASE(a_trigger_of_several_events_or_unseen_is_told_as_the_worst) {
    Table table;
    table.name = "t";

    const auto several = read_mariadb_trigger(table, {"x", "AFTER", "UPDATE,DELETE", false, "SET @a = 1"});
    const auto hidden = read_mariadb_trigger(table, {"x", "BEFORE", "DELETE", true, ""});

    BOOST_REQUIRE(several.size() == 2u);
    BOOST_TEST((several[0].event == TriggerEvent::update));
    BOOST_TEST((several[1].event == TriggerEvent::erase));
    BOOST_TEST(several[0].text.find(" INSERT ") == std::string::npos);
    BOOST_REQUIRE(hidden.size() == 1u);
    BOOST_TEST(hidden[0].text.find(" INSERT ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(settings_under_which_a_promise_would_not_hold_are_faults) {
    const MariadbSettings sound = {
        {"read_only", "OFF"},        {"innodb_flush_log_at_trx_commit", "1"}, {"innodb_doublewrite", "ON"},
        {"innodb_read_only", "OFF"}, {"innodb_force_recovery", "0"},          {"innodb_flush_method", "O_DIRECT"},
        {"log_bin", "OFF"},          {"binlog_format", "STATEMENT"},          {"wsrep_on", "OFF"},
        {"wsrep_ready", "OFF"}};
    struct Case {
        MariadbSettings changed;
        Kind kind;
    };
    const Case cases[] = {{{{"read_only", "ON"}}, Kind::read_only},
                          {{{"read_only", "NO_LOCK"}}, Kind::read_only},
                          {{{"super_read_only", "1"}}, Kind::read_only},
                          {{{"innodb_read_only", "ON"}}, Kind::read_only},
                          {{{"innodb_force_recovery", "3"}}, Kind::read_only},
                          {{{"wsrep_on", "ON"}}, Kind::read_only},
                          {{{"innodb_flush_log_at_trx_commit", "0"}}, Kind::weak_durability},
                          {{{"innodb_flush_log_at_trx_commit", "2"}}, Kind::weak_durability},
                          {{{"innodb_doublewrite", "OFF"}}, Kind::weak_durability},
                          {{{"innodb_flush_method", "nosync"}}, Kind::weak_durability},
                          {{{"log_bin", "ON"}}, Kind::unsafe}};

    BOOST_TEST(text_of(mariadb_server_faults(sound)) == "");
    BOOST_TEST(mariadb_server_faults({{"innodb_flush_log_at_trx_commit", "3"}}).empty());
    BOOST_TEST(mariadb_server_faults({{"wsrep_on", "ON"}, {"wsrep_ready", "ON"}}).empty());
    BOOST_TEST(mariadb_server_faults({{"log_bin", "ON"}, {"binlog_format", "MIXED"}}).empty());
    for (const auto& [changed, kind] : cases) {
        MariadbSettings settings = changed;
        settings.insert(sound.begin(), sound.end());
        const auto faults = mariadb_server_faults(settings);
        BOOST_TEST_CONTEXT(changed.begin()->first << " = " << changed.begin()->second) {
            BOOST_TEST(faults.size() == 1u);
            BOOST_TEST(fault(faults, kind));
            BOOST_TEST((!faults.empty() && !faults[0].hint.empty()));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_server_that_takes_no_writes_or_may_forget_them_says_so) {
    const Store store("CREATE TABLE t (id INT PRIMARY KEY)");
    if (!store) return;
    MariadbServer server({"read_only = ON", "innodb_flush_log_at_trx_commit = 2", "log_bin = binlog", "server_id = 1",
                          "binlog_format = STATEMENT"});
    const std::string database = server.make_database();

    const Catalogue sound = store.read();
    const Catalogue unsound = read_mariadb_catalogue(*connect_mariadb(server.settings(database), Access::read_only));

    BOOST_TEST_INFO(text_of(sound.faults));
    BOOST_TEST(sound.faults.empty());
    BOOST_TEST_INFO(text_of(unsound.faults));
    BOOST_TEST(unsound.faults.size() == 3u);
    for (const Kind kind : {Kind::read_only, Kind::weak_durability, Kind::unsafe})
        BOOST_TEST(fault(unsound.faults, kind));
}

BOOST_AUTO_TEST_CASE(five_hundred_tables_are_read_in_well_under_a_second) {
    std::string script = "CREATE TABLE t0 (id INT PRIMARY KEY);";
    for (int i = 1; i < 500; ++i)
        script += "CREATE TABLE t" + std::to_string(i) +
                  " (id INT PRIMARY KEY, n VARCHAR(30), at DATETIME, p INT, KEY (at), "
                  "FOREIGN KEY (p) REFERENCES t0 (id));";
    const Store store(script);
    if (!store) return;

    const auto start = std::chrono::steady_clock::now();
    const Catalogue catalogue = store.read();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;

    BOOST_TEST_MESSAGE("read in " << seconds.count() << " s");
    BOOST_TEST(catalogue.tables.size() == 500u);
    BOOST_TEST(catalogue.references_to(table_of(catalogue, "t0")).size() == 499u);
    BOOST_TEST(seconds.count() < 5); // a loaded machine; it takes a tenth of one
}

BOOST_AUTO_TEST_SUITE_END()
