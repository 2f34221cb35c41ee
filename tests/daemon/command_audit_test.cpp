#include "daemon/command_audit.hpp"

#include "tests/support/audit_folder.hpp"
#include "tests/support/sqlite_file.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <sstream>

using namespace retention;
using namespace retention::test;
namespace json = boost::json;

namespace {

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

// A configuration with one SQLite store, a log of two runs and the witness rows that belong to it.
struct Fixture {
    AuditFolder folder;
    SqliteFile store;
    Configuration configuration;
    std::ostringstream out, err;

    Fixture() {
        configuration.state = folder.state;
        configuration.audit.directory = folder.log;
        auto& crm = configuration.stores["crm"];
        crm.name = "crm";
        crm.file = store.path();
        crm.url = "sqlite://" + store.path().string();
        make_connector(crm, Zone::utc())->open(Access::read_write)->prepare_witnesses();
        auto state = State::acquire(folder.state);
        AuditLog log(folder.log, state, at(0));
        for (const auto& witness : write_run(log, "r1", 3, 1)) insert(witness);
        for (const auto& witness : write_run(log, "r2", 1, 20)) insert(witness);
    }

    void insert(const Witness& witness) const {
        store.run("INSERT INTO retentiond_batches (batch, records, at, head) VALUES ('" + witness.batch + "', " +
                  std::to_string(witness.records) + ", '2026-11-21T02:30:00.000000Z', '" + witness.head + "')");
    }

    ExitCode verify(bool as_json = false) {
        out.str("");
        err.str("");
        return audit_verify(&configuration, {{}, as_json}, out, err);
    }
    ExitCode show(const AuditShowRequest& request) {
        out.str("");
        err.str("");
        return audit_show(&configuration, request, out, err);
    }
    std::vector<std::string> shown(const AuditShowRequest& request) {
        show(request);
        std::vector<std::string> lines;
        std::istringstream all(out.str());
        for (std::string line; std::getline(all, line);) lines.push_back(line);
        return lines;
    }
};

} // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(ExitCode)

BOOST_FIXTURE_TEST_SUITE(command_audit, Fixture)

BOOST_AUTO_TEST_CASE(verify_ends_0_on_a_whole_log_and_says_what_anchors_it) {
    BOOST_TEST(verify() == ExitCode::done);

    BOOST_TEST(out.str() == "audit log: whole, 13 lines in 1 segment, anchored by the state directory and 4 witness "
                            "rows (crm)\n");
    BOOST_TEST(err.str() == "");
}

BOOST_AUTO_TEST_CASE(verify_as_json_is_one_document_with_every_member) {
    BOOST_TEST(verify(true) == ExitCode::done);

    const auto report = json::parse(out.str()).get_object();
    BOOST_TEST(report.at("verdict").get_string() == "whole");
    BOOST_TEST(report.at("lines").get_int64() == 13);
    BOOST_TEST(report.at("segments").get_int64() == 1);
    BOOST_TEST(report.at("anchored_to").get_int64() == 13);
    BOOST_TEST(report.at("anchors").get_array().size() == 2u);
    BOOST_TEST(report.at("problem").is_null());
    BOOST_TEST(report.at("notes").get_array().empty());
}

BOOST_AUTO_TEST_CASE(verify_ends_4_on_a_broken_log_and_names_its_line) {
    auto lines = folder.lines();
    lines[4].replace(lines[4].find("crm"), 3, "erp");
    folder.put_lines(lines);

    BOOST_TEST(verify() == ExitCode::log_broken);
    BOOST_TEST(contains(out.str(), "audit log: broken at line 5 (audit-000001.jsonl:5): its hash is not that of its "
                                   "bytes\n"));
    BOOST_TEST(contains(out.str(), "\nhint: "));

    BOOST_TEST(verify(true) == ExitCode::log_broken);
    const auto problem = json::parse(out.str()).at("problem").get_object();
    BOOST_TEST(problem.at("segment").get_string() == "audit-000001.jsonl");
    BOOST_TEST(problem.at("line").get_int64() == 5);
    BOOST_TEST(problem.at("seq").get_int64() == 5);
}

BOOST_AUTO_TEST_CASE(verify_finds_a_cut_tail_through_the_store_when_the_state_is_gone) {
    auto lines = folder.lines();
    lines.resize(10);
    folder.put_lines(lines);
    std::filesystem::remove_all(folder.state);

    BOOST_TEST(verify() == ExitCode::log_broken);

    BOOST_TEST(contains(out.str(), "store crm witnesses batch r2-1"));
    BOOST_TEST(contains(out.str(), "which is not in it"));
}

BOOST_AUTO_TEST_CASE(verify_ends_5_where_the_end_is_not_anchored) {
    std::filesystem::remove_all(folder.state);

    BOOST_TEST(verify() == ExitCode::unanchored);

    BOOST_TEST(contains(out.str(), "whole as far as it goes, 13 lines in 1 segment, but unanchored after line 11\n"));
}

BOOST_AUTO_TEST_CASE(verify_ends_5_where_a_store_is_out_of_reach_and_names_it) {
    std::filesystem::remove(store.path());

    BOOST_TEST(verify() == ExitCode::unanchored);

    BOOST_TEST(contains(out.str(), "unanchored after line 2\n"));
    BOOST_TEST(contains(out.str(), "note: store crm could not be compared: "));
    BOOST_TEST(!std::filesystem::exists(store.path())); // and does not create it
}

