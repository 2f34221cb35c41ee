// The five ready policies on the example company, through the built program. What they must find was worked out by
// plain SQL (ready_policies_expected.sql), not by the engine, and is compared with the report and with what really is
// in the database after a purge.

#include "tests/support/sqlite_file.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <sys/wait.h>

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using retention::test::SqliteFile;
using Differences = std::vector<std::string>;

const fs::path source = SOURCE_DIRECTORY;
const std::vector<std::string> policies = {"octree", "stratas", "oktra", "oktoring", "oktabit"};
const std::string today = "2026-06-30"; // of the example company

std::string text_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + file.string());
    return {std::istreambuf_iterator<char>(in), {}};
}

const SqliteFile& company() {
    static const SqliteFile file(text_of(source / "policies/example/company.sql"), "company.sqlite");
    return file;
}

// The company once more, with the tables of ready_policies_expected.sql beside its own.
const SqliteFile& expected() {
    static const SqliteFile file = [] {
        SqliteFile copy = SqliteFile::copy_of(company().path());
        copy.run(text_of(source / "tests/daemon/ready_policies_expected.sql"));
        return copy;
    }();
    return file;
}

struct Ran {
    int code = -1;
    std::string out, err;
};

// A company of its own under some policies, with its state and its audit log, removed at the end.
class Trial {
public:
    explicit Trial(const std::vector<std::string>& named, const std::string& replace = {}, const std::string& by = {})
        : database_(SqliteFile::copy_of(company().path())) {
        std::string files;
        for (const std::string& policy : named) {
            std::string text = text_of(source / "policies" / (policy + ".toml"));
            if (!replace.empty()) BOOST_REQUIRE(text.find(replace) != std::string::npos);
            if (!replace.empty()) text.replace(text.find(replace), replace.size(), by);
            std::ofstream(database_.folder() / (policy + ".toml")) << text;
            files += (files.empty() ? "\"" : ", \"") + policy + ".toml\"";
        }
        std::ofstream(config()) << "timezone = \"Europe/London\"\nfinancial_year_ends = \"31 March\"\npolicies = ["
                                << files << "]\nstate = \"state\"\n[audit]\ndirectory = \"audit\"\n"
                                << "[stores.company]\nurl = \"sqlite://" << database_.path().string()
                                << "\"\ntimezone = \"Europe/London\"\n";
    }

    Ran run(const std::string& words) const { return run_with(config(), words); }

    static Ran run_with(const fs::path& config, const std::string& words) {
        const SqliteFile folder; // for what the program prints
        const fs::path out = folder.folder() / "out", err = folder.folder() / "err";
        const std::string command = "'" PROGRAM "' " + words + " --config '" + config.string() + "' </dev/null >'" +
                                    out.string() + "' 2>'" + err.string() + "'";
        const int status = std::system(command.c_str());
        return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text_of(out), text_of(err)};
    }

    json::object answer(const std::string& words) const {
        const Ran ran = run(words + " --format json");
        BOOST_TEST(ran.code == 0, words + " ended " + std::to_string(ran.code) + ": " + ran.err);
        boost::system::error_code error;
        json::value value = json::parse(ran.out, error);
        BOOST_REQUIRE_MESSAGE(!error && value.is_object(), words + " printed no JSON object: " + ran.out + ran.err);
        return value.as_object();
    }

    const SqliteFile& database() const { return database_; }
    std::string count(const std::string& table, const std::string& where) const {
        return database_.value("SELECT count(*) FROM \"" + table + "\" WHERE " + where);
    }

private:
    fs::path config() const { return database_.folder() / "retentiond.toml"; }
    SqliteFile database_;
};

// One purge of everything under each policy, for the cases that only look at what is left.
struct Purged {
    Trial trial;
    json::object answer;
};
const Purged& purged(const std::string& policy) {
    static std::map<std::string, Purged> done;
    const auto found = done.find(policy);
    if (found != done.end()) return found->second;
    Trial trial({policy});
    json::object answer = trial.answer("purge --local --all --yes --as-of " + today);
    return done.emplace(policy, Purged{std::move(trial), std::move(answer)}).first->second;
}

std::string text_of(const json::value& value) {
    if (value.is_null()) return "NULL";
    return value.is_string() ? std::string(value.as_string()) : json::serialize(value);
}

void compare(Differences& found, const std::string& what, const std::string& said, const std::string& should) {
    if (said != should) found.push_back(what + " is " + said + ", should be " + should);
}

