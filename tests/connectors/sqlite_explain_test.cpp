// explain: one record, why it stays or goes.

#include "tests/support/rules_from_toml.hpp"
#include "tests/support/sqlite_file.hpp"

#include <boost/test/unit_test.hpp>

namespace retention::test {
namespace {

using Texts = std::vector<std::string>;

constexpr const char* as_of = "2026-11-21";
constexpr const char* schema =
    "CREATE TABLE people (id INTEGER PRIMARY KEY, at TEXT, imported TEXT, months INTEGER);"
    "CREATE TABLE calls (id INTEGER PRIMARY KEY, person INTEGER, at TEXT, status TEXT);"
    "INSERT INTO people VALUES (1, '2020-01-31', '2019-01-01', 6), (2, '2020-01-01', '2019-01-01', 24), (3, NULL, "
    "'2026-06-30', 6), (4, 'soon', '2019-01-01', 0), (5, '2026-10-01', NULL, NULL);"
    "INSERT INTO calls VALUES (1, 2, '2026-05-20T10:00:00Z', 'open'), (2, 2, 'no date', 'shut'), (3, 1, '2019-01-01', "
    "'shut'), (4, 4, '2020-01-01', 'open');";
const std::string rule = "table = \"people\"\nperiod = \"6 months\"\naction = \"delete\"\ntrigger = [\"at\", { table = "
                         "\"calls\", on = \"person\", column = \"at\" }]\nfallback = \"imported\"\n"
                         "[[categories.records.unless]]\nreason = \"open call\"\ntable = \"calls\"\non = "
                         "\"person\"\nwhere = \"status = 'open'\"\n"
                         "[[categories.records.unless]]\nreason = \"low number\"\nwhere = \"id IN (2, 4)\"\n"
                         "[[categories.records.related]]\ntable = \"calls\"\non = \"person\"\naction = \"delete\"\n";

} // namespace

BOOST_AUTO_TEST_SUITE(sqlite_explain)

BOOST_AUTO_TEST_CASE(a_due_record_says_when_and_by_what) {
    const SqliteFile file(schema);
    Bench bench(file.path(), rule, as_of, {}, Access::read_only);

    const auto told = bench.session->explain(*bench.plan, {"1"}).value();

    BOOST_TEST(to_string(told.verdict) == "due");
    BOOST_TEST(told.overdue);
    BOOST_TEST(to_string(*told.trigger) == "2020-01-31");
    BOOST_TEST(told.trigger_source == "at");
    BOOST_TEST(to_string(*told.kept_through) == "2020-07-31");
    BOOST_TEST(told.period == "6 months");
    BOOST_TEST(told.triggers.size() == 3u);
    BOOST_TEST(told.triggers[1].source == "calls.at");
    BOOST_TEST(to_string(*told.triggers[1].latest) == "2019-01-01");
    BOOST_TEST(told.triggers[2].fallback);
    BOOST_TEST(told.related.at(0).records == 1);
}

BOOST_AUTO_TEST_CASE(the_first_verdict_that_applies_is_told_as_the_report_counts_it) {
    const SqliteFile file(schema);
    Bench bench(file.path(), rule, as_of, {}, Access::read_only);
    const auto verdict = [&](const char* key) {
        return to_string(bench.session->explain(*bench.plan, {key})->verdict);
    };

    BOOST_TEST(verdict("2") == "exempt"); // undated as well: one call has no usable date
    BOOST_TEST(verdict("3") == "retained");
    BOOST_TEST(verdict("4") == "exempt");
    BOOST_TEST(verdict("5") == "retained");
    const auto survey = bench.session->survey(*bench.plan);
    BOOST_TEST(survey.exempt.at(0).records == 2);
    BOOST_TEST(survey.exempt.at(1).records == 0);
    BOOST_TEST(survey.undated == 0);
}

BOOST_AUTO_TEST_CASE(an_exempt_record_tells_every_reason_and_what_is_no_date) {
    const SqliteFile file(schema);
    Bench bench(file.path(), rule, as_of, {}, Access::read_only);

    const auto told = bench.session->explain(*bench.plan, {"2"}).value();

    BOOST_TEST(told.exempt == (Texts{"open call", "low number"}), boost::test_tools::per_element());
    BOOST_TEST(told.triggers.at(1).unusable);
    BOOST_TEST(told.trigger_source == "calls.at");
    BOOST_TEST(!told.kept_through.has_value());
}

BOOST_AUTO_TEST_CASE(the_fallback_counts_where_no_trigger_has_a_date) {
    const SqliteFile file(schema);
    Bench bench(file.path(), rule, as_of, {}, Access::read_only);

    const auto told = bench.session->explain(*bench.plan, {"3"}).value();

    BOOST_TEST(told.trigger_source == "imported");
    BOOST_TEST(to_string(*told.kept_through) == "2026-12-30");
}

BOOST_AUTO_TEST_CASE(a_period_in_the_data_is_told_as_the_records_own) {
    const SqliteFile file(schema);
    Bench bench(file.path(),
                "table = \"people\"\nperiod = { column = \"months\", unit = \"month\" }\naction = \"delete\"\ntrigger "
                "= \"at\"\n",
                as_of, {}, Access::read_only);

    const auto told = bench.session->explain(*bench.plan, {"2"}).value();
    BOOST_TEST(told.period == "24 months");
    BOOST_TEST(to_string(*told.kept_through) == "2022-01-01");
    const auto undated = bench.session->explain(*bench.plan, {"5"}).value();
    BOOST_TEST(to_string(undated.verdict) == "undated");
    BOOST_TEST(!undated.kept_through.has_value());
}

BOOST_AUTO_TEST_CASE(what_is_no_record_is_not_explained) {
    const SqliteFile file(schema);
    Bench bench(file.path(), rule, as_of, {}, Access::read_only);

    for (const Texts& key : {Texts{"99"}, Texts{"x"}, Texts{""}, Texts{}, Texts{"1", "1"}, Texts{"1 OR 1=1"}})
        BOOST_TEST(!bench.session->explain(*bench.plan, key).has_value());
}

BOOST_AUTO_TEST_CASE(a_part_of_a_composite_key_is_no_key) {
    const SqliteFile file("CREATE TABLE people (a INTEGER, b TEXT, at TEXT, PRIMARY KEY (a, b)); INSERT INTO people "
                          "VALUES (5, '7', '2020-01-01'), (5, 'x', '2026-11-01');");
    Bench bench(file.path(), "table = \"people\"\nperiod = \"6 months\"\naction = \"delete\"\ntrigger = \"at\"\n",
                as_of, {}, Access::read_only);

    BOOST_TEST(!bench.session->explain(*bench.plan, {"5"}).has_value());
    BOOST_TEST(to_string(bench.session->explain(*bench.plan, {"5", "7"})->verdict) == "due");
    BOOST_TEST(to_string(bench.session->explain(*bench.plan, {"5", "x"})->verdict) == "retained");
}

BOOST_AUTO_TEST_CASE(keys_are_found_by_their_text_whatever_their_type) {
    const SqliteFile file(
        "CREATE TABLE people (id PRIMARY KEY NOT NULL, at TEXT); INSERT INTO people VALUES (1.5, '2020-01-01'), "
        "(x'00ff', '2020-01-01'), (9007199254740993, '2020-01-01'), ('it''s', '2020-01-01');");
    Bench bench(file.path(), "table = \"people\"\nperiod = \"6 months\"\naction = \"delete\"\ntrigger = \"at\"\n",
                as_of, {}, Access::read_only);

    for (const char* key : {"1.5", "00ff", "9007199254740993", "it's"})
        BOOST_TEST(bench.session->explain(*bench.plan, {key}).has_value(), key);
    for (const char* key : {"9007199254740992", "00fe", "1.50001"})
        BOOST_TEST(!bench.session->explain(*bench.plan, {key}).has_value(), key);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention::test
