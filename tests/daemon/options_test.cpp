#include "daemon/options.hpp"

#include <boost/test/unit_test.hpp>

using namespace retention;
using Words = std::vector<std::string>;

namespace {

// The error, or nothing where the words were taken.
std::string refused(const Words& words) {
    try {
        read_options(words);
    } catch (const UsageError& error) {
        return std::string(error.what()) + " | " + error.hint;
    }
    return "";
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(options)

BOOST_AUTO_TEST_CASE(reads_every_option_of_a_report) {
    const Words words = {"report",     "--config", "r.toml",   "--as-of", "2026-02-28", "--category", "contacts",
                         "--category", "calls",    "--format", "csv",     "--output",   "r.csv"};

    const Options options = read_options(words);

    BOOST_TEST((options.command == Command::report));
    BOOST_TEST(options.config == "r.toml");
    BOOST_TEST((options.as_of == parse_date("2026-02-28")));
    BOOST_TEST(options.categories == (Words{"contacts", "calls"}), boost::test_tools::per_element());
    BOOST_TEST((options.format == Format::csv));
    BOOST_TEST(options.output == "r.csv");
}

BOOST_AUTO_TEST_CASE(reads_every_option_of_a_purge) {
    const Options options =
        read_options({"purge", "contacts", "--yes", "calls", "--local", "--limit=12", "--format=json"});

    BOOST_TEST((options.command == Command::purge));
    BOOST_TEST(options.categories == (Words{"contacts", "calls"}), boost::test_tools::per_element());
    BOOST_TEST(options.yes);
    BOOST_TEST(options.local);
    BOOST_TEST(!options.all);
    BOOST_TEST(*options.limit == 12);
    BOOST_TEST((options.format == Format::json));
}

BOOST_AUTO_TEST_CASE(reads_every_option_of_audit_show) {
    const Options options = read_options({"audit", "show", "--directory", "export", "--run", "r1", "--category",
                                          "calls", "--event", "batch.committed", "--last", "20", "--format", "json"});

    BOOST_TEST((options.command == Command::audit_show));
    BOOST_TEST(options.directory == "export");
    BOOST_TEST(!options.config_named);
    BOOST_TEST(options.run == "r1");
    BOOST_TEST(options.categories == (Words{"calls"}), boost::test_tools::per_element());
    BOOST_TEST(options.event == "batch.committed");
    BOOST_TEST(*options.last == 20);
}

BOOST_AUTO_TEST_CASE(has_the_defaults_of_the_design) {
    const Options options = read_options({"check"});

    BOOST_TEST(options.config == "/etc/retentiond/retentiond.toml");
    BOOST_TEST((options.format == Format::text));
    BOOST_TEST(!options.as_of);
    BOOST_TEST(!options.limit);
    BOOST_TEST(!options.offline);
    BOOST_TEST(!options.once);
    BOOST_TEST(!options.yes);
}

BOOST_AUTO_TEST_CASE(reads_every_option_of_run) {
    const Options options = read_options({"run", "--once", "--log-format", "json"});

    BOOST_TEST(options.once);
    BOOST_TEST((options.log_format == LogFormat::json));
    BOOST_TEST(!read_options({"run"}).once);
}

BOOST_AUTO_TEST_CASE(takes_every_command_of_the_design) {
    const std::pair<Words, Command> known[] = {
        {{}, Command::nothing},
        {{"--help"}, Command::help},
        {{"-h"}, Command::help},
        {{"--version"}, Command::version},
        {{"run"}, Command::run},
        {{"run", "--once"}, Command::run},
        {{"check", "--offline"}, Command::check},
        {{"check", "--grants"}, Command::check},
        {{"explain", "--category", "c", "--key", "5"}, Command::explain},
        {{"purge", "--all"}, Command::purge},
        {{"approve", "contacts"}, Command::approve},
        {{"hold", "place", "--category", "c", "--key", "5", "--ground", "case 7", "--until", "2027-01-01"},
         Command::hold},
        {{"hold", "release", "--category", "c", "--key", "5"}, Command::hold},
        {{"hold", "list"}, Command::hold},
        {{"erase", "--subject", "email=a@example.com"}, Command::erase},
        {{"status", "--format", "json"}, Command::status},
        {{"audit", "verify"}, Command::audit_verify},
        {{"audit", "show"}, Command::audit_show},
        {{"audit", "prove", "--category", "c", "--key", "5"}, Command::audit_prove},
        {{"audit", "export"}, Command::audit_export},
    };

    for (const auto& [words, command] : known) BOOST_TEST_CONTEXT("command " << static_cast<int>(command))
    BOOST_TEST((read_options(words).command == command));
}

BOOST_AUTO_TEST_CASE(refuses_what_it_does_not_understand_in_full) {
    const std::pair<Words, std::string> wrong[] = {
        {{"prune"}, "unknown command prune"},
        {{"chek"}, "did you mean 'check'"},
        {{"--config", "x", "check"}, "write the command first"},
        {{"audit"}, "audit alone"},
        {{"audit", "erase"}, "audit has no erase"},
        {{"check", "--ofline"}, "did you mean '--offline'"},
        {{"check", "all"}, "unexpected word \"all\""},
        {{"check", "--yes"}, "unknown option --yes"},
        {{"check", "--config"}, "--config"},
        {{"run", "--on"}, "--on"},
        {{"run", "--once=no"}, "once"},
        {{"run", "--once", "contacts"}, "unexpected word"},
        {{"run", "--once", "--yes"}, "unknown option --yes"},
        {{"purge", "--all", "--once"}, "unknown option --once"},
        {{"check", "--config", ""}, "--config"},
        {{"check", "--config", "a", "--config", "b"}, "--config is given twice"},
        {{"check", "--format", "yaml"}, "unknown format yaml"},
        {{"check", "--format", "csv"}, "unknown format csv"},
        {{"check", "--offline=no"}, "offline"},
        {{"report", "--as-of", "2026-02-29"}, "is no date"},
        {{"report", "--as-of", "today"}, "is no date"},
        {{"report", "--as-of", "2026-2-1"}, "is no date"},
        {{"report", "--as-of", ""}, "--as-of"},
        {{"report", "contacts"}, "unexpected word"},
        {{"explain", "--category", "c"}, "explain needs --key"},
        {{"explain", "--key", "5"}, "explain needs --category"},
        {{"purge"}, "which categories"},
        {{"purge", "--yes", "--local"}, "which categories"},
        {{"purge", "--all", "contacts"}, "not both"},
        {{"purge", ""}, "empty"},
        {{"purge", "--al"}, "--al"},
        {{"purge", "--a"}, "--a"},
        {{"purge", "-a"}, "-a"},
        {{"purge", "--all", "--limit", "0"}, "no whole number"},
        {{"purge", "--all", "--limit", "-5"}, "limit"},
        {{"purge", "--all", "--limit=-5"}, "no whole number"},
        {{"purge", "--all", "--limit", "abc"}, "no whole number"},
        {{"purge", "--all", "--limit", "5k"}, "no whole number"},
        {{"purge", "--all", "--limit", " 5"}, "no whole number"},
        {{"purge", "--all", "--limit", "99999999999999999999"}, "no whole number"},
        {{"purge", "--all", "--limit", "5", "--limit", "6"}, "given twice"},
        {{"purge", "--all", "--all"}, "all"},
        {{"approve"}, "approve needs one category"},
        {{"approve", "a", "b"}, "approve needs one category"},
        {{"hold", "place", "--category", "c", "--key", "5"}, "needs --ground"},
        {{"hold", "place", "--category", "c", "--key", "5", "--ground", "g", "--until", "soon"}, "is no date"},
        {{"erase"}, "erase needs --subject"},
    };

    for (const auto& [words, part] : wrong) {
        std::string line;
        for (const std::string& word : words) line += " " + word;
        const std::string error = refused(words);
        BOOST_TEST_CONTEXT("retentiond" << line << ": " << error) {
            BOOST_TEST(contains(error, part));
            BOOST_TEST(!error.ends_with("| ")); // there is always something to do next
        }
    }
}

BOOST_AUTO_TEST_CASE(help_stands_above_what_is_missing) {
    const Options options = read_options({"explain", "--help"});

    BOOST_TEST((options.command == Command::help));
    BOOST_TEST((options.topic == Command::explain));
}

BOOST_AUTO_TEST_CASE(help_lists_every_command_and_every_exit_code) {
    const std::string text = help_text(Command::nothing);

    for (const char* part :
         {"  run ",         "  check ", "  report ", "  explain ",     "  purge ",     "  approve ",
          "  hold place",   "  erase ", "  status ", "  audit verify", "  audit show", "  audit prove",
          "  audit export", "--config", "--help",    "--version",      "  0  done",    "  1  ",
          "  2  ",          "  3  ",    "  4  ",     "  5  "})
        BOOST_TEST(contains(text, part), part);
}

BOOST_AUTO_TEST_CASE(help_of_a_command_lists_its_options) {
    const std::string text = help_text(Command::purge);

    for (const char* part : {"--config", "--help", "--all", "--yes", "--local", "--limit", "--as-of", "--format",
                             "text, json", "  3  refused"})
        BOOST_TEST(contains(text, part), part);
    BOOST_TEST(!contains(text, "--offline"));
}

BOOST_AUTO_TEST_SUITE_END()
