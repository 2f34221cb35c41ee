#include "connectors/grants.hpp"

#include "connectors/connector.hpp"
#include "connectors/mariadb_catalogue.hpp"
#include "connectors/mariadb_connection.hpp"
#include "connectors/postgres_connection.hpp"
#include "connectors/witness_table.hpp"
#include "tests/support/hand_catalogue.hpp"
#include "tests/support/mariadb_server.hpp"
#include "tests/support/postgres_server.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <map>
#include <optional>

using namespace retention;
using retention::test::MariadbServer;
using retention::test::PostgresServer;

namespace {

using Statements = std::vector<std::string>;
using Plans = std::vector<std::shared_ptr<Plan>>;

std::string text_of(const Statements& statements) {
    std::string text;
    for (const auto& statement : statements) text += statement + "\n";
    return text;
}

bool has(const Statements& statements, const std::string& wanted) {
    return std::ranges::find(statements, wanted) != statements.end();
}

std::size_t count_with(const Statements& statements, const std::string& part) {
    return static_cast<std::size_t>(
        std::ranges::count_if(statements, [&](const std::string& one) { return one.find(part) != std::string::npos; }));
}

// A company in the schema `hr` (a database for MariaDB): people are masked, their calls are read, their notes go, their
// badges are detached; orders are deleted, and stay while a query finds them in `disputed`, a view.
std::shared_ptr<const Catalogue> company(const std::string& schema) {
    std::vector<HandTable> tables{
        HandTable("people").integer("id").text("Full \"Name\"").text("mail").date("made").date("masked_on").key({"id"}),
        HandTable("calls").integer("id").integer("person").date("at").key({"id"}),
        HandTable("notes").integer("no").integer("person").key({"no"}),
        HandTable("badges").integer("id").integer("person").date("moved").key({"id"}),
        HandTable("orders").integer("year").integer("no").date("at").text("status").key({"no", "year"}),
        HandTable("disputed").integer("no").view("SELECT no FROM papers"),
        HandTable("papers").integer("no"),
        HandTable("status").integer("id").key({"id"}),
        HandTable("elsewhere").integer("id").key({"id"})};
    for (HandTable& table : tables) table.table.schema = schema;
    for (Column& column : tables[3].table.columns) column.updates_itself = column.name == "moved";
    tables[8].table.schema = schema + " 2";
    return hand_catalogue(tables);
}

Plans plans_over(const std::shared_ptr<const Catalogue>& catalogue) {
    return {HandRule(catalogue, "people")
                .linked("calls", {"person"}, "at")
                .marker("masked_on")
                .mask("Full \"Name\"", "redact")
                .mask("mail", "null")
                .related("notes", {"person"}, Action::erase)
                .related("badges", {"person"}, Action::detach)
                .plan(),
            HandRule(catalogue, "orders")
                .erase()
                .trigger("at")
                .where_record("status = 'done'")
                .unless_sql("disputed", "EXISTS (SELECT 1 FROM disputed d WHERE d.no = orders.no)")
                .plan()};
}

// "SELECT", "UPDATE (a, b)", "TRIGGER"
Statements rights_in(const std::string& grant) {
    Statements rights;
    int depth = 0;
    std::string right;
    for (const char c : grant.substr(6, grant.find(" ON ") - 6) + ",") {
        if (c == '(') ++depth;
        if (c == ')') --depth;
        if (c == ',' && depth == 0)
            rights.push_back(std::exchange(right, ""));
        else if (c != ' ' || !right.empty())
            right += c;
    }
    return rights;
}

// Every list of statements that lacks one, or lacks one right of one, with what is taken away.
std::vector<std::pair<std::string, Statements>> all_but_one(const Statements& whole) {
    std::vector<std::pair<std::string, Statements>> lists;
    for (std::size_t i = 0; i < whole.size(); ++i) {
        Statements without = whole;
        without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
        lists.emplace_back(whole[i], without);
        if (!whole[i].starts_with("GRANT ")) continue;
        const Statements rights = rights_in(whole[i]);
        for (std::size_t r = 0; rights.size() > 1 && r < rights.size(); ++r) {
            std::string fewer;
            for (std::size_t k = 0; k < rights.size(); ++k)
                if (k != r) fewer += (fewer.empty() ? "" : ", ") + rights[k];
            Statements less = whole;
            less[i] = "GRANT " + fewer + whole[i].substr(whole[i].find(" ON "));
            lists.emplace_back(rights[r] + " of " + whole[i], less);
        }
    }
    return lists;
}

// What a run does, each in a transaction that is rolled back. What is refused, or nothing.
std::string refused(Database& database, const Statements& statements) {
    for (const auto& statement : statements) {
        try {
            database.begin_batch();
            database.execute(statement, "try");
        } catch (const StoreError& error) {
            database.rollback();
            return statement + ": " + error.what();
        }
        database.rollback();
    }
    return "";
}

} // namespace

