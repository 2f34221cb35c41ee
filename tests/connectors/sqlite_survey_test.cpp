// Reports on real files: they change nothing, they bind what a rule says, and they count the public sample databases
// as independent SQL does.

#include "tests/support/rules_from_toml.hpp"
#include "tests/support/sqlite_file.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <sqlite3.h>
#include <sstream>

namespace retention::test {
namespace {

using Texts = std::vector<std::string>;

constexpr const char* as_of = "2026-11-21";

std::map<std::string, std::string> files_in(const std::filesystem::path& folder, const std::string& ending = {}) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (!entry.path().string().ends_with(ending)) continue;
        std::ifstream file(entry.path(), std::ios::binary);
        files[entry.path().filename()] = {std::istreambuf_iterator<char>(file), {}};
    }
    return files;
}

std::int64_t records_of(const Survey& survey, const std::string& table) {
    for (const auto& count : survey.related)
        if (count.table == table) return count.records;
    return -1;
}

constexpr const char* logs =
    "CREATE TABLE logs (id INTEGER PRIMARY KEY, at TEXT, note TEXT);"
    "INSERT INTO logs VALUES (1, '2020-01-01', 'a'), (2, '2026-01-01', 'b'), (3, '2026-11-01', 'c'), (4, NULL, 'd');";
constexpr const char* delete_logs = "table = \"logs\"\ntrigger = \"at\"\nperiod = \"6 months\"\naction = \"delete\"\n";

std::filesystem::path sample(const std::string& name) {
    const auto folder = sample_data(SOURCE_DIRECTORY);
    if (!folder.empty() && std::filesystem::exists(folder / name)) return folder / name;
    BOOST_TEST_MESSAGE("SKIPPED: no sample database " << name << "; set RETENTION_DATA");
    std::cerr << "SKIPPED: no sample database " << name << "; set RETENTION_DATA\n";
    return {};
}

// The years in it moved back by four, leap days with them.
SqliteFile chinook(const std::filesystem::path& original) {
    auto file = SqliteFile::copy_of(original);
    file.run("UPDATE Invoice SET InvoiceDate = (substr(InvoiceDate, 1, 4) - 4) || substr(InvoiceDate, 5)");
    return file;
}

} // namespace

BOOST_AUTO_TEST_SUITE(sqlite_survey)

BOOST_AUTO_TEST_CASE(every_record_is_counted_once) {
    const SqliteFile file(logs);
    Bench bench(file.path(), delete_logs, as_of);

    const Survey survey = bench.session->survey(*bench.plan);

    BOOST_TEST(survey.records == 4);
    BOOST_TEST(survey.due == 2);
    BOOST_TEST(survey.overdue == 2);
    BOOST_TEST(survey.retained == 1);
    BOOST_TEST(survey.undated == 1);
    BOOST_TEST(to_string(*survey.oldest) == "2020-01-01");
    BOOST_TEST(survey.upcoming.size() == 1u);
    BOOST_TEST(to_string(survey.upcoming[0].month) == "2027-05");
}

BOOST_AUTO_TEST_CASE(a_report_changes_no_byte_of_the_folder) {
    const std::string rule = std::string(delete_logs) +
                             "[[categories.records.related]]\ntable = \"marks\"\non = \"log\"\naction = \"delete\"\n";
    for (const std::string journal : {"delete", "truncate", "persist"}) {
        const SqliteFile file("PRAGMA journal_mode = " + journal + ";" + logs +
                              "CREATE TABLE marks (log INTEGER); INSERT INTO marks SELECT id FROM logs;");
        const auto before = files_in(file.folder());

        Bench bench(file.path(), rule, as_of, {}, Access::read_only);
        BOOST_TEST(bench.session->try_plan(*bench.plan).empty());
        bench.session->advise(*bench.plan);
        const auto survey = bench.session->survey(*bench.plan);
        BOOST_TEST(survey.due == 2);
        BOOST_TEST(records_of(survey, "marks") == 2);
        BOOST_TEST(bench.session->explain(*bench.plan, {"1"}).has_value());

        BOOST_CHECK(files_in(file.folder()) == before);
    }
}