// A list of the report, by the name of its items.
std::map<std::string, std::string> counts(const json::value& list, const std::vector<std::string>& names) {
    std::map<std::string, std::string> result;
    for (const json::value& item : list.as_array()) {
        std::string key;
        for (const std::string& name : names) key += (key.empty() ? "" : ": ") + text_of(item.at(name));
        const std::string records = text_of(item.at("records"));
        if (records != "0") result[key] = records;
    }
    return result;
}

std::map<std::string, std::string> expected_counts(const std::string& names_and_records) {
    std::map<std::string, std::string> result;
    for (const std::string& row : expected().column(names_and_records)) {
        const auto bar = row.rfind('|');
        result[row.substr(0, bar)] = row.substr(bar + 1);
    }
    return result;
}

void compare(Differences& found, const std::string& what, const std::map<std::string, std::string>& said,
             const std::map<std::string, std::string>& should) {
    std::set<std::string> names;
    for (const auto* counts : {&said, &should})
        for (const auto& [name, count] : *counts) names.insert(name);
    const auto of = [](const auto& counts, const std::string& name) {
        const auto one = counts.find(name);
        return one == counts.end() ? std::string("0") : one->second;
    };
    for (const std::string& name : names) compare(found, what + " " + name, of(said, name), of(should, name));
}

// One category of a report against plain SQL.
void compare_category(Differences& found, const json::object& said) {
    const std::string category = text_of(said.at("category"));
    const std::string these = " FROM verdicts WHERE category = '" + category + "'";
    const auto should = [&](const std::string& what) { return expected().value("SELECT " + what + these); };
    compare(found, category + " records", text_of(said.at("records")), should("count(*)"));
    for (const std::string verdict : {"due", "retained", "undated", "done"})
        compare(found, category + " " + verdict, text_of(said.at(verdict)),
                should("count(iif(verdict = '" + verdict + "', 1, NULL))"));
    compare(found, category + " held", text_of(said.at("held")), "0");
    const bool has_period = text_of(said.at("period")) != "none";
    if (has_period) compare(found, category + " overdue", text_of(said.at("overdue")), should("sum(overdue)"));
    compare(found, category + " oldest", text_of(said.at("oldest")), should("min(iif(verdict = 'due', day, NULL))"));
    compare(found, category + " exempt", counts(said.at("exempt"), {"reason"}),
            expected_counts("SELECT reason || '|' || count(*)" + these + " AND verdict = 'exempt' GROUP BY reason"));
    compare(found, category + " related", counts(said.at("related"), {"table", "action"}),
            expected_counts("SELECT name || ': ' || action || '|' || records FROM related WHERE category = '" +
                            category + "'"));
}

std::string expected_categories(const std::string& where) {
    return expected().value("SELECT count(*) FROM rules WHERE " + where);
}

Differences compare_report(const json::object& report) {
    Differences found;
    for (const json::value& category : report.at("categories").as_array())
        compare_category(found, category.as_object());
    for (const json::value& failed : report.at("failed").as_array()) found.push_back(json::serialize(failed));
    return found;
}

// What a purge did to the database, row by row: each row of the company that was removed or changed, against plain SQL.
Differences compare_database(const SqliteFile& now, const std::string& policy) {
    Differences found;
    for (const std::string& table : company().column("SELECT name FROM sqlite_schema WHERE type = 'table'")) {
        const std::string gone =
            now.value("ATTACH '" + company().path().string() + "' AS was; SELECT count(*) FROM " +
                      "(SELECT * FROM was.\"" + table + "\" EXCEPT SELECT * FROM main.\"" + table + "\")");
        compare(found, "rows of " + table + " that were touched", gone,
                expected().value("SELECT count(*) FROM touched WHERE policy = '" + policy + "' AND name = '" + table +
                                 "'"));
    }
    return found;
}

// The tables whose records a category deletes, and how a row's key is written.
struct Deletes {
    const char *category, *table, *key;
};
const std::vector<Deletes> deletes = {
    {"financial_records", "invoices", "series || ',' || number"},
    {"company_information", "networks", "id"},
    {"client_records", "client_records", "id"},
    {"unsuccessful_applicants", "applicants", "id"},
    {"inactive_accounts", "portal_accounts", "id"},
    {"call_recordings", "call_recordings", "id"},
    {"applications", "applications", "id"},
    {"employee_files", "employees", "id"},
    {"complaints", "complaints", "id"},
    {"usage_data", "usage_data", "account_id || ',' || day || ',' || feature"},
    {"transactions", "transactions", "id"},
    {"communication_history", "messages", "id"},
    {"technical_logs", "tech_logs", "id"},
    {"children_under_13", "members", "id"},
};