BOOST_AUTO_TEST_SUITE(grants)

BOOST_AUTO_TEST_CASE(postgresql_gets_one_grant_for_each_table_with_what_is_done_to_it) {
    const auto statements = grants_for(Engine::postgresql, plans_over(company("hr")), "reten\"d", "c r m");

    BOOST_TEST_INFO(text_of(statements));
    BOOST_REQUIRE(statements.size() == 11u);
    BOOST_TEST(statements[0] == create_witness_table(Engine::postgresql) + ";");
    BOOST_TEST(statements[1] == "GRANT SELECT, INSERT ON retentiond_batches TO \"reten\"\"d\";");
    BOOST_TEST(has(statements, "GRANT CONNECT, TEMPORARY ON DATABASE \"c r m\" TO \"reten\"\"d\";"));
    BOOST_TEST(has(statements, "GRANT USAGE ON SCHEMA \"public\" TO \"reten\"\"d\";"));
    BOOST_TEST(has(statements, "GRANT USAGE ON SCHEMA \"hr\" TO \"reten\"\"d\";"));
    BOOST_TEST(has(statements, "GRANT SELECT, UPDATE (\"Full \"\"Name\"\"\", \"mail\", \"masked_on\") ON "
                               "\"hr\".\"people\" TO \"reten\"\"d\";"));
    BOOST_TEST(has(statements, "GRANT SELECT ON \"hr\".\"calls\" TO \"reten\"\"d\";"));
    BOOST_TEST(has(statements, "GRANT SELECT, UPDATE (\"no\"), DELETE ON \"hr\".\"notes\" TO \"reten\"\"d\";"));
    BOOST_TEST(has(statements, "GRANT SELECT, UPDATE (\"person\", \"moved\") ON \"hr\".\"badges\" TO \"reten\"\"d\";"));
    BOOST_TEST(has(statements, "GRANT SELECT, UPDATE (\"no\"), DELETE ON \"hr\".\"orders\" TO \"reten\"\"d\";"));
    BOOST_TEST(has(statements, "GRANT SELECT ON \"hr\".\"disputed\" TO \"reten\"\"d\";"));
}

BOOST_AUTO_TEST_CASE(mariadb_gets_what_shows_triggers_and_foreign_keys_too) {
    const auto statements = grants_for(Engine::mariadb, plans_over(company("h`r_1")), "retentiond", "h`r_1");

    BOOST_TEST_INFO(text_of(statements));
    BOOST_REQUIRE(statements.size() == 11u);
    BOOST_TEST(statements[0] == "USE `h``r_1`;");
    BOOST_TEST(statements[1] == create_witness_table(Engine::mariadb) + ";");
    BOOST_TEST(statements[2] == "GRANT SELECT, INSERT ON `h``r_1`.`retentiond_batches` TO 'retentiond'@'%';");
    BOOST_TEST(statements[3] == "GRANT CREATE TEMPORARY TABLES ON `h``r\\_1`.* TO 'retentiond'@'%';");
    BOOST_TEST(statements[4] == "GRANT SHOW VIEW ON `h``r\\_1`.* TO 'retentiond'@'%';");
    BOOST_TEST(has(statements, "GRANT SELECT, UPDATE (`Full \"Name\"`, `mail`, `masked_on`), TRIGGER ON "
                               "`h``r_1`.`people` TO 'retentiond'@'%';"));
    BOOST_TEST(has(statements, "GRANT SELECT ON `h``r_1`.`calls` TO 'retentiond'@'%';"));
    BOOST_TEST(has(statements, "GRANT SELECT, DELETE, TRIGGER ON `h``r_1`.`notes` TO 'retentiond'@'%';"));
    BOOST_TEST(has(statements, "GRANT SELECT, DELETE, TRIGGER ON `h``r_1`.`orders` TO 'retentiond'@'%';"));
}

