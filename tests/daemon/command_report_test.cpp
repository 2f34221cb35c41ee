#include "tests/daemon/command_bench.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

using namespace retention;
using namespace retention::test;
namespace json = boost::json;

namespace {

std::int64_t count(const json::value& category, const char* member) {
    return category.at(member).to_number<std::int64_t>();
}

std::int64_t parts(const json::value& category) {
    std::int64_t sum = 0;
    for (const char* part : {"due", "retained", "held", "undated", "done"}) sum += count(category, part);
    for (const json::value& exempt : category.at("exempt").as_array()) sum += count(exempt, "records");
    return sum;
}

} // namespace

BOOST_AUTO_TEST_SUITE(command_report)

BOOST_AUTO_TEST_CASE(counts_each_record_once) {
    Bench bench;

    const ExitCode code = bench({"report", "--format", "json"});
    BOOST_TEST_REQUIRE(number(code) == 0, bench.err);
    const json::value document = json::parse(bench.out);
    const json::value& contacts = document.at("categories").at(0);
    const json::value& logs = document.at("categories").at(1);

    BOOST_TEST(json::serialize(document.at("as_of")) == "\"2026-11-21\"");
    BOOST_TEST(count(contacts, "records") == 8);
    BOOST_TEST(count(contacts, "due") == 2);
    BOOST_TEST(count(contacts, "overdue") == 1);
    BOOST_TEST(count(contacts, "retained") == 3);
    BOOST_TEST(count(contacts, "undated") == 1);
    BOOST_TEST(count(contacts, "done") == 1);
    BOOST_TEST(count(contacts.at("exempt").at(0), "records") == 1);
    BOOST_TEST(count(contacts.at("related").at(0), "records") == 3);
    BOOST_TEST(json::serialize(contacts.at("cutoff")) == "\"2023-11-21\"");
    BOOST_TEST(json::serialize(contacts.at("oldest")) == "\"2019-02-01\"");
    BOOST_TEST(json::serialize(contacts.at("elsewhere")) == "[\"letters in the cellar\"]");
    BOOST_TEST(parts(contacts) == count(contacts, "records"));
    BOOST_TEST(count(logs, "due") == 2);
    BOOST_TEST(parts(logs) == count(logs, "records"));
    BOOST_TEST(document.at("failed").as_array().empty());
}

BOOST_AUTO_TEST_CASE(any_day_may_be_asked_for) {
    Bench bench;
    const std::pair<std::string, std::int64_t> days[] = {
        {"2023-11-20", 1}, {"2026-11-20", 1}, {"2026-11-21", 2}, {"2026-11-22", 3}, {"2030-01-01", 5}};

    for (const auto& [day, due] : days) {
        const ExitCode code = bench({"report", "--format", "json", "--as-of", day, "--category", "contacts"});

        BOOST_TEST_CONTEXT(day << bench.err) {
            BOOST_TEST(number(code) == 0);
            BOOST_TEST(count(json::parse(bench.out).at("categories").at(0), "due") == due);
        }
    }
}

BOOST_AUTO_TEST_CASE(today_is_a_day_of_the_configurations_zone) {
    Bench bench;
    std::string text = bench.read("retentiond.toml");
    bench.write("retentiond.toml", text.replace(text.find("UTC"), 3, "Pacific/Auckland"));

    bench({"report", "--format", "json"}); // 2026-11-21 12:00 UTC is the 22nd there

    BOOST_TEST(contains(bench.out, "\"as_of\": \"2026-11-22\""));
}

BOOST_AUTO_TEST_CASE(changes_nothing) {
    Bench bench;
    const std::string before = bench.read("store.sqlite");

    bench({"report"});

    BOOST_TEST(!before.empty());
    BOOST_TEST((bench.read("store.sqlite") == before));
    BOOST_TEST(!std::filesystem::exists(bench.file("state")));
    BOOST_TEST(!std::filesystem::exists(bench.file("audit")));
}

BOOST_AUTO_TEST_CASE(only_the_categories_asked_for_in_the_order_of_the_configuration) {
    Bench bench;

    bench({"report", "--format", "csv", "--category", "logs", "--category", "contacts"});
    const std::size_t contacts = bench.out.find("\r\ncontacts,"), logs = bench.out.find("\r\nlogs,");
    BOOST_TEST((contacts < logs && logs != std::string::npos));

    bench({"report", "--format", "csv", "--category", "logs"});
    BOOST_TEST(!contains(bench.out, "contacts"));
}

BOOST_AUTO_TEST_CASE(an_unknown_category_is_refused_with_a_guess) {
    Bench bench;

    const ExitCode code = bench({"report", "--category", "contcats"});

    BOOST_TEST(number(code) == 2);
    BOOST_TEST(bench.out.empty());
    BOOST_TEST(contains(bench.err, "error: unknown category contcats\nhint: did you mean 'contacts'?"));
}

BOOST_AUTO_TEST_CASE(a_stopped_category_is_named_and_the_others_are_counted) {
    std::string rules = crm_rules;
    rules.replace(rules.find("started_at"), 10, "begun_at");
    Bench bench(rules);

    const ExitCode code = bench({"report", "--format", "json"});
    const json::value document = json::parse(bench.out);

    BOOST_TEST(number(code) == 1);
    BOOST_TEST(document.at("categories").as_array().size() == 1u);
    BOOST_TEST(json::serialize(document.at("failed").at(0).at("category")) == "\"contacts\"");
    BOOST_TEST(contains(bench.err, "error: contacts was not counted: "));
    BOOST_TEST(contains(bench.err, "; hint: "));
}

BOOST_AUTO_TEST_CASE(a_store_out_of_reach_gives_no_zeros) {
    Bench bench;
    std::filesystem::remove(bench.store.path());

    const ExitCode code = bench({"report", "--format", "json"});
    const json::value document = json::parse(bench.out);

    BOOST_TEST(number(code) == 1);
    BOOST_TEST(document.at("categories").as_array().empty());
    BOOST_TEST(document.at("failed").as_array().size() == 2u);
}

BOOST_AUTO_TEST_CASE(an_output_file_is_replaced_whole_with_mode_0640) {
    Bench bench;
    bench.write("report.csv", "old");

    const ExitCode code = bench({"report", "--format", "csv", "--output", bench.file("report.csv").string()});

    struct stat status {};
    BOOST_TEST(number(code) == 0);
    BOOST_TEST(bench.out.empty());
    BOOST_TEST(bench.read("report.csv").starts_with("category,store,"));
    BOOST_TEST(stat(bench.file("report.csv").c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 07777) == 0640u);
}

BOOST_AUTO_TEST_CASE(an_output_that_cannot_be_written_ends_1) {
    Bench bench;

    for (const std::string& name : {bench.file("none/report.csv").string(), std::string("/dev/null")}) {
        const ExitCode code = bench({"report", "--output", name});

        BOOST_TEST_CONTEXT(name << bench.err) {
            BOOST_TEST(number(code) == 1);
            BOOST_TEST(contains(bench.err, "error: "));
        }
    }
}

BOOST_AUTO_TEST_CASE(html_is_of_later) {
    Bench bench;

    BOOST_TEST(number(bench({"report", "--format", "html"})) == 2);
    BOOST_TEST(contains(bench.err, "not supported yet"));
}

BOOST_AUTO_TEST_SUITE_END()
