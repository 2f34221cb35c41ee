// check on a server: what it says to an account that the server does not let in yet.

#include "tests/daemon/command_bench.hpp"
#include "tests/support/mariadb_server.hpp"

#include <boost/test/unit_test.hpp>

using namespace retention;
using namespace retention::test;

namespace {

const std::string rules = "[categories.logs]\nstore = \"crm\"\ntable = \"logs\"\ntrigger = \"at\"\n"
                          "period = \"6 months\"\naction = \"delete\"\n";

void use(const Bench& bench, const std::string& url) {
    bench.write("retentiond.toml", "timezone = \"UTC\"\npolicies = [\"rules.toml\"]\nstate = \"state\"\n[audit]\n"
                                   "directory = \"audit\"\nkey = { file = \"audit.key\" }\n[stores.crm]\nurl = \"" +
                                       url + "\"\n");
}

} // namespace

BOOST_AUTO_TEST_SUITE(command_check_servers)

BOOST_AUTO_TEST_CASE(grants_of_mariadb_for_an_account_without_any_send_for_an_administrator) {
    auto* server = MariadbServer::shared();
    if (!server) {
        BOOST_TEST_MESSAGE("skipped: " + MariadbServer::missing());
        return;
    }
    const auto database = server->make_database();
    server->run(database, "CREATE TABLE logs (id INT PRIMARY KEY, at DATE); "
                          "CREATE OR REPLACE USER newcomer@localhost; CREATE OR REPLACE USER clerk@localhost; GRANT "
                          "SELECT ON logs TO clerk@localhost");
    Bench bench(rules, "");

    for (const char* denied : {"newcomer", "nobody"}) { // 1044 and 1045
        use(bench, server->url(database, denied));

        const ExitCode code = bench({"check", "--grants"});

        BOOST_TEST_CONTEXT(denied << ": " << bench.err) {
            BOOST_TEST(number(code) == 1);
            BOOST_TEST(contains(bench.err, "\nhint: the catalogue must be read for this: put an administrator's user"));
            BOOST_TEST(bench.err.find("hint: ") == bench.err.rfind("hint: "));
        }
    }

    use(bench, server->url(database, "clerk"));
    BOOST_TEST(number(bench({"check", "--grants"})) == 0, bench.err);
    BOOST_TEST(contains(bench.out, "TO 'clerk'@'localhost';"), bench.out); // the account's own host
}

BOOST_AUTO_TEST_SUITE_END()