BOOST_AUTO_TEST_CASE(tables_that_no_rule_touches_are_not_named) {
    const auto catalogue = company("hr");
    const Plans plans = plans_over(catalogue);

    const auto statements = grants_for(Engine::postgresql, plans, "r", "d");

    // `status` is a column where it is named, `papers` stands behind a view that reads it with its owner's rights.
    for (const char* name : {"\"status\"", "\"papers\"", "\"elsewhere\"", "\"hr 2\""})
        BOOST_TEST_CONTEXT(name) BOOST_TEST(count_with(statements, name) == 0u);
}

BOOST_AUTO_TEST_CASE(what_several_rules_do_to_a_table_is_one_grant) {
    const auto catalogue = company("hr");
    const Plans plans{HandRule(catalogue, "people").trigger("made").mask("mail", "null").plan(),
                      HandRule(catalogue, "people").trigger("made").mask("Full \"Name\"", "null").plan(),
                      HandRule(catalogue, "people").category("gone").erase().trigger("made").plan(),
                      HandRule(catalogue, "elsewhere").query("SELECT max(at) FROM calls").plan()};

    const auto statements = grants_for(Engine::postgresql, plans, "r", "d");

    BOOST_TEST_INFO(text_of(statements));
    BOOST_TEST(has(statements, "GRANT SELECT, UPDATE (\"mail\", \"Full \"\"Name\"\"\"), DELETE ON \"hr\".\"people\" TO "
                               "\"r\";"));
    BOOST_TEST(count_with(statements, "\"people\"") == 1u);
    BOOST_TEST(has(statements, "GRANT USAGE ON SCHEMA \"hr 2\" TO \"r\";"));
    BOOST_TEST(has(statements, "GRANT SELECT ON \"hr\".\"calls\" TO \"r\";"));
}

BOOST_AUTO_TEST_CASE(a_known_host_is_kept_and_sqlite_needs_none) {
    const Plans plans = plans_over(company("hr"));

    const auto statements = grants_for(Engine::mariadb, plans, "o'brien@10.0.0.%", "hr");

    BOOST_TEST(count_with(statements, " TO 'o''brien'@'10.0.0.%';") == statements.size() - 2);
    BOOST_TEST(grants_for(Engine::sqlite, plans, "r", "d").empty());
    BOOST_TEST(grants_for(Engine::mariadb, {}, "r", "d").empty());
}

