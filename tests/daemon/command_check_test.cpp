#include "tests/daemon/command_bench.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <map>

using namespace retention;
using namespace retention::test;
namespace json = boost::json;

namespace {

// The rules with one text put in the place of another.
std::string rules_with(const std::string& from, const std::string& to) {
    std::string text = crm_rules;
    return text.replace(text.find(from), from.size(), to);
}

} // namespace

BOOST_AUTO_TEST_SUITE(command_check)

BOOST_AUTO_TEST_CASE(says_what_good_rules_mean_and_ends_0) {
    Bench bench;

    const ExitCode code = bench({"check"});

    BOOST_TEST_CONTEXT(bench.out << bench.err) {
        BOOST_TEST(number(code) == 0);
        BOOST_TEST(contains(bench.out,
                            "contacts: anonymise 36 months after the latest of created_at, calls.started_at; only "
                            "where kind = 'prospect'; 1 column masked; with it: notes deleted; unless: open deal\n"));
        BOOST_TEST(contains(bench.out, "logs: delete 6 months after at\n"));
        BOOST_TEST(contains(bench.out, "2 categories checked: 0 errors, "));
        BOOST_TEST(!contains(bench.out, "\x1b"));
        BOOST_TEST(bench.err.empty());
    }
}

BOOST_AUTO_TEST_CASE(every_error_in_the_files_has_its_place_and_a_count) {
    Bench bench(rules_with("period = \"36 months\"", "period = \"36\"\nperoid = 3") + "colour = 1\n");

    for (const char* command : {"check", "report"}) {
        const ExitCode code = bench({command});

        BOOST_TEST_CONTEXT(command << bench.out << bench.err) {
            BOOST_TEST(number(code) == 2);
            BOOST_TEST(bench.out.empty());
            BOOST_TEST(contains(bench.err, "rules.toml:7:"));
            BOOST_TEST(contains(bench.err, "rules.toml:8:1: error: "));
            BOOST_TEST(contains(bench.err, "hint: "));
            BOOST_TEST(contains(bench.err, " errors, 0 warnings"));
        }
    }
}

BOOST_AUTO_TEST_CASE(errors_of_the_live_database_end_2_under_their_category) {
    Bench bench(rules_with("column = \"started_at\"", "column = \"begun_at\""));

    const ExitCode code = bench({"check"});

    BOOST_TEST_CONTEXT(bench.out << bench.err) {
        BOOST_TEST(number(code) == 2);
        BOOST_TEST(contains(bench.out, "contacts\n  "));
        BOOST_TEST(contains(bench.out, "rules.toml:6:"));
        BOOST_TEST(contains(bench.out, "error: "));
        BOOST_TEST(contains(bench.out, "begun_at"));
        BOOST_TEST(contains(bench.out, "logs: delete 6 months after at\n"));
        BOOST_TEST(contains(bench.out, "2 categories checked: 1 error, "));
    }
}

BOOST_AUTO_TEST_CASE(offline_opens_no_database) {
    Bench bench(rules_with("column = \"started_at\"", "column = \"begun_at\""));
    std::filesystem::remove(bench.store.path());

    const ExitCode code = bench({"check", "--offline"});

    BOOST_TEST(number(code) == 0);
    BOOST_TEST(contains(bench.out, "2 categories checked: 0 errors, 0 warnings\n"));
    BOOST_TEST(!std::filesystem::exists(bench.store.path()));
}

BOOST_AUTO_TEST_CASE(a_store_out_of_reach_alone_ends_1) {
    Bench bench;
    std::filesystem::remove(bench.store.path());

    const ExitCode code = bench({"check"});

    BOOST_TEST_CONTEXT(bench.out << bench.err) {
        BOOST_TEST(number(code) == 1);
        BOOST_TEST(contains(bench.out, "store crm is out of reach"));
        const auto hint = bench.out.find("hint: ");
        BOOST_TEST_REQUIRE(hint != std::string::npos);
        BOOST_TEST(bench.out.find("hint: ", hint + 1) == std::string::npos); // one error, one hint
        BOOST_TEST(contains(bench.out, "2 categories checked: 1 error, 0 warnings\n"));
        BOOST_TEST(!std::filesystem::exists(bench.store.path())); // and it was not created
    }
}

