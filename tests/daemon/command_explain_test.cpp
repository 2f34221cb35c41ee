#include "tests/daemon/command_bench.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace retention;
using namespace retention::test;
namespace json = boost::json;

namespace {

std::string explained(Bench& bench, const std::string& key, const std::string& category = "contacts") {
    bench({"explain", "--category", category, "--key", key});
    return bench.out + bench.err;
}

} // namespace

BOOST_AUTO_TEST_SUITE(command_explain)

BOOST_AUTO_TEST_CASE(tells_each_fate_as_a_sentence) {
    Bench bench;
    const std::pair<std::string, std::string> fates[] = {
        {"1", "contacts 1 is due since 2026-11-21; it was kept through 2026-11-20, 36 months after 2023-11-20 "
              "(created_at)\n"},
        {"2",
         "contacts 2 is overdue: it has been due since 2022-02-02; it was kept through 2022-02-01, 36 months after "
         "2019-02-01 (created_at)\n"},
        {"3", "contacts 3 is kept through 2026-11-21: 36 months after 2023-11-21 (created_at)\n"},
        {"5", "contacts 5 is kept through 2027-03-01: 36 months after 2024-03-01 (calls.started_at)\n"},
        {"6", "contacts 6 stays: open deal\n  otherwise: kept through 2022-01-01, 36 months after 2019-01-01 "
              "(created_at)\n"},
        {"7", "contacts 7 is undated: "},
        {"8", "contacts 8 is already anonymised: nothing is left to do\n"},
    };

    for (const auto& [key, sentence] : fates) {
        const std::string text = explained(bench, key);
        BOOST_TEST_CONTEXT(text)
        BOOST_TEST(text.starts_with(sentence));
    }
}

BOOST_AUTO_TEST_CASE(says_what_would_go_with_it) {
    Bench bench;

    BOOST_TEST(contains(explained(bench, "1"), "  goes with it: delete 2 of notes\n"));
    BOOST_TEST(!contains(explained(bench, "3"), "goes with it"));
}

BOOST_AUTO_TEST_CASE(json_has_every_member) {
    Bench bench;

    const ExitCode code = bench({"explain", "--category", "contacts", "--key", "5", "--format", "json"});
    const json::object document = json::parse(bench.out).as_object();

    BOOST_TEST(number(code) == 0);
    std::string members;
    for (const auto& member : document) members += std::string(member.key()) + " ";
    BOOST_TEST(members ==
               "category store table key verdict trigger triggers period kept_through due_from overdue exempt "
               "held related as_of words ");
    BOOST_TEST(json::serialize(document.at("key")) == "\"5\"");
    BOOST_TEST(json::serialize(document.at("verdict")) == "\"retained\"");
    BOOST_TEST(json::serialize(document.at("trigger")) == R"({"date":"2024-03-01","source":"calls.started_at"})");
    BOOST_TEST(document.at("triggers").as_array().size() == 2u);
    BOOST_TEST(json::serialize(document.at("period")) == "\"36 months\"");
    BOOST_TEST(json::serialize(document.at("kept_through")) == "\"2027-03-01\"");
    BOOST_TEST(json::serialize(document.at("due_from")) == "\"2027-03-02\"");
    BOOST_TEST(json::serialize(document.at("overdue")) == "false");
    BOOST_TEST(json::serialize(document.at("exempt")) == "[]");
    BOOST_TEST(json::serialize(document.at("held")) == "false");
}

BOOST_AUTO_TEST_CASE(json_of_an_undated_record_has_nulls) {
    Bench bench;

    bench({"explain", "--category", "contacts", "--key", "7", "--format", "json"});
    const json::object document = json::parse(bench.out).as_object();

    for (const char* member : {"trigger", "kept_through", "due_from"})
        BOOST_TEST(document.at(member).is_null(), member);
}

BOOST_AUTO_TEST_CASE(a_composite_key_is_parted_by_commas) {
    Bench bench;

    BOOST_TEST(explained(bench, "b,1", "logs").starts_with("logs b,1 is overdue"));
    BOOST_TEST(explained(bench, "a,2", "logs").starts_with("logs a,2 is kept through 2027-05-01"));
    BOOST_TEST(number(bench({"explain", "--category", "logs", "--key", "b"})) == 2);
    BOOST_TEST(contains(bench.err, "host, line"));
}

BOOST_AUTO_TEST_CASE(a_key_of_no_record_of_the_category_ends_1) {
    Bench bench;

    for (const char* key : {"99", "9", "1 or 1", "abc", "1,2"}) {
        const ExitCode code = bench({"explain", "--category", "contacts", "--key", key});

        BOOST_TEST_CONTEXT(key << bench.out) {
            BOOST_TEST(number(code) == 1);
            BOOST_TEST(bench.out.empty());
            BOOST_TEST(contains(bench.err, "error: no record of contacts has the key " + std::string(key)));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_stopped_category_is_not_explained) {
    std::string rules = crm_rules;
    rules.replace(rules.find("started_at"), 10, "begun_at");
    Bench bench(rules);

    const ExitCode code = bench({"explain", "--category", "contacts", "--key", "1"});

    BOOST_TEST(number(code) == 1);
    BOOST_TEST(contains(bench.err, "error: contacts is stopped: "));
    BOOST_TEST(contains(bench.err, "\nhint: "));
    BOOST_TEST(!contains(bench.err, "hint: run retentiond check")); // the very hint that check gives
}

BOOST_AUTO_TEST_SUITE_END()