namespace {

// What is done to the tables of `company`, as a run does it. {} stands for what qualifies a table.
Statements work(const std::string& temporary) {
    return {"INSERT INTO retentiond_batches (batch, records, at, head) VALUES ('b', 1, '2026-01-01 00:00:00', '')",
            "SELECT count(*) FROM retentiond_batches",
            temporary,
            "SELECT * FROM {}people p LEFT JOIN {}calls c ON c.person = p.id",
            "SELECT id FROM {}people WHERE id = 1 FOR UPDATE",
            "UPDATE {}people SET mail = NULL, name = 'x', masked_on = '2026-01-01' WHERE id = 1",
            "SELECT no FROM {}notes WHERE person = 1 FOR UPDATE",
            "DELETE FROM {}notes WHERE person = 1",
            "UPDATE {}badges SET person = NULL, moved = moved WHERE person = 1",
            "SELECT no FROM {}orders WHERE NOT EXISTS (SELECT 1 FROM {}disputed d WHERE d.no = orders.no) FOR UPDATE",
            "DELETE FROM {}orders WHERE no = 1"};
}

constexpr char tables[] =
    "CREATE TABLE {}people (id INT PRIMARY KEY, name VARCHAR(20), mail VARCHAR(20), made DATE, masked_on DATE);"
    "CREATE TABLE {}calls (id INT PRIMARY KEY, person INT, at DATE);"
    "CREATE TABLE {}notes (no INT PRIMARY KEY, person INT);"
    "CREATE TABLE {}papers (no INT);"
    "CREATE VIEW {}disputed AS SELECT no FROM {}papers;"
    "INSERT INTO {}people VALUES (1, 'n', 'm', '2020-01-01', NULL);"
    "INSERT INTO {}notes VALUES (1, 1);";

std::string in(const std::string& text, const std::string& schema) {
    std::string result = text;
    for (auto at = result.find("{}"); at != result.npos; at = result.find("{}", at)) result.replace(at, 2, schema);
    return result;
}

Plans rules(const std::shared_ptr<const Catalogue>& catalogue) {
    return {HandRule(catalogue, "people")
                .linked("calls", {"person"}, "at")
                .marker("masked_on")
                .mask("name", "redact")
                .mask("mail", "null")
                .related("notes", {"person"}, Action::erase)
                .related("badges", {"person"}, Action::detach)
                .plan(),
            HandRule(catalogue, "orders")
                .erase()
                .trigger("at")
                .unless_sql("disputed", "EXISTS (SELECT 1 FROM disputed d WHERE d.no = orders.no)")
                .plan()};
}

// `attempt`: grants these to a fresh user, does the work as that user, and says what was refused.
void judge_least(const Statements& statements, const std::function<std::string(const Statements&)>& attempt) {
    const auto whole = attempt(statements);
    BOOST_TEST(whole == "", text_of(statements) << whole);
    const auto lists = all_but_one(statements);
    for (const auto& [taken, fewer] : lists) BOOST_TEST(attempt(fewer) != "", "nothing is refused without " << taken);
    BOOST_TEST(attempt(statements) == ""); // nothing else was in the way
    BOOST_TEST_MESSAGE(lists.size() << " things taken away one by one");
}

} // namespace

BOOST_AUTO_TEST_CASE(a_mariadb_user_needs_each_of_them_and_nothing_else) {
    MariadbServer* server = MariadbServer::shared();
    if (!server) {
        BOOST_TEST_MESSAGE("skipped: " << MariadbServer::missing());
        return;
    }
    const std::string database = server->make_database(), other = server->make_database();
    server->run(database, in(tables, ""));
    server->run(database, "CREATE TABLE badges (id INT PRIMARY KEY, person INT, moved TIMESTAMP NULL ON UPDATE "
                          "CURRENT_TIMESTAMP, FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE);"
                          "CREATE TABLE orders (no INT, year INT, at DATE, PRIMARY KEY (no, year));"
                          "CREATE TRIGGER stamps BEFORE DELETE ON orders FOR EACH ROW SET @x = OLD.no");
    const std::string user = "g_" + database;
    const auto settings = server->settings(database);
    const auto catalogue =
        std::make_shared<const Catalogue>(read_mariadb_catalogue(*connect_mariadb(settings, Access::read_only)));
    const auto statements = grants_for(Engine::mariadb, rules(catalogue), user + "@localhost", database);

    const auto attempt = [&](const Statements& granted) -> std::string {
        server->run(database, "DROP TABLE IF EXISTS retentiond_batches; DROP TABLE IF EXISTS " + other +
                                  ".retentiond_batches; CREATE OR REPLACE USER `" + user + "`@`localhost`");
        try {
            server->run(other, text_of(granted));
            const auto session = connect_mariadb(server->settings(database, user), Access::read_write);
            for (const auto& fault : read_mariadb_catalogue(*session).faults)
                if (fault.kind != ServerFault::Kind::unseen || fault.what.find("triggers") != std::string::npos)
                    return fault.what;
            Statements all;
            for (const auto& one : work("CREATE TEMPORARY TABLE retentiond_set (i INT PRIMARY KEY)"))
                all.push_back(in(one, ""));
            return refused(*session, all);
        } catch (const std::exception& error) {
            return error.what();
        }
    };

    judge_least(statements, attempt);
}