BOOST_AUTO_TEST_CASE(a_report_reads_what_stands_in_the_write_ahead_log_and_leaves_it_there) {
    const SqliteFile file("PRAGMA journal_mode = WAL;" + std::string(logs));
    sqlite3* application = nullptr;
    sqlite3_open(file.path().c_str(), &application);
    sqlite3_exec(application, "PRAGMA wal_autocheckpoint = 0; INSERT INTO logs VALUES (5, '2020-01-01', 'e')", nullptr,
                 nullptr, nullptr);
    const auto database = files_in(file.folder(), ".sqlite"), log = files_in(file.folder(), "-wal");

    {
        Bench bench(file.path(), delete_logs, as_of, {}, Access::read_only);
        BOOST_TEST(bench.session->survey(*bench.plan).due == 3);
    }

    BOOST_CHECK(files_in(file.folder(), ".sqlite") == database);
    BOOST_CHECK(files_in(file.folder(), "-wal") == log);
    sqlite3_close(application);
}

BOOST_AUTO_TEST_CASE(a_read_only_session_cannot_dispose) {
    const SqliteFile file(logs);
    Bench bench(file.path(), delete_logs, as_of, {}, Access::read_only);
    const auto before = files_in(file.folder());

    BOOST_CHECK_THROW(bench.session->walk(*bench.plan)->dispose(1), StoreError);

    BOOST_CHECK(files_in(file.folder()) == before);
}

BOOST_AUTO_TEST_CASE(dates_in_rule_sql_are_bound_values) {
    const SqliteFile file("CREATE TABLE logs (id INTEGER PRIMARY KEY, at TEXT, until TEXT);"
                          "INSERT INTO logs VALUES (1, '2020-01-01', '2026-11-20'), (2, '2020-01-01', '2026-11-21'), "
                          "(3, '2020-01-01', '{as_of}'), (4, '2020-01-01', '2026-11-20 23:30:00');");
    const auto exempt = [&](const std::string& condition, const Zones& zones = {}) {
        Bench bench(file.path(),
                    std::string(delete_logs) + "[[categories.records.unless]]\nreason = \"open\"\nwhere = \"" +
                        condition + "\"\n",
                    as_of, zones);
        return bench.session->survey(*bench.plan).exempt.at(0).records;
    };

    BOOST_TEST(exempt("until = {as_of}") == 1);
    BOOST_TEST(exempt("typeof({as_of}) = 'text' AND length({as_of}) = 10") == 4);
    BOOST_TEST(exempt("until = '{as_of}'") == 1); // inside a literal it is text
    BOOST_TEST(exempt("{cutoff} = '2026-05-21'") == 4);
    BOOST_TEST(exempt("{as_of - 13 years} = '2013-11-21'") == 4);
    BOOST_TEST(exempt("{as_of start} = '2026-11-21 00:00:00'") == 4);
    BOOST_TEST(exempt("{as_of start} = '2026-11-20 18:30:00'", {"Asia/Kolkata", "UTC"}) == 4);
    BOOST_TEST(exempt("until >= {as_of start} AND until < '2026-11-21'", {"Asia/Kolkata", "UTC"}) == 1);
}

BOOST_AUTO_TEST_CASE(rule_sql_may_have_comments_colons_and_question_marks_in_literals) {
    const SqliteFile file("CREATE TABLE logs (id INTEGER PRIMARY KEY, at TEXT, \"a:b\" TEXT);"
                          "INSERT INTO logs VALUES (1, '2020-01-01', 'rule:old ?1 -- no'), (2, '2020-01-01', 'x'), (3, "
                          "'2020-01-01', NULL);");
    for (const std::string condition :
         {"\\\"a:b\\\" = 'rule:old ?1 -- no'", "\\\"a:b\\\" = 'rule:old ?1 -- no' -- rule:old",
          "/* :x */ \\\"a:b\\\" LIKE '%:old%' /* ? */", "\\\"a:b\\\" = 'rule:old ?1 -- no' OR 1 = 0"}) {
        Bench bench(file.path(), std::string(delete_logs) + "where = \"" + condition + "\"\n", as_of);

        BOOST_TEST(bench.session->try_plan(*bench.plan).empty());
        BOOST_TEST(bench.session->survey(*bench.plan).records == 1);
        const auto walk = bench.session->walk(*bench.plan);
        BOOST_TEST(walk->dispose(10).keys == std::vector<Texts>{{"1"}});
    }
}

