#include "daemon/journal.hpp"
#include "daemon/journal_socket.hpp"
#include "tests/support/notify_listener.hpp"
#include "tests/support/sqlite_file.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unistd.h>

using namespace retention;
using namespace retention::test;

namespace {

// What `work` says on the error stream of this process.
template <class Work>
std::string said(const Work& work) {
    std::FILE* file = std::tmpfile();
    std::fflush(stderr);
    const int before = ::dup(STDERR_FILENO);
    ::dup2(::fileno(file), STDERR_FILENO);
    work();
    std::fflush(stderr);
    ::dup2(before, STDERR_FILENO);
    ::close(before);
    std::rewind(file);
    std::string text;
    for (int letter; (letter = std::fgetc(file)) != EOF;) text += static_cast<char>(letter);
    std::fclose(file);
    return text;
}

void say_everything(LogFormat format = LogFormat::automatic, const std::string& socket = "/nowhere") {
    open_journal(format, socket);
    tell("contacts: done");
    warn("calls: the window closed");
    alarm("orders: out of reach\nhint: see to it");
}

} // namespace

BOOST_AUTO_TEST_SUITE(journal)

BOOST_AUTO_TEST_CASE(gives_the_journal_its_priorities) {
    ::setenv("JOURNAL_STREAM", "8:12345", 1);

    const auto text = said([] { say_everything(); });

    ::unsetenv("JOURNAL_STREAM");
    BOOST_TEST(text == "<6>contacts: done\n<4>calls: the window closed\n<3>orders: out of reach hint: see to it\n");
}

BOOST_AUTO_TEST_CASE(gives_a_person_the_time_instead) {
    ::unsetenv("JOURNAL_STREAM");

    const auto text = said([] { say_everything(); });

    BOOST_TEST(text.find("<6>") == std::string::npos);
    BOOST_TEST(text.find(" info: contacts: done\n") != std::string::npos);
    BOOST_TEST(text.starts_with("2"));
}

BOOST_AUTO_TEST_CASE(says_json_that_a_program_can_read) {
    const auto text = said([] {
        open_journal(LogFormat::json, "/nowhere");
        warn("calls: a \"quoted\" word\nand a second line", {{"category", "calls"}, {"run", "r1"}});
    });

    const auto object = boost::json::parse(text).as_object();
    BOOST_TEST(object.at("level").as_string() == "warning");
    BOOST_TEST(object.at("message").as_string() == "calls: a \"quoted\" word and a second line");
    BOOST_TEST(object.at("category").as_string() == "calls");
    BOOST_TEST(object.at("time").as_string().starts_with("20"));
    BOOST_TEST(object.at("time").as_string().ends_with("Z"));
}

BOOST_AUTO_TEST_CASE(the_journal_gets_priority_and_fields) {
    const SqliteFile place("CREATE TABLE a (id INTEGER);");
    NotifyListener journal((place.folder() / "journal").string());

    const auto text = said([&] {
        open_journal(LogFormat::journal, place.folder() / "journal");
        warn("calls: the window closed", {{"category", "calls"}});
    });

    BOOST_TEST(text == "");
    BOOST_TEST(journal.next() == "MESSAGE=calls: the window closed\nPRIORITY=4\nSYSLOG_IDENTIFIER=retentiond\n"
                                 "RETENTIOND_CATEGORY=calls\n");
}

BOOST_AUTO_TEST_CASE(a_value_with_a_line_end_forges_no_field) {
    const auto entry = journal_entry({{"MESSAGE", "one\nPRIORITY=0"}, {"A", "b"}});

    BOOST_TEST(entry == std::string("MESSAGE\n\x0e\0\0\0\0\0\0\0one\nPRIORITY=0\nA=b\n", 35));
    BOOST_TEST(journal_name("oldest due") == "RETENTIOND_OLDEST_DUE");
}

BOOST_AUTO_TEST_SUITE_END()
