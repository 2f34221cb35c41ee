// A rule meets a catalogue: names are looked up and spelled as the store spells them, or named as missing.

#include "tests/support/rules_from_toml.hpp"
#include "tests/support/sqlite_file.hpp"

#include <boost/test/unit_test.hpp>

namespace retention::test {
namespace {

using Texts = std::vector<std::string>;

constexpr const char* schema =
    "CREATE TABLE People (Id INTEGER PRIMARY KEY, Since TEXT, Stamp INTEGER, Name TEXT, months TEXT, keep INTEGER);"
    "CREATE TABLE \"order.lines\" (a INTEGER, b TEXT, person INTEGER, at TEXT, PRIMARY KEY (b, a));"
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, person INTEGER, line_a INTEGER, line_b TEXT);";

Planned planned(const std::string& category) {
    const SqliteFile file(schema);
    const auto configuration =
        rules_from_toml("[categories.records]\nstore = \"shop\"\naction = \"delete\"\n" + category, file.path());
    const auto session = make_connector(configuration.stores.at("shop"), configuration.zone)->open(Access::read_only);
    return make_plan(configuration.rules.at(0), std::make_shared<Catalogue>(session->catalogue()), day("2026-11-21"));
}

std::string problems(const std::string& category) {
    const auto made = planned(category);
    BOOST_TEST(!made.plan);
    std::string all;
    for (const Problem& problem : made.problems) all += to_string(problem) + "\n";
    BOOST_TEST_MESSAGE(all);
    return all;
}
bool names(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

const std::string people = "table = \"people\"\nperiod = \"6 months\"\n";

} // namespace

BOOST_AUTO_TEST_SUITE(plan)

BOOST_AUTO_TEST_CASE(names_are_spelled_as_the_store_spells_them) {
    const auto plan =
        planned(people + "trigger = [\"SINCE\", { table = \"ORDER.LINES\", on = \"Person\", column = \"AT\" }]\n").plan;

    BOOST_REQUIRE(plan);
    BOOST_TEST(plan->table->name == "People");
    BOOST_TEST(plan->key.at(0)->name == "Id");
    BOOST_TEST(plan->triggers[0].column->name == "Since");
    BOOST_TEST(plan->triggers[1].link->table().name == "order.lines");
    BOOST_TEST(plan->triggers[1].link->hops[0].on == Texts{"person"}, boost::test_tools::per_element());
    BOOST_TEST(plan->triggers[1].link->hops[0].via == Texts{"Id"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(all_that_is_missing_is_said_at_once) {
    const auto text = problems(
        people +
        "trigger = [\"created\", { table = \"calls\", on = \"person\", column = \"at\" }]\nfallback = \"imported\"\n"
        "[[categories.records.related]]\ntable = \"notes\"\non = \"human\"\naction = \"delete\"\n");

    for (const auto* missing : {"'created'", "'calls'", "'imported'", "'human'"})
        BOOST_TEST(names(text, missing), missing);
    BOOST_TEST(names(text, "it has: Id, Since"));
}

BOOST_AUTO_TEST_CASE(a_number_is_no_date_without_its_form) {
    BOOST_TEST(names(problems(people + "trigger = \"Stamp\"\n"), "format = \"unix\""));
    BOOST_TEST(planned(people + "trigger = { column = \"Stamp\", format = \"unix\" }\n").plan != nullptr);
}

BOOST_AUTO_TEST_CASE(a_period_in_the_data_is_a_number) {
    const std::string head = "table = \"People\"\ntrigger = \"Since\"\nperiod = { unit = \"month\", column = ";

    BOOST_TEST(names(problems(head + "\"months\" }\n"), "holds text"));
    const auto plan = planned(head + "\"keep\" }\n").plan;
    BOOST_REQUIRE(plan);
    BOOST_TEST(!plan->cutoffs.fixed.has_value());
    BOOST_TEST(plan->period->column->name == "keep");
}

BOOST_AUTO_TEST_CASE(a_composite_key_links_column_by_column_in_key_order) {
    const std::string lines = "table = \"order.lines\"\nperiod = \"6 months\"\ntrigger = "
                              "\"at\"\n[[categories.records.related]]\ntable = \"notes\"\naction = \"delete\"\n";

    BOOST_TEST(names(problems(lines + "on = \"line_a\"\n"), "name as many columns each"));
    const auto plan = planned(lines + "on = [\"line_b\", \"line_a\"]\n").plan;
    BOOST_REQUIRE(plan);
    BOOST_TEST(plan->related[0].link.hops[0].via == (Texts{"b", "a"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_link_by_via_alone_ends_at_the_other_tables_key) {
    const auto plan = planned("table = \"notes\"\nperiod = \"6 months\"\ntrigger = { table = \"People\", via = "
                              "\"person\", column = \"Since\" }\n")
                          .plan;

    BOOST_REQUIRE(plan);
    BOOST_TEST(plan->triggers[0].link->hops[0].on == Texts{"Id"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(through_puts_one_more_link_between) {
    const auto plan = planned(people + "trigger = { table = \"notes\", on = [\"line_b\", \"line_a\"], column = \"id\", "
                                       "format = \"unix\", through = { table = \"order.lines\", on = \"person\" } }\n")
                          .plan;

    BOOST_REQUIRE(plan);
    const auto& hops = plan->triggers[0].link->hops;
    BOOST_TEST(hops.size() == 2u);
    BOOST_TEST(hops[0].table->name == "order.lines");
    BOOST_TEST(hops[1].via == (Texts{"b", "a"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_belongs_to_kept_rows_cannot_go) {
    const std::string notes =
        "trigger = \"Since\"\n[[categories.records.related]]\ntable = \"notes\"\non = \"person\"\naction = \"keep\"\n"
        "[[categories.records.related]]\nof = \"notes\"\ntable = \"order.lines\"\non = \"person\"\naction = "
        "\"delete\"\n";

    BOOST_TEST(names(problems(people + notes), "names rows that are kept"));
}

BOOST_AUTO_TEST_CASE(the_cutoff_is_that_of_the_day) {
    const auto plan = planned(people + "trigger = \"Since\"\n").plan;

    BOOST_REQUIRE(plan);
    BOOST_TEST(to_string(plan->cutoffs.fixed->cutoff) == "2026-05-21");
    BOOST_TEST(to_string(plan->cutoffs.as_of) == "2026-11-21");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention::test