BOOST_AUTO_TEST_CASE(an_or_in_rule_sql_binds_no_further_than_its_brackets) {
    const SqliteFile file("CREATE TABLE logs (id INTEGER PRIMARY KEY, at TEXT, kind TEXT); CREATE TABLE deals (id "
                          "INTEGER PRIMARY KEY, log INTEGER, kind TEXT);"
                          "INSERT INTO logs VALUES (1, '2026-11-01', 'a'), (2, '2020-01-01', 'b'), (3, '2020-01-01', "
                          "'c'); INSERT INTO deals VALUES (1, 2, 'x'), (2, 99, 'y');");
    Bench bench(file.path(),
                std::string(delete_logs) +
                    "where = \"kind = 'a' OR kind = 'b'\"\n[[categories.records.unless]]\nreason = \"deal\"\ntable = "
                    "\"deals\"\non = \"log\"\nwhere = \"kind = 'y' OR kind = 'z'\"\n",
                as_of);

    BOOST_TEST(bench.purge() == Texts{"2"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(two_categories_that_share_records_are_counted) {
    const SqliteFile file(logs);
    Bench bench(file.path(),
                std::string(delete_logs) +
                    "where = \"id < 3\"\n[categories.late]\nstore = \"shop\"\nwhere = \"id > 1\"\n" + delete_logs,
                as_of);

    const auto other = plan_on(*bench.session, *bench.configuration.find_rule("late"), day(as_of));

    BOOST_TEST(bench.session->shared_records(*bench.plan, *other) == 1);
}

BOOST_AUTO_TEST_CASE(related_rows_that_a_category_of_their_own_keeps_are_counted) {
    const SqliteFile file("CREATE TABLE logs (id INTEGER PRIMARY KEY, at TEXT); INSERT INTO logs VALUES (1, "
                          "'2020-01-01'), (2, '2026-11-01');"
                          "CREATE TABLE bills (id INTEGER PRIMARY KEY, log INTEGER, at TEXT); INSERT INTO bills VALUES "
                          "(1, 1, '2020-01-01'), (2, 1, '2024-01-01'), (3, 2, '2024-01-01'), (4, 2, '2012-01-01');");
    Bench bench(file.path(),
                std::string(delete_logs) +
                    "[[categories.records.related]]\ntable = \"bills\"\non = \"log\"\naction = \"delete\"\n"
                    "[categories.bills]\nstore = \"shop\"\ntable = \"bills\"\ntrigger = \"at\"\nperiod = \"6 "
                    "years\"\naction = \"delete\"\n",
                as_of);
    const auto own = plan_on(*bench.session, *bench.configuration.find_rule("bills"), day(as_of));

    BOOST_TEST(bench.session->rows_kept_longer(*bench.plan, 0, *own, true) == 1);  // bill 2
    BOOST_TEST(bench.session->rows_kept_longer(*bench.plan, 0, *own, false) == 4); // any row of any record
}

// The sample databases: expected figures come with them.
// ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(chinook_invoices_go_after_seven_years_with_their_lines) {
    const auto original = sample("chinook/Chinook_Sqlite.sqlite");
    if (original.empty()) return;
    const auto file = chinook(original);
    Bench bench(file.path(),
                "table = \"Invoice\"\ntrigger = \"InvoiceDate\"\nperiod = \"7 years\"\naction = \"delete\"\n"
                "[[categories.records.related]]\ntable = \"InvoiceLine\"\non = \"InvoiceId\"\naction = \"delete\"\n",
                "2026-03-18");
    BOOST_TEST(bench.session->try_plan(*bench.plan).empty());

    const auto survey = bench.session->survey(*bench.plan);
    BOOST_TEST(to_string(bench.plan->cutoffs.fixed->cutoff) == "2019-03-18");
    BOOST_TEST(survey.records == 412);
    BOOST_TEST(survey.due == 181);
    BOOST_TEST(records_of(survey, "InvoiceLine") == 986);
    BOOST_TEST(bench.purge(50).size() == 181u);

    BOOST_TEST(bench.related.at(0).records == 986);
    BOOST_TEST(file.value("SELECT count(*) FROM InvoiceLine") == "1254");
    BOOST_TEST(file.value("SELECT round(sum(Total), 2) FROM Invoice") == "1321.46");
    BOOST_TEST(file.value("SELECT count(*) FROM Invoice WHERE InvoiceDate LIKE '2019-03-18%'") == "2");
    BOOST_TEST(bench.session->survey(*bench.plan).due == 0);
}

BOOST_AUTO_TEST_CASE(chinook_customers_without_an_invoice_for_36_months_are_anonymised) {
    const auto original = sample("chinook/Chinook_Sqlite.sqlite");
    if (original.empty()) return;
    const auto file = chinook(original);
    Bench bench(file.path(),
                "table = \"Customer\"\ntrigger = { table = \"Invoice\", on = \"CustomerId\", column = \"InvoiceDate\" "
                "}\nperiod = \"36 months\"\naction = \"anonymise\"\n"
                "[categories.records.mask]\nFirstName = \"redact\"\nLastName = \"random\"\nEmail = \"random "
                "email\"\nPhone = \"null\"\nAddress = \"null\"\n",
                "2024-02-29");
    BOOST_TEST(bench.session->try_plan(*bench.plan).empty());
    BOOST_TEST(bench.session->survey(*bench.plan).due == 17);

    const auto keys = bench.purge(5);

    BOOST_TEST(keys == (Texts{"2", "9", "13", "15", "17", "19", "30", "32", "34", "36", "38", "40", "51", "53", "55",
                              "57", "59"}),
               boost::test_tools::per_element());
    BOOST_TEST(file.value("SELECT count(DISTINCT LastName) FROM Customer WHERE FirstName = 'REDACTED' AND "
                          "length(LastName) = 20 AND Email LIKE '%@anonymised.invalid' AND Phone IS NULL") == "17");
    const auto after = bench.session->survey(*bench.plan);
    BOOST_TEST(after.due == 0);
    BOOST_TEST(after.done == 17);
    BOOST_TEST(bench.purge().empty());
}

BOOST_AUTO_TEST_CASE(northwind_orders_go_seven_years_after_shipping_with_their_details) {
    const auto original = sample("northwind/northwind_create.sql");
    if (original.empty()) return;
    std::ostringstream script;
    script << std::ifstream(original).rdbuf();
    const SqliteFile file("PRAGMA synchronous = OFF;" + script.str());
    Bench bench(file.path(),
                "table = \"Orders\"\ntrigger = \"ShippedDate\"\nperiod = \"7 years\"\naction = \"delete\"\n"
                "[[categories.records.related]]\ntable = \"Order Details\"\non = \"OrderID\"\naction = \"delete\"\n",
                "2005-02-12");
    BOOST_TEST(bench.session->try_plan(*bench.plan).empty());

    const auto survey = bench.session->survey(*bench.plan);
    BOOST_TEST(survey.records == 830);
    BOOST_TEST(survey.due == 620);
    BOOST_TEST(survey.undated == 21);
    BOOST_TEST(records_of(survey, "Order Details") == 1626);
    BOOST_TEST(bench.purge(100).size() == 620u);

    BOOST_TEST(file.value("SELECT count(*) FROM \"Order Details\"") == "529");
    BOOST_TEST(file.value("SELECT count(*) FROM Orders WHERE ShippedDate LIKE '1998-02-12%'") == "5");
    BOOST_TEST(bench.session->survey(*bench.plan).due == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention::test