BOOST_AUTO_TEST_CASE(the_hint_of_a_store_out_of_reach_has_a_line_of_its_own) {
    auto& erp = configuration.stores["erp"];
    erp.name = "erp";
    erp.file = folder.folder / "gone.db";

    verify();

    const auto note = out.str().find("note: store erp could not be compared: ");
    BOOST_TEST_REQUIRE(note != std::string::npos);
    const auto text = out.str().substr(note);
    BOOST_TEST(contains(text.substr(0, text.find('\n')), "; the log names no batch of it"));
    BOOST_TEST(!contains(text.substr(0, text.find('\n')), "hint"));
    BOOST_TEST(text.substr(text.find('\n') + 1).starts_with("hint: "));
}

BOOST_AUTO_TEST_CASE(verify_of_a_directory_alone_is_never_fine) {
    BOOST_TEST(audit_verify(nullptr, {folder.log}, out, err) == ExitCode::unanchored);

    BOOST_TEST(contains(out.str(), "unanchored after line 0\n"));
}

BOOST_AUTO_TEST_CASE(verify_without_anything_to_read_is_wrong_usage) {
    BOOST_TEST(audit_verify(nullptr, {}, out, err) == ExitCode::usage);
    BOOST_TEST(audit_show(nullptr, {}, out, err) == ExitCode::usage);

    BOOST_TEST(contains(err.str(), "hint: "));
}

BOOST_AUTO_TEST_CASE(verify_passes_over_a_damaged_state_and_says_so) {
    std::ofstream(folder.state / "head", std::ios::trunc) << "{";

    BOOST_TEST(verify() == ExitCode::unanchored);

    BOOST_TEST(contains(out.str(), "note: the state directory could not be compared: "));
}

BOOST_AUTO_TEST_CASE(verify_takes_no_lock_and_works_beside_a_writer) {
    auto state = State::acquire(folder.state);
    AuditLog log(folder.log, state, at(100));
    log.append_lazily("run.started", {{"run", "r3"}}, at(101)); // not yet known to the state

    BOOST_TEST(verify() == ExitCode::done);

    BOOST_TEST(log.append("run.finished", {{"run", "r3"}}, at(102)).seq == 15u);
}

BOOST_AUTO_TEST_CASE(show_prints_a_row_a_line) {
    const auto rows = shown({});

    BOOST_REQUIRE(rows.size() == 14u);
    BOOST_TEST(rows[0] == "seq\ttime\tevent\twhat");
    BOOST_TEST(rows[2] == "2\t2026-11-21T02:30:01.000000Z\trun.started\trun=r1 actor=schedule "
                          "categories=[\"contacts\"]");
    BOOST_TEST(rows[3] == "3\t2026-11-21T02:30:02.000000Z\tbatch.intent\trun=r1 batch=r1-1 category=contacts store=crm "
                          "table=c records=2");
}

BOOST_AUTO_TEST_CASE(show_as_json_is_one_document_of_the_lines_byte_for_byte) {
    BOOST_TEST(show({.json = true}) == ExitCode::done);
    BOOST_TEST(boost::json::parse(out.str()).as_array().size() == folder.lines().size());

    BOOST_TEST(show({.last = 2, .json = true}) == ExitCode::done);
    const auto lines = folder.lines();
    BOOST_TEST(out.str() == '[' + lines[11] + ",\n" + lines[12] + "]\n");
}

BOOST_AUTO_TEST_CASE(show_filters_by_run_event_category_and_number) {
    BOOST_TEST(shown({.run = "r2", .json = true}).size() == 2u); // fixture batches all name run r1
    BOOST_TEST(shown({.event = "batch.intent", .json = true}).size() == 4u);
    BOOST_TEST(shown({.event = "batch.intent", .last = 1, .json = true}) ==
                   std::vector<std::string>{'[' + folder.lines()[10] + ']'},
               boost::test_tools::per_element());
    BOOST_TEST(shown({.category = "contacts", .json = true}).size() == 10u); // starts, intents and their outcomes
    BOOST_TEST(shown({.category = "invoices", .json = true}) == std::vector<std::string>{"[]"},
               boost::test_tools::per_element());
    BOOST_TEST(shown({.run = "r9"}).size() == 1u); // the heading
}

BOOST_AUTO_TEST_CASE(show_reads_past_a_bad_line_names_it_and_ends_4) {
    auto lines = folder.lines();
    lines[4][30] = 'x';
    folder.put_lines(lines);

    BOOST_TEST(show({}) == ExitCode::log_broken);

    BOOST_TEST(contains(err.str(), "error: audit-000001.jsonl:5: its hash is not that of its bytes"));
    BOOST_TEST(contains(out.str(), "\n13\t"));
}

BOOST_AUTO_TEST_CASE(show_lets_no_member_forge_a_row_or_an_escape_sequence) {
    {
        auto state = State::acquire(folder.state);
        AuditLog log(folder.log, state, at(100));
        log.append("refused", {{"reason", "a\n99\t\x1b[31mb"}}, at(101));
    }

    BOOST_TEST(shown({.last = 1}).size() == 2u);
    BOOST_TEST(!contains(out.str(), "\x1b"));
}

BOOST_AUTO_TEST_SUITE_END()