// The very records: none that is due is left, none that is not due has gone.
Differences compare_keys(const SqliteFile& now, const std::string& policy) {
    Differences found;
    for (const Deletes& one : deletes) {
        const std::string attach = "ATTACH '" + expected().path().string() + "' AS plain; SELECT count(*) FROM ";
        const std::string keys = std::string("(SELECT CAST(") + one.key + " AS TEXT) FROM main." + one.table + ")";
        const std::string these = std::string("plain.verdicts WHERE policy = '") + policy + "' AND category = '" +
                                  one.category + "' AND verdict ";
        compare(found, std::string(one.category) + " due and still there",
                now.value(attach + these + "= 'due' AND key IN " + keys), "0");
        compare(found, std::string(one.category) + " not due and gone",
                now.value(attach + these + "<> 'due' AND key NOT IN " + keys), "0");
    }
    return found;
}

std::string lines(const Differences& found) {
    std::string text;
    for (const std::string& one : found) text += "\n  " + one;
    return text;
}

std::string at(const std::string& day) {
    return " --as-of " + day;
}

} // namespace

BOOST_AUTO_TEST_SUITE(ready_policies)

BOOST_AUTO_TEST_CASE(each_reports_what_plain_sql_finds) {
    for (const std::string& policy : policies) {
        BOOST_TEST_CONTEXT(policy) {
            const Trial trial({policy});

            const Ran check = trial.run("check");
            const json::object report = trial.answer("report" + at(today));

            BOOST_TEST(check.code == 0, check.out + check.err);
            BOOST_TEST(std::to_string(report.at("categories").as_array().size()) ==
                       expected_categories("policy = '" + policy + "'"));
            const Differences found = compare_report(report);
            BOOST_TEST(found.empty(), lines(found));
        }
    }
}

BOOST_AUTO_TEST_CASE(all_five_together_report_the_same) {
    const Trial trial(policies);

    const json::object report = trial.answer("report" + at(today));

    BOOST_TEST(std::to_string(report.at("categories").as_array().size()) == expected_categories("1 = 1"));
    const Differences found = compare_report(report);
    BOOST_TEST(found.empty(), lines(found));
}

BOOST_AUTO_TEST_CASE(a_rule_of_one_day_less_would_be_noticed) {
    const Trial trial({"stratas"}, "\"150 days\"", "\"149 days\"");

    const Differences found = compare_report(trial.answer("report" + at(today)));

    BOOST_TEST(!found.empty());
}

