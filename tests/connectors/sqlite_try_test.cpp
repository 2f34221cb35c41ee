// What the store says against a plan before anything runs.

#include "tests/support/rules_from_toml.hpp"
#include "tests/support/sqlite_file.hpp"

#include <boost/test/unit_test.hpp>

namespace retention::test {
namespace {

constexpr const char* as_of = "2026-11-21";
constexpr const char* schema = "CREATE TABLE people (id INTEGER PRIMARY KEY, at TEXT, kind TEXT, n INTEGER, email TEXT "
                               "UNIQUE, name TEXT NOT NULL CHECK (length(name) < 20));"
                               "CREATE TABLE deals (id INTEGER PRIMARY KEY, person INTEGER, status TEXT, n INTEGER);"
                               "CREATE TABLE posts (id INTEGER PRIMARY KEY, person INTEGER, ends TEXT);"
                               "CREATE VIEW chosen AS SELECT id FROM people WHERE random() > 0;"
                               "INSERT INTO people VALUES (1, '2020-01-01', 'a', 1, 'a@example.com', 'Ann'), (2, "
                               "'2020-01-01', 'b', 2, 'b@example.com', 'Bo');"
                               "INSERT INTO deals VALUES (1, 1, 'open', 1);";
const std::string rule = "table = \"people\"\nperiod = \"6 months\"\naction = \"delete\"\n";

std::string said(const SqliteFile& file, const std::string& category) {
    Bench bench(file.path(), category, as_of, {}, Access::read_only);
    std::string all;
    for (const Problem& problem : bench.session->try_plan(*bench.plan)) all += to_string(problem) + "\n";
    BOOST_TEST_MESSAGE(all);
    return all;
}
std::string said(const std::string& category) {
    return said(SqliteFile(schema), category);
}
bool names(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::string unless(const std::string& condition) {
    return rule + "trigger = \"at\"\n[[categories.records.unless]]\nreason = \"open\"\n" + condition;
}
const std::string linked = "table = \"deals\"\non = \"person\"\n";

} // namespace

BOOST_AUTO_TEST_SUITE(sqlite_try)

BOOST_AUTO_TEST_CASE(a_sound_rule_is_taken) {
    BOOST_TEST(said(unless(linked + "where = \"status = 'open'\"\nsql = \"deals.n >= people.n\"\n")).empty());
}

BOOST_AUTO_TEST_CASE(a_where_that_would_bind_to_the_record_is_refused) {
    const SqliteFile file(schema);
    // The twin: SQLite itself takes the slip, and every record then is exempt or none.
    BOOST_TEST(
        file.value(
            "SELECT count(*) FROM people WHERE EXISTS (SELECT 1 FROM (SELECT * FROM deals WHERE kind = 'a') d)") ==
        "1");

    const auto text = said(file, unless(linked + "where = \"kind = 'a'\"\n"));

    BOOST_TEST(names(text, "does not stand on the table 'deals' alone"));
    BOOST_TEST(names(text, "`sql`"));
}

BOOST_AUTO_TEST_CASE(every_where_is_tried_on_its_own_table) {
    const std::string through = "table = \"posts\"\non = \"person\"\nvia = \"person\"\n";
    for (const auto& category : {
             rule + "trigger = \"at\"\nwhere = \"status = 'open'\"\n",
             rule + "trigger = { table = \"posts\", on = \"person\", column = \"ends\", where = \"kind = 'a'\" }\n",
             rule + "trigger = \"at\"\nfallback = { table = \"posts\", on = \"person\", column = \"ends\", where = "
                    "\"kind = 'a'\" }\n",
             unless(through + "through = { table = \"deals\", on = \"person\", where = \"kind = 'a'\" }\n"),
             unless("where = \"status = 'open'\"\n"),
             rule + "trigger = \"at\"\n[[categories.records.related]]\n" + linked +
                 "where = \"kind = 'a'\"\naction = \"delete\"\n",
         })
        BOOST_TEST(names(said(category), "does not stand on the table"), category);
}

BOOST_AUTO_TEST_CASE(an_unknown_name_in_double_quotes_is_no_string) {
    BOOST_TEST(names(said(unless("where = \"\\\"nobody\\\" = 'nobody'\"\n")), "nobody"));
}

BOOST_AUTO_TEST_CASE(sql_that_names_what_is_not_there_is_refused) {
    BOOST_TEST(names(said(unless(linked + "sql = \"deals.nothing = people.n\"\n")), "nothing"));
    BOOST_TEST(names(said(unless("sql = \"EXISTS (SELECT 1 FROM nowhere)\"\n")), "nowhere"));
    BOOST_TEST(
        names(said(rule + "trigger = { sql = \"SELECT max(ends) FROM nowhere\" }\n"), "the query cannot be prepared"));
    BOOST_TEST(
        names(said(rule + "trigger = { sql = \"SELECT ends, id FROM posts\" }\n"), "the query cannot be prepared"));
}

BOOST_AUTO_TEST_CASE(chance_behind_a_view_is_refused) {
    const auto text = said(unless("where = \"id IN (SELECT id FROM chosen)\"\n"));

    BOOST_TEST(names(text, "a report and a purge of one day must agree"));
}

BOOST_AUTO_TEST_CASE(chance_behind_a_view_is_refused_in_every_kind_of_sql) {
    BOOST_TEST(!said(unless("sql = \"id IN (SELECT id FROM chosen)\"\n")).empty());
    BOOST_TEST(
        !said(rule + "trigger = { sql = \"SELECT max(ends) FROM posts WHERE person IN (SELECT id FROM chosen)\" }\n")
             .empty());
    BOOST_TEST(!said(unless(linked + "sql = \"deals.id IN (SELECT id FROM chosen)\"\n")).empty());
    BOOST_TEST(!said(rule + "trigger = \"at\"\n[[categories.records.related]]\n" + linked +
                     "sql = \"deals.id IN (SELECT id FROM chosen)\"\naction = \"delete\"\n" +
                     "[[categories.records.related]]\n" + linked + "action = \"delete\"\n")
                    .empty());
}

BOOST_AUTO_TEST_CASE(records_without_a_key_are_refused) {
    const SqliteFile file("CREATE TABLE people (id TEXT PRIMARY KEY, at TEXT); INSERT INTO people VALUES (NULL, "
                          "'2020-01-01'), ('a', '2020-01-01');");

    BOOST_TEST(names(said(file, rule + "trigger = \"at\"\n"), "1 rows of 'people' have NULL in their key"));
}

BOOST_AUTO_TEST_CASE(masks_are_tried_on_the_tables_own_constraints) {
    const std::string masked = "table = \"people\"\nperiod = \"6 months\"\ntrigger = \"at\"\naction = \"anonymise\"\n";

    BOOST_TEST(said(masked + "mask = { name = \"redact\", email = \"random email\" }\n").empty());
    BOOST_TEST(
        names(said(masked + "mask = { name = \"random\" }\n"), "do not fit the table 'people'")); // 32 characters
    BOOST_TEST(names(said(masked + "mask = { email = \"redact\" }\n"), "UNIQUE"));
    BOOST_TEST(names(said(masked + "mask = { name = \"null\" }\n"), "NOT NULL"));
}

BOOST_AUTO_TEST_CASE(old_dates_that_many_share_and_values_that_are_no_dates_are_named) {
    const SqliteFile file(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, at TEXT);"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) INSERT INTO people SELECT i, "
        "CASE WHEN i < 40 THEN '1900-01-01' WHEN i < 45 THEN 'soon' ELSE date('2020-01-01', i || ' days') END FROM n;");
    const auto advice = [&](const std::string& trigger) {
        Bench bench(file.path(), rule + "trigger = " + trigger + "\n", as_of, {}, Access::read_only);
        std::string all;
        for (const Problem& problem : bench.session->advise(*bench.plan)) {
            BOOST_CHECK(problem.severity == Severity::warning);
            all += to_string(problem);
        }
        return all;
    };

    BOOST_TEST(names(advice("\"at\""), "39 values of at share the old date 1900-01-01"));
    BOOST_TEST(names(advice("\"at\""), "5 values of at are no dates"));
    BOOST_TEST(!names(advice("{ column = \"at\", earliest = \"1990-01-01\" }"), "share the old date"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention::test