BOOST_AUTO_TEST_CASE(a_postgresql_role_needs_each_of_them_and_nothing_else) {
    PostgresServer* server = PostgresServer::shared();
    if (!server) {
        BOOST_TEST_MESSAGE("skipped: " << PostgresServer::missing());
        return;
    }
    const std::string database = server->make_database(), role = "g_" + database;
    server->run(database, "CREATE SCHEMA \"h r\";" + in(tables, "\"h r\".") +
                              "CREATE TABLE \"h r\".badges (id INT PRIMARY KEY, person INT REFERENCES \"h r\".people, "
                              "moved DATE);"
                              "CREATE TABLE \"h r\".orders (no INT, year INT, at DATE, PRIMARY KEY (no, year));"
                              "REVOKE ALL ON SCHEMA public FROM PUBLIC;"
                              "REVOKE ALL ON DATABASE \"" +
                              database + "\" FROM PUBLIC; CREATE ROLE \"" + role + "\" LOGIN");
    std::vector<HandTable> read{
        HandTable("people").integer("id").text("name").text("mail").date("made").date("masked_on").key({"id"}),
        HandTable("calls").integer("id").integer("person").date("at").key({"id"}),
        HandTable("notes").integer("no").integer("person").key({"no"}),
        HandTable("badges").integer("id").integer("person").date("moved").key({"id"}),
        HandTable("orders").integer("no").integer("year").date("at").key({"no", "year"}),
        HandTable("disputed").integer("no").view("SELECT no FROM papers"),
        HandTable("papers").integer("no")};
    for (HandTable& table : read) table.table.schema = "h r";
    for (Column& column : read[3].table.columns) column.updates_itself = column.name == "moved";
    const auto statements = grants_for(Engine::postgresql, rules(hand_catalogue(read)), role, database);

    const auto attempt = [&](const Statements& granted) -> std::string {
        server->run(database, "DROP OWNED BY \"" + role + "\"; DROP TABLE IF EXISTS retentiond_batches");
        try {
            server->run(database, text_of(granted));
            const auto session = connect_postgres(server->settings(database, role), Access::read_write);
            Statements all;
            for (const auto& one : work("CREATE TEMPORARY TABLE retentiond_set (i INT PRIMARY KEY)"))
                all.push_back(in(one, "\"h r\"."));
            return refused(*session, all);
        } catch (const std::exception& error) {
            return error.what();
        }
    };

    judge_least(statements, attempt);
    server->run(database, "DROP OWNED BY \"" + role + "\"; DROP ROLE \"" + role + "\"");
}

BOOST_AUTO_TEST_CASE(the_witness_table_takes_what_a_batch_writes) {
    const std::string twice = "INSERT INTO retentiond_batches (batch, records, at, head) VALUES ('a', 1, "
                              "'2026-01-01 00:00:00.123456', '" +
                              std::string(64, 'f') + "')";
    if (auto* server = MariadbServer::shared()) {
        const auto database = server->make_database();
        server->run(database, create_witness_table(Engine::mariadb));
        server->run(database, create_witness_table(Engine::mariadb)); // again: nothing happens
        server->run(database, twice);
        BOOST_TEST(server->rows(database, "SELECT at FROM retentiond_batches")[0] == "2026-01-01 00:00:00.123456");
        BOOST_CHECK_THROW(server->run(database, twice), std::runtime_error); // unique
    }
    if (auto* server = PostgresServer::shared()) {
        const auto database = server->make_database();
        server->run(database, create_witness_table(Engine::postgresql));
        server->run(database, create_witness_table(Engine::postgresql));
        server->run(database, twice);
        BOOST_CHECK_THROW(server->run(database, twice), std::runtime_error);
    }
}

BOOST_AUTO_TEST_SUITE_END()
