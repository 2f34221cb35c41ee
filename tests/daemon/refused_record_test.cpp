// One record that the store will not let go keeps none of the others, and is never silent (design.md section 7, promise
// 7).

#include "tests/support/sqlite_file.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>
#include <string>
#include <sys/wait.h>

namespace {

using retention::test::SqliteFile;

const std::string people = "CREATE TABLE people (id INTEGER PRIMARY KEY, seen TEXT);"
                           "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) "
                           "INSERT INTO people SELECT i, '2010-01-01' FROM n;";
const std::string guard = "CREATE TRIGGER guard BEFORE DELETE ON people WHEN old.id IN (1, 500, 501) "
                          "BEGIN SELECT raise(ABORT, 'the secret of 500'); END;";

int purge(const SqliteFile& file) {
    const auto configuration = file.folder() / "retentiond.toml";
    std::ofstream(configuration) << "timezone = \"UTC\"\nstate = \"state\"\n[audit]\ndirectory = \"log\"\n"
                                    "key = { file = \"audit.key\" }\n[stores.crm]\nurl = \"sqlite://"
                                 << file.path().string()
                                 << "\"\n[categories.people]\nstore = \"crm\"\ntable = \"people\"\ntrigger = \"seen\"\n"
                                    "period = \"36 months\"\naction = \"delete\"\n";
    const std::string command = std::string(PROGRAM) + " purge --local --all --yes --as-of 2026-06-30 --config '" +
                                configuration.string() + "' >/dev/null 2>&1 </dev/null";
    return WEXITSTATUS(std::system(command.c_str()));
}

std::string log_of(const SqliteFile& file) {
    std::ifstream log(file.folder() / "log" / "audit-000001.jsonl");
    return {std::istreambuf_iterator<char>(log), {}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(refused_record)

BOOST_AUTO_TEST_CASE(keeps_none_of_the_others_and_the_run_says_so) {
    const SqliteFile file(people + guard);
    const SqliteFile unguarded(people); // the twin

    BOOST_TEST(purge(file) == 1);
    BOOST_TEST(purge(unguarded) == 0);

    BOOST_TEST(file.value("SELECT group_concat(id) FROM people") == "1,500,501");
    BOOST_TEST(unguarded.value("SELECT count(*) FROM people") == "0");
    BOOST_TEST(file.value("SELECT sum(records) FROM retentiond_batches") == "997");
    BOOST_TEST(log_of(file).find("3 records could not be disposed of") != std::string::npos);
    BOOST_TEST(log_of(file).find("secret") == std::string::npos); // the store's words may hold values
}

BOOST_AUTO_TEST_SUITE_END()