BOOST_AUTO_TEST_CASE(each_disposes_of_the_due_and_touches_nothing_else) {
    for (const std::string& policy : policies) {
        BOOST_TEST_CONTEXT(policy) {
            const auto& [trial, purge] = purged(policy);

            BOOST_TEST(text_of(purge.at("outcome")) == "completed");
            for (const json::value& one : purge.at("categories").as_array())
                BOOST_TEST(text_of(one.at("disposed")) ==
                               expected().value("SELECT count(*) FROM due WHERE category = '" +
                                                text_of(one.at("category")) + "'"),
                           text_of(one.at("category")) << " disposed of " << text_of(one.at("disposed")));
            Differences found = compare_database(trial.database(), policy);
            BOOST_TEST(found.empty(), lines(found));
            found = compare_keys(trial.database(), policy);
            BOOST_TEST(found.empty(), lines(found));
            BOOST_TEST(trial.database().value("PRAGMA integrity_check") == "ok");
            BOOST_TEST(trial.database().column("PRAGMA foreign_key_check").empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_record_too_many_or_too_few_would_be_noticed) {
    const Trial& trial = purged("oktra").trial;
    BOOST_REQUIRE(compare_database(trial.database(), "oktra").empty());

    const SqliteFile too_many = SqliteFile::copy_of(trial.database().path());
    too_many.run("DELETE FROM applications WHERE id = 'Z-1'");
    const SqliteFile too_few = SqliteFile::copy_of(trial.database().path());
    too_few.run("INSERT INTO applications VALUES ('Z-4', 'Received on a leap day', 'Post 1', '2020-02-29')");

    for (const SqliteFile* bad : {&too_many, &too_few}) {
        BOOST_TEST(compare_database(*bad, "oktra").size() == 1);
        BOOST_TEST(compare_keys(*bad, "oktra").size() == 1);
    }
}

BOOST_AUTO_TEST_CASE(a_second_run_finds_nothing_and_the_log_verifies) {
    for (const std::string& policy : policies) {
        BOOST_TEST_CONTEXT(policy) {
            const Trial& trial = purged(policy).trial;

            const json::object report = trial.answer("report" + at(today));
            const json::object again = trial.answer("purge --local --all --yes" + at(today));
            const Ran verify = trial.run("audit verify");

            for (const json::value& one : report.at("categories").as_array())
                BOOST_TEST(text_of(one.at("due")) == "0", text_of(one.at("category")));
            for (const json::value& one : again.at("categories").as_array())
                BOOST_TEST(text_of(one.at("disposed")) == "0", text_of(one.at("category")));
            BOOST_TEST(verify.code == 0, verify.out + verify.err);
        }
    }
}

BOOST_AUTO_TEST_CASE(without_yes_more_than_the_limits_is_refused_and_nothing_goes) {
    const Trial trial({"stratas"});

    const Ran purge = trial.run("purge --local --all --limit 5000" + at(today));

    BOOST_TEST(purge.code != 0);
    BOOST_TEST(trial.count("applicants", "1 = 1") == company().value("SELECT count(*) FROM applicants"));
}

BOOST_AUTO_TEST_CASE(no_personal_data_is_left_on_an_anonymised_record) {
    const Trial &octree = purged("octree").trial, &oktoring = purged("oktoring").trial;
    const Trial& oktabit = purged("oktabit").trial;

    // How many of the due records have every mask on them, and how many there are.
    const auto masked = [](const Trial& trial, const std::string& category, const std::string& table,
                           const std::string& masks) {
        return trial.database().value(
            "ATTACH '" + expected().path().string() + "' AS plain; SELECT count(*) FROM main." + table +
            " WHERE CAST(id AS TEXT) IN (SELECT key FROM plain.due WHERE category = '" + category + "') AND " + masks);
    };
    const auto due = [](const std::string& category) {
        return expected().value("SELECT count(*) FROM due WHERE category = '" + category + "'");
    };
    const std::string email = "(email IS NULL OR email GLOB 'x????z??????????@anonymised.invalid')";
    const std::string born = "(born_on IS NULL OR born_on LIKE '____-01-01')";
    BOOST_TEST(masked(octree, "contacts", "contacts",
                      "full_name = 'REDACTED' AND phone IS NULL AND " + email + " AND " + born) == due("contacts"));
    BOOST_TEST(masked(oktoring, "accounts", "accounts",
                      "display_name = 'REDACTED' AND " + email +
                          " AND (last_address IS NULL OR last_address LIKE '%.0' OR last_address = '2001:db8:1::')") ==
               due("accounts"));
    BOOST_TEST(masked(oktabit, "no_longer_necessary", "members",
                      "full_name = 'REDACTED' AND town IS NULL AND " + email + " AND " + born) ==
               due("no_longer_necessary"));
    BOOST_TEST(octree.count("calls", "id = 900002 AND summary = 'REDACTED' AND started_at = '2023-06-29 23:59:59'") ==
               "1");
}

BOOST_AUTO_TEST_CASE(the_awkward_ones_get_the_verdict_that_their_name_asks_for) {
    struct Awkward {
        const char *policy, *category, *key, *verdict, *why;
    };
    const std::vector<Awkward> cases = {
        {"octree", "contacts", "900001", "retained", "last call on the cutoff day"},
        {"octree", "contacts", "900002", "due", "last call a second before it"},
        {"octree", "contacts", "900003", "retained", "half past midnight in London is the next day"},
        {"octree", "contacts", "900004", "due", "half past eleven in London"},
        {"octree", "contacts", "900005", "due", "newsletters are no direct contact"},
        {"octree", "contacts", "900006", "undated", "a call on 'last summer'"},
        {"octree", "contacts", "900007", "undated", "a meeting on a zero date"},
        {"octree", "contacts", "900008", "undated", "unix time zero"},
        {"octree", "contacts", "900009", "undated", "no date at all"},
        {"octree", "contacts", "900010", "retained", "a meeting in the far future"},
        {"octree", "contacts", "900011", "retained", "a meeting on a leap day, 36 months"},
        {"octree", "contacts", "900012", "undated", "text in a column of numbers"},
        {"octree", "contacts", "900013", "undated", "a linked row without a date"},
        {"octree", "contacts", "900014", "exempt", "an open deal"},
        {"octree", "contacts", "900015", "done", "anonymised before"},
        {"octree", "contacts", "900017", "undated", "29 February 2019 does not exist"},
        {"octree", "financial_records", "Z,900001", "due", "the last day of a financial year"},
        {"octree", "financial_records", "Z,900002", "retained", "the first day of the next"},
        {"octree", "financial_records", "Z,900005", "undated", "day first"},
        {"octree", "financial_records", "Z,900006", "retained", "paid in a later year"},
        {"octree", "financial_records", "Z,900007", "exempt", "never paid"},
        {"octree", "company_information", "900001", "undated", "an agreement that ends on a zero date"},
        {"octree", "company_information", "900002", "retained", "an agreement that ended yesterday"},
        {"octree", "company_information", "900003", "due", "an agreement that ended the day before"},
        {"octree", "company_information", "900005", "retained", "an agreement that was renewed"},
        {"octree", "client_records", "900001", "undated", "a contract that names no period"},
        {"octree", "client_records", "900002", "undated", "0 months"},
        {"octree", "client_records", "900003", "undated", "'forever' months"},
        {"octree", "client_records", "900004", "undated", "minus 12 months"},
        {"octree", "client_records", "900005", "retained", "31 December and six months"},
        {"octree", "client_records", "900008", "undated", "a record without its client"},
        {"stratas", "unsuccessful_applicants", "900001", "retained", "150 days end today"},
        {"stratas", "unsuccessful_applicants", "900003", "undated", "nobody wrote down the decision"},
        {"stratas", "unsuccessful_applicants", "900005", "exempt", "in the talent pool through today"},
        {"stratas", "unsuccessful_applicants", "900006", "due", "in the talent pool until yesterday"},
        {"stratas", "unsuccessful_applicants", "900007", "undated", "a time of 25:61"},
        {"stratas", "inactive_accounts", "900002", "exempt", "an open ticket"},
        {"stratas", "call_recordings", "900001", "retained", "midnight of the cutoff day"},
        {"stratas", "call_recordings", "900002", "due", "a millisecond before"},
        {"stratas", "call_recordings", "900006", "undated", "seconds where milliseconds should be"},
        {"oktra", "applications", "Z-2", "retained", "the last of a long month"},
        {"oktra", "applications", "Z-5", "undated", "a blank date"},
        {"oktra", "employee_files", "900001", "retained", "still employed, in the year 9999"},
        {"oktra", "employee_files", "900002", "due", "left on a leap day"},
        {"oktra", "employee_files", "900005", "undated", "an end that was never written down"},
        {"oktra", "employee_files", "900006", "retained", "left long ago and came back"},
        {"oktra", "employee_files", "900007", "undated", "never had a post"},
        {"oktra", "employee_files", "900008", "exempt", "a pension claim"},
        {"oktra", "employee_files", "900009", "undated", "a zero date"},
        {"oktra", "complaints", "900001", "exempt", "open after all these years"},
        {"oktoring", "accounts", "900003", "due", "active on a leap day, 2 years"},
        {"oktoring", "accounts", "900004", "undated", "active in 1900"},
        {"oktoring", "accounts", "900006", "retained", "a purchase last year"},
        {"oktoring", "usage_data", "900001,unknown,search", "undated", "a composite key, and no date in it"},
        {"oktoring", "transactions", "900004", "retained", "the year 9999"},
        {"oktoring", "communication_history", "900001", "retained", "midnight in London"},
        {"oktoring", "communication_history", "900002", "due", "a second before it"},
        {"oktoring", "technical_logs", "900003", "undated", "zero"},
        {"oktoring", "technical_logs", "900004", "undated", "before zero"},
        {"oktoring", "technical_logs", "900006", "undated", "text in a column of numbers"},
        {"oktabit", "children_under_13", "900002", "due", "thirteen tomorrow"},
        {"oktabit", "children_under_13", "900008", "due", "a child that left is the children's rule's"},
        {"oktabit", "no_longer_necessary", "900009", "exempt", "a certificate that is valid through today"},
        {"oktabit", "no_longer_necessary", "900010", "retained", "leaves tomorrow"},
        {"oktabit", "no_longer_necessary", "900012", "done", "anonymised before"},
    };
    std::map<std::string, Trial> trials;
    for (const std::string& policy : policies) trials.emplace(policy, std::vector{policy});

    for (const Awkward& one : cases) {
        BOOST_TEST_CONTEXT(one.category << " " << one.key << ": " << one.why) {
            const std::string words = std::string("explain --category ") + one.category + " --key '" + one.key + "'";
            const json::object found = trials.at(one.policy).answer(words + at(today));
            BOOST_TEST(text_of(found.at("verdict")) == one.verdict);
        }
    }
}

BOOST_AUTO_TEST_CASE(who_left_on_a_leap_day_stays_through_28_february_of_the_last_year) {
    const Trial trial({"oktra"});

    trial.answer("purge employee_files --local --yes --as-of 2026-02-28");
    const std::string on_the_last_day = trial.count("employees", "id = 900002");
    trial.answer("purge employee_files --local --yes --as-of 2026-03-01");

    BOOST_TEST(on_the_last_day == "1");
    BOOST_TEST(trial.count("employees", "id = 900002") == "0");
    BOOST_TEST(trial.count("employments", "employee_id = 900002") == "0");
    BOOST_TEST(trial.count("employees", "id = 900010 AND manager_id IS NULL") == "1"); // worked for that one
    BOOST_TEST(trial.count("complaints", "id = 900003 AND employee_id IS NULL") == "1");
}

BOOST_AUTO_TEST_CASE(far_future_and_undated_employees_survive_with_all_that_is_theirs) {
    const Trial& trial = purged("oktra").trial;

    BOOST_TEST(trial.count("employees", "id IN (900001, 900005, 900006, 900007, 900009)") == "5");
    BOOST_TEST(trial.count("employments", "employee_id IN (900001, 900005, 900006, 900009)") == "6");
}

BOOST_AUTO_TEST_CASE(logs_of_30_and_31_december_fall_due_together_on_1_july) {
    const Trial trial({"oktoring"});

    const auto due = [&](const std::string& day) {
        const json::object report = trial.answer("report --category technical_logs" + at(day));
        return text_of(report.at("categories").at(0).at("due"));
    };

    const auto before = [](const char* instant) { // usable ones alone
        return company().value(
            std::string("SELECT count(*) FROM tech_logs WHERE typeof(at) IN ('integer', 'real') AND at > 0 AND "
                        "at < unixepoch('") +
            instant + "')");
    };
    BOOST_TEST(due("2026-06-30") == before("2025-12-30"));
    BOOST_TEST(due("2026-07-01") == before("2026-01-01"));
}

BOOST_AUTO_TEST_CASE(rows_without_a_parent_are_left_alone) {
    const Trial &octree = purged("octree").trial, &oktra = purged("oktra").trial;

    BOOST_TEST(octree.count("calls", "id = 900091 AND caller_number IS NOT NULL") == "1");
    BOOST_TEST(octree.count("emails", "id = 900091 AND address IS NOT NULL") == "1");
    BOOST_TEST(octree.count("client_records", "id = 900008") == "1");
    BOOST_TEST(oktra.count("application_files", "id = 900001") == "1");
}

BOOST_AUTO_TEST_CASE(ages_that_prove_nothing_delete_nobody) {
    const Trial& trial = purged("oktabit").trial;

    BOOST_TEST(trial.count("members", "id IN (900001, 900004, 900005, 900006, 900007)") == "5");
    BOOST_TEST(trial.count("members", "id IN (900002, 900003, 900008)") == "0");
    BOOST_TEST(trial.count("certificates", "id = 900012 AND member_id IS NULL") == "1");
}

BOOST_AUTO_TEST_CASE(the_rule_in_the_readme_works_as_it_stands) {
    const Trial trial({"octree"});
    const std::string readme = text_of(source / "README.md"), fence = "```";
    const auto begins = readme.find("[categories.contacts]");
    BOOST_REQUIRE(begins != std::string::npos);
    std::ofstream(trial.database().folder() / "octree.toml")
        << readme.substr(begins, readme.find(fence, begins) - begins);

    const json::object report = trial.answer("report" + at(today));

    BOOST_TEST(report.at("failed").as_array().empty());
    BOOST_TEST(text_of(report.at("categories").at(0).at("due")) != "0");
}

BOOST_AUTO_TEST_CASE(the_example_configurations_are_without_error) {
    for (const auto& entry : fs::directory_iterator(source / "policies/example")) {
        if (entry.path().extension() != ".toml") continue;
        BOOST_TEST_CONTEXT(entry.path().filename().string()) {
            const Ran check = Trial::run_with(entry.path(), "check --offline");
            BOOST_TEST(check.code == 0, check.out + check.err);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
