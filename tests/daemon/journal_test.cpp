#include "daemon/journal.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unistd.h>

using namespace retention;

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

void say_everything() {
    open_journal();
    tell("contacts: done");
    warn("calls: the window closed");
    alarm("orders: out of reach\nhint: see to it");
}

} // namespace

BOOST_AUTO_TEST_SUITE(journal)

BOOST_AUTO_TEST_CASE(gives_the_journal_its_priorities) {
    ::setenv("JOURNAL_STREAM", "8:12345", 1);

    const auto text = said(say_everything);

    ::unsetenv("JOURNAL_STREAM");
    BOOST_TEST(text == "<6>contacts: done\n<4>calls: the window closed\n<3>orders: out of reach hint: see to it\n");
}

BOOST_AUTO_TEST_CASE(gives_a_person_the_time_instead) {
    ::unsetenv("JOURNAL_STREAM");

    const auto text = said(say_everything);

    BOOST_TEST(text.find("<6>") == std::string::npos);
    BOOST_TEST(text.find(" info: contacts: done\n") != std::string::npos);
    BOOST_TEST(text.starts_with("2"));
}

BOOST_AUTO_TEST_SUITE_END()
