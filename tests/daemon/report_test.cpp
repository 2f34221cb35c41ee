#include "daemon/report.hpp"

#include "tests/daemon/scripted_store.hpp"
#include "tests/support/hand_catalogue.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <sstream>

using namespace retention;
using namespace retention::test;
namespace json = boost::json;

namespace {

const Date as_of = *parse_date("2026-11-21");

// The example of design.md section 5.
CategoryReport contacts() {
    CategoryReport report;
    report.category = "contacts", report.store = "crm", report.table = "contacts";
    report.action = Action::anonymise;
    report.period = "36 months";
    report.cutoff = parse_date("2023-11-21");
    Survey& survey = report.survey;
    survey.records = 12000, survey.due = 1204, survey.overdue = 3, survey.retained = 10343, survey.held = 3;
    survey.undated = 2, survey.done = 431;
    survey.exempt = {{"open deal", 17}};
    survey.oldest = parse_date("2019-02-01");
    survey.related = {{"contact_notes", Action::erase, 5012}};
    survey.upcoming = {{month_of(*parse_date("2026-11-01")), 0}, {month_of(*parse_date("2026-12-01")), 88}};
    report.elsewhere = {"recordings"};
    report.warnings = {"no index on calls.contact_id"};
    return report;
}

Report sample() {
    Report report;
    report.as_of = as_of;
    report.timezone = "Europe/London";
    report.categories = {contacts()};
    return report;
}

std::string printed(const Report& report, const Terminal& terminal) {
    std::ostringstream out;
    print_report(out, report, terminal);
    return out.str();
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(report)

BOOST_AUTO_TEST_CASE(json_has_the_members_of_the_design_in_their_order) {
    const json::value document = json::parse(report_json(sample()));

    BOOST_TEST(json::serialize(document) ==
               R"({"as_of":"2026-11-21","timezone":"Europe/London","categories":[{)"
               R"("category":"contacts","store":"crm","table":"contacts","action":"anonymise",)"
               R"("period":"36 months","cutoff":"2023-11-21",)"
               R"("records":12000,"due":1204,"overdue":3,"retained":10343,"held":3,)"
               R"("exempt":[{"reason":"open deal","records":17}],"undated":2,"done":431,)"
               R"("oldest":"2019-02-01",)"
               R"("related":[{"table":"contact_notes","action":"delete","records":5012}],)"
               R"("upcoming":[{"month":"2026-11","records":0},{"month":"2026-12","records":88}],)"
               R"("elsewhere":["recordings"],"warnings":["no index on calls.contact_id"]}],"failed":[]})");
}

BOOST_AUTO_TEST_CASE(json_has_its_lists_even_when_empty_and_null_where_there_is_no_date) {
    Report report = sample();
    CategoryReport& one = report.categories[0];
    one.cutoff = std::nullopt;
    one.survey = Survey{};
    one.elsewhere.clear(), one.warnings.clear();

    const json::value document = json::parse(report_json(report));

    const json::object& object = document.at("categories").at(0).as_object();
    for (const char* list : {"exempt", "related", "upcoming", "elsewhere", "warnings"})
        BOOST_TEST(object.at(list).as_array().empty(), list);
    BOOST_TEST(object.at("cutoff").is_null());
    BOOST_TEST(object.at("oldest").is_null());
}

BOOST_AUTO_TEST_CASE(a_category_that_was_not_counted_has_a_reason_and_no_numbers) {
    Report report = sample();
    report.categories.clear();
    report.failed = {{"contacts", "crm", "no such table"}};

    const json::value document = json::parse(report_json(report));

    BOOST_TEST(document.at("categories").as_array().empty());
    BOOST_TEST(json::serialize(document.at("failed")) ==
               R"([{"category":"contacts","store":"crm","reason":"no such table"}])");
    BOOST_TEST(contains(printed(report, {}), "not counted: contacts (store crm): no such table"));
}

BOOST_AUTO_TEST_CASE(csv_is_one_row_a_category_quoted_as_rfc_4180_says) {
    Report report = sample();
    report.categories[0].table = "the \"old\", contacts";
    report.categories[0].survey.exempt.push_back({"hold", 3});

    BOOST_TEST(
        report_csv(report) ==
        "category,store,table,action,period,cutoff,records,due,overdue,retained,held,exempt,undated,done,oldest,as_"
        "of\r\n"
        "contacts,crm,\"the \"\"old\"\", contacts\",anonymise,36 months,2023-11-21,12000,1204,3,10343,3,20,2,431,"
        "2019-02-01,2026-11-21\r\n");
}

BOOST_AUTO_TEST_CASE(text_on_a_terminal_is_an_aligned_table_with_its_reasons) {
    const std::string text = printed(sample(), {.interactive = true, .colour = false, .width = 160});

    BOOST_TEST(contains(text,
                        "contacts  anonymise  36 months  2023-11-21   12,000  1,204        3    10,343     3      17 "
                        "       2   431  2019-02-01\n"));
    BOOST_TEST(contains(text, "exempt:       open deal 17\n"));
    BOOST_TEST(contains(text, "goes with it: delete 5,012 of contact_notes\n"));
    BOOST_TEST(contains(text, "coming:       2026-12 88\n"));
    BOOST_TEST(contains(text, "elsewhere:    recordings\n"));
    BOOST_TEST(contains(text, "warning: no index on calls.contact_id\n"));
}

BOOST_AUTO_TEST_CASE(text_fits_a_narrow_terminal_in_two_tables) {
    const std::string text = printed(sample(), {.interactive = true, .colour = false, .width = 100});

    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) BOOST_TEST(line.size() <= 100u, line);
    BOOST_TEST(contains(text, "contacts   12,000  1,204"));
}

BOOST_AUTO_TEST_CASE(text_in_a_pipe_has_tabs_and_no_escape_byte) {
    const std::string text = printed(sample(), Terminal{});

    BOOST_TEST(contains(text, "contacts\tanonymise\t36 months\t2023-11-21\t12,000\t1,204\t"));
    BOOST_TEST(!contains(text, "\x1b"));
    BOOST_TEST(contains(printed(sample(), {.interactive = true, .colour = true, .width = 160}), "\x1b")); // the twin
}

BOOST_AUTO_TEST_CASE(one_failing_category_or_store_stops_no_other) {
    const auto catalogue = hand_catalogue({HandTable("a").integer("id").date("at").text("x", 40).key({"id"}),
                                           HandTable("b").integer("id").date("at").text("x", 40).key({"id"}),
                                           HandTable("c").integer("id").date("at").text("x", 40).key({"id"})});
    Configuration configuration;
    Scripts scripts;
    for (const auto& [table, store] : {std::pair{"a", "one"}, {"b", "one"}, {"c", "two"}}) {
        Rule rule = HandRule(catalogue, table).category(table).trigger("at").erase().plan()->rule;
        rule.store = store;
        configuration.rules.push_back(rule);
        configuration.stores[store].name = store;
        scripts[store].catalogue = catalogue;
    }
    scripts["one"].surveys["b"].records = 7;
    auto stores = plan_stores(configuration, as_of, {}, scripted(scripts));
    scripts["one"].failing.emplace("a", StoreError(StoreError::Kind::busy, "database is locked"));
    scripts["two"].unreachable = "gone";
    const int opened_before = scripts["one"].opened;

    const Report report = make_report(configuration, stores, as_of);

    BOOST_TEST_REQUIRE(report.categories.size() == 1u);
    BOOST_TEST(report.categories[0].category == "b");
    BOOST_TEST(report.categories[0].survey.records == 7);
    BOOST_TEST_REQUIRE(report.failed.size() == 2u);
    BOOST_TEST(report.failed[0].category == "a");
    BOOST_TEST(report.failed[0].reason == "database is locked");
    BOOST_TEST(report.failed[1].category == "c");
    BOOST_TEST(report.failed[1].reason == "gone");
    BOOST_TEST(scripts["one"].opened == opened_before + 1); // one session a store
}

BOOST_AUTO_TEST_SUITE_END()
