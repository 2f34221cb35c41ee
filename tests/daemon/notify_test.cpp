#include "daemon/notify.hpp"
#include "tests/support/notify_listener.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <unistd.h>

using namespace retention;
using namespace retention::test;

namespace {

std::string own_name(const std::string& prefix) {
    return prefix + "retention-notify-" + std::to_string(getpid());
}

} // namespace

BOOST_AUTO_TEST_SUITE(notify)

BOOST_AUTO_TEST_CASE(speaks_to_a_socket_in_the_file_system) {
    NotifyListener listener(own_name(std::filesystem::temp_directory_path().string() + "/"));

    BOOST_TEST(notify_service_manager("READY=1\nSTATUS=next run soon"));

    BOOST_TEST(listener.next() == "READY=1\nSTATUS=next run soon");
}

BOOST_AUTO_TEST_CASE(speaks_to_an_abstract_socket) {
    NotifyListener listener(own_name("@"));

    BOOST_TEST(notify_service_manager("STOPPING=1"));

    BOOST_TEST(listener.next() == "STOPPING=1");
}

BOOST_AUTO_TEST_CASE(nobody_listening_is_no_failure) {
    ::unsetenv("NOTIFY_SOCKET");
    BOOST_TEST(!notify_service_manager("READY=1"));

    for (const auto& address :
         {std::string("relative"), std::string(""), own_name("/nowhere/"), std::string(200, '/')}) {
        ::setenv("NOTIFY_SOCKET", address.c_str(), 1);
        BOOST_TEST(!notify_service_manager("READY=1"));
    }
    ::unsetenv("NOTIFY_SOCKET");
}

BOOST_AUTO_TEST_SUITE_END()