BOOST_AUTO_TEST_CASE(files_with_secrets_that_others_may_read_are_warned_of_by_name_and_mode) {
    for (const auto& [mode, warned] :
         std::map<unsigned, bool>{{0600, false}, {0400, false}, {0644, true}, {0604, true}})
        BOOST_TEST_CONTEXT(std::oct << mode) {
            Bench bench;
            bench.write("audit.key", std::string(64, 'a') + "\n");
            bench.write("crm.password", "hunter2\n");
            bench.write("retentiond.toml",
                        bench.read("retentiond.toml") + "[stores.erp]\nurl = \"postgresql:///erp\"\n" +
                            "password = { file = \"" + bench.file("crm.password").string() + "\" }\n");
            for (const char* name : {"audit.key", "crm.password"})
                std::filesystem::permissions(bench.file(name), std::filesystem::perms(mode));

            const ExitCode code = bench({"check", "--offline"});

            BOOST_TEST(number(code) == 0, bench.out + bench.err);
            char text[8];
            std::snprintf(text, sizeof text, "%04o", mode);
            for (const char* name : {"audit.key", "crm.password"}) {
                const std::string file = bench.file(name).string();
                BOOST_TEST(contains(bench.out, file + " (mode " + text + ")") == warned, bench.out);
                BOOST_TEST(contains(bench.out, "\nhint: chmod 600 " + file) == warned, bench.out);
            }
            BOOST_TEST(!contains(bench.out, "hunter2"));
        }
}

BOOST_AUTO_TEST_CASE(json_counts_what_it_lists) {
    Bench bench(rules_with("column = \"started_at\"", "column = \"begun_at\""));

    const ExitCode code = bench({"check", "--format", "json"});
    const json::value document = json::parse(bench.out);

    BOOST_TEST(number(code) == 2);
    BOOST_TEST(document.at("errors").to_number<int>() == 1);
    const json::array& problems = document.at("problems").as_array();
    BOOST_TEST(static_cast<int>(problems.size()) == 1 + document.at("warnings").to_number<int>());
    for (const json::value& problem : problems) {
        if (problem.at("severity") != "error") continue;
        BOOST_TEST(json::serialize(problem.at("category")) == "\"contacts\"");
        BOOST_TEST(problem.at("line").to_number<int>() == 6);
        BOOST_TEST(problem.at("column").to_number<int>() > 0);
        BOOST_TEST(contains(std::string(problem.at("file").as_string()), "rules.toml"));
        BOOST_TEST(!problem.at("what").as_string().empty());
        BOOST_TEST(problem.as_object().contains("hint"));
    }
}

BOOST_AUTO_TEST_CASE(json_tells_errors_in_the_files_too) {
    Bench bench("[categories.x]\nnothing = 1\n");

    const ExitCode code = bench({"check", "--format", "json", "--offline"});
    const json::value document = json::parse(bench.out);

    BOOST_TEST(number(code) == 2);
    BOOST_TEST(document.at("errors").to_number<std::size_t>() == document.at("problems").as_array().size());
}

BOOST_AUTO_TEST_CASE(grants_of_sqlite_are_those_of_its_files) {
    Bench bench;

    const ExitCode code = bench({"check", "--grants"});

    BOOST_TEST(number(code) == 0);
    BOOST_TEST(bench.out.starts_with("-- store crm: SQLite has no grants"), bench.out); // a comment among the SQL
    BOOST_TEST(contains(bench.out, bench.store.path().string()));
}

BOOST_AUTO_TEST_CASE(a_missing_configuration_is_named) {
    Bench bench;

    const ExitCode code = bench.bare({"check", "--config", "/nowhere/retentiond.toml"});

    BOOST_TEST(number(code) == 2);
    BOOST_TEST(contains(bench.err, "/nowhere/retentiond.toml"));
}

BOOST_AUTO_TEST_CASE(commands_of_later_do_nothing_and_end_2) {
    Bench bench;
    const std::vector<std::vector<std::string>> later = {{"approve", "contacts"},
                                                         {"hold", "list"},
                                                         {"erase", "--subject", "email=a@example.com"},
                                                         {"audit", "prove", "--category", "contacts", "--key", "1"},
                                                         {"audit", "export"}};

    for (const auto& words : later) {
        const ExitCode code = bench(words);

        BOOST_TEST_CONTEXT(bench.err) {
            BOOST_TEST(number(code) == 2);
            BOOST_TEST(bench.err.starts_with("error: " + words[0]));
            BOOST_TEST(contains(bench.err, "is not supported yet"));
            BOOST_TEST(bench.out.empty());
        }
    }
    BOOST_TEST(!std::filesystem::exists(bench.file("state")));
}

BOOST_AUTO_TEST_SUITE_END()
