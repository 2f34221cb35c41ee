#include "daemon/audit_log.hpp"

#include "daemon/audit_chain.hpp"
#include "daemon/audit_line.hpp"
#include "daemon/audit_segments.hpp"
#include "daemon/checkpoint.hpp"
#include "daemon/digest.hpp"
#include "tests/support/audit_folder.hpp"

#include <atomic>
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <iostream>
#include <random>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace retention;
using namespace retention::test;
namespace json = boost::json;

namespace {
bool fdatasync_fails = false;
}
// In place of the C library's, so that a disk can fail.
extern "C" int fdatasync(int file) {
    if (fdatasync_fails) {
        errno = EIO;
        return -1;
    }
    return static_cast<int>(::syscall(SYS_fdatasync, file));
}

namespace {

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::string failure(const std::function<void()>& work) {
    try {
        work();
        return {};
    } catch (const AuditError& error) {
        return error.what();
    }
}

struct Fixture {
    AuditFolder folder;
    std::optional<State> state;
    std::unique_ptr<AuditLog> log;

    AuditLog& open(std::uint64_t segment_bytes = 64u << 20, std::uint64_t reserve = 1u << 20, int second = 1000) {
        close();
        state.emplace(State::acquire(folder.state));
        log = std::make_unique<AuditLog>(folder.log, *state, at(second), segment_bytes, reserve);
        return *log;
    }
    void close() {
        log.reset();
        state.reset();
    }
    void begin_anew() {
        close();
        std::filesystem::remove_all(folder.log);
        std::filesystem::remove_all(folder.state);
    }
    std::string failure_at_open() {
        return failure([this] { open(); });
    }
    std::string whole() const {
        const auto chain = read_chain(folder.log, 0, {});
        return chain.problem ? chain.problem->place.segment + ":" + std::to_string(chain.problem->place.line) + ": " +
                                   chain.problem->what
                             : "";
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(audit_log, Fixture)

// The form of a line

BOOST_AUTO_TEST_CASE(a_line_has_the_bytes_that_the_design_says) {
    const auto line = write_line(7, at(0) + std::chrono::microseconds(123456), "refused",
                                 {{"run", "r1"}, {"reason", "caf\xC3\xA9 \"x\"\n"}}, std::string(64, 'a'));

    BOOST_TEST(line.text == "{\"seq\":7,\"time\":\"2026-11-21T02:30:00.123456Z\",\"event\":\"refused\",\"run\":\"r1\","
                            "\"reason\":\"caf\xC3\xA9 \\\"x\\\"\\n\",\"prev\":\"" +
                                std::string(64, 'a') +
                                "\",\"hash\":\"79e70599f66dd6e7978a139f67a993c6004e23c8950de3aba3da6ce6896542fd\"}\n");
}

BOOST_AUTO_TEST_CASE(a_line_is_read_back_as_it_was_written) {
    const json::object members{{"run", "r1"}, {"records", 9007199254740993}, {"seconds", 0.41}, {"none", nullptr}};
    const auto written = write_line(1, at(-60 * 60 * 24 * 365 * 60), "run.finished", members, std::string(64, '0'));

    std::string why;
    const auto line = read_line(std::string_view(written.text).substr(0, written.text.size() - 1), why);

    BOOST_REQUIRE_MESSAGE(line, why);
    BOOST_TEST(line->seq == 1u);
    BOOST_TEST((line->time == at(-60 * 60 * 24 * 365 * 60)));
    BOOST_TEST(line->event == "run.finished");
    BOOST_TEST(line->hash == written.hash);
    BOOST_TEST(*number_member(line->members, "records") == 9007199254740993);
    BOOST_TEST(line->members.size() == members.size() + 5);
}

BOOST_AUTO_TEST_CASE(text_that_is_not_utf8_does_not_make_the_log_unreadable) {
    for (const std::string& bad :
         {std::string("\xFF"), std::string("a\xC3"), std::string("\xC0\xAF"), std::string("\xED\xA0\x80"),
          std::string("\xF5\x80\x80\x80"), std::string("M\xFCller \xC3\xA4"), std::string("nul \0 here", 10)}) {
        const auto written = write_line(1, at(0), "refused", {{"reason", bad}}, std::string(64, '0'));
        std::string why;
        const auto line = read_line(std::string_view(written.text).substr(0, written.text.size() - 1), why);
        BOOST_TEST(line.has_value(), why);
    }
    BOOST_TEST(contains(write_line(1, at(0), "refused", {{"reason", "M\xFCller \xC3\xA4"}}, std::string(64, '0')).text,
                        "M\xEF\xBF\xBDller \xC3\xA4"));
}

BOOST_AUTO_TEST_CASE(lines_in_another_form_are_refused_even_with_a_fitting_hash) {
    const auto sealed = [](const std::string& text) { return text + ",\"hash\":\"" + sha256_hex(text) + "\"}"; };
    const std::string time = "\"time\":\"2026-11-21T02:30:00.000000Z\"",
                      prev = ",\"prev\":\"" + std::string(64, '0') + '"';
    std::string why;
    BOOST_TEST(read_line(sealed("{\"seq\":1," + time + ",\"event\":\"x\",\"a\":1" + prev), why).has_value(), why);

    for (const std::string& text : std::vector<std::string>{
             "{\"seq\":1,\"event\":\"x\"," + time + prev, "{\"seq\": 1," + time + ",\"event\":\"x\"" + prev,
             "{\"seq\":01," + time + ",\"event\":\"x\"" + prev, "{\"seq\":\"1\"," + time + ",\"event\":\"x\"" + prev,
             "{\"seq\":0," + time + ",\"event\":\"x\"" + prev, "{\"seq\":1.0," + time + ",\"event\":\"x\"" + prev,
             "{\"seq\":1," + time + ",\"event\":\"\"" + prev, "{\"seq\":1," + time + ",\"event\":\"\\u0078\"" + prev,
             "{\"seq\":1,\"time\":\"2026-11-21T02:30:00Z\",\"event\":\"x\"" + prev,
             "{\"seq\":1,\"time\":\"2026-02-30T02:30:00.000000Z\",\"event\":\"x\"" + prev,
             "{\"seq\":1," + time + ",\"event\":\"x\"" + prev + ",\"a\":1", "{\"seq\":1," + time + ",\"event\":\"x\"",
             "{\"seq\":1," + time + ",\"event\":\"x\",\"prev\":\"0\"",
             "{\"seq\":1," + time + ",\"event\":\"x\",\"hash\":\"\"" + prev,
             "{\"seq\":1," + time + ",\"event\":\"x\",\"a\":" + prev, "[1"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(!read_line(sealed(text), why));
        }
    }
    for (const char* const text : {"", "{}", "{\"hash\":\"\"}"}) BOOST_TEST(!read_line(text, why));
}

BOOST_AUTO_TEST_CASE(a_time_is_written_and_read_to_the_microsecond) {
    BOOST_TEST(audit_time(at(0) - std::chrono::microseconds(1)) == "2026-11-21T02:29:59.999999Z");
    BOOST_TEST(audit_time(Instant{}) == "1970-01-01T00:00:00.000000Z");
    BOOST_TEST((parse_audit_time("2026-11-21T02:29:59.999999Z") == at(0) - std::chrono::microseconds(1)));
    for (const char* const text :
         {"2026-11-21T24:00:00.000000Z", "2026-11-21T02:60:00.000000Z", "2026-13-01T00:00:00.000000Z",
          "2026-11-21 02:30:00.000000Z", "2026-11-21T02:30:00.000000", ""})
        BOOST_TEST(!parse_audit_time(text));
    BOOST_CHECK_THROW(audit_time(Instant::max()), std::invalid_argument);
}

// Appending

BOOST_AUTO_TEST_CASE(a_new_log_begins_with_log_opened_and_its_version) {
    const auto head = open().head();

    const auto lines = folder.lines();
    BOOST_TEST(lines.size() == 1u);
    BOOST_TEST(contains(lines[0], "\"event\":\"log.opened\",\"version\":\""));
    BOOST_TEST(head.seq == 1u);
    BOOST_TEST((kept_head(folder.state) == head));
    BOOST_TEST(whole() == "");
}

BOOST_AUTO_TEST_CASE(files_are_for_owner_and_group) {
    const auto old = ::umask(0);
    open();
    ::umask(old);

    struct stat directory {
    }, file{};
    BOOST_REQUIRE(::stat(folder.log.c_str(), &directory) == 0 && ::stat(folder.segment().c_str(), &file) == 0);
    BOOST_TEST((directory.st_mode & 0777) == 0750u);
    BOOST_TEST((file.st_mode & 0777) == 0640u);
}

BOOST_AUTO_TEST_CASE(an_appended_line_is_in_the_file_and_the_state_knows_it) {
    auto& appended = open();

    const auto head = appended.append("run.started", {{"run", "r1"}}, at(5));

    BOOST_TEST(contains(folder.lines().back(), "\"hash\":\"" + head.hash + "\"}"));
    BOOST_TEST((kept_head(folder.state) == head));
    BOOST_TEST((appended.head() == head));
    BOOST_TEST((appended.last_time() == at(5)));
}

BOOST_AUTO_TEST_CASE(a_lazy_line_is_known_to_the_state_with_the_next_one_or_at_the_end) {
    auto& lazy = open();
    const auto before = kept_head(folder.state);

    lazy.append_lazily("run.started", {}, at(5));
    BOOST_TEST((kept_head(folder.state) == before));
    const auto next = lazy.append("run.started", {}, at(6));
    BOOST_TEST((kept_head(folder.state) == next));
    const auto last = lazy.append_lazily("run.finished", {}, at(7));
    close();

    BOOST_TEST((kept_head(folder.state) == last));
    BOOST_TEST(whole() == "");
}

BOOST_AUTO_TEST_CASE(a_log_that_is_opened_again_goes_on_and_writes_nothing_by_itself) {
    write_run(open(), "r1", 3);
    close();
    const auto before = folder.text();

    auto& again = open();

    BOOST_TEST(folder.text() == before);
    BOOST_TEST((again.last_time() == at(7)));
    const auto head = again.append("run.started", {}, at(20));
    BOOST_TEST(head.seq == folder.lines().size());
    BOOST_TEST(whole() == "");
}

BOOST_AUTO_TEST_CASE(a_time_before_the_last_line_s_is_written_as_given) {
    auto& log_ = open();
    log_.append("refused", {{"reason", "the clock"}}, at(-3600));

    BOOST_TEST((log_.last_time() == at(-3600)));
    BOOST_TEST(whole() == "");
}

BOOST_AUTO_TEST_CASE(a_line_that_does_not_fit_leaves_the_log_as_it_was) {
    auto& log_ = open();
    log_.append("batch.intent", intent("b1"), at(1));
    const auto before = folder.text();
    auto without_store = intent("b2");
    without_store.erase("store");
    const auto refused = [&](const char* event, const json::object& members) {
        return failure([&] { log_.append(event, members, at(2)); });
    };

    BOOST_TEST(contains(refused("batch.committed", outcome("b9")), "no open intent"));
    BOOST_TEST(contains(refused("batch.committed", outcome("b1", 3)), "has 3 records, its intent 2"));
    BOOST_TEST(contains(refused("batch.intent", intent("b1")), "has an open intent already"));
    BOOST_TEST(contains(refused("batch.intent", without_store), "needs run, batch"));
    BOOST_TEST(contains(refused("refused", {{"hash", "x"}}), "its own 'hash'"));
    BOOST_TEST(folder.text() == before);

    log_.append("batch.committed", outcome("b1"), at(3));
    BOOST_TEST(contains(refused("batch.rolled_back", outcome("b1")), "no open intent"));
    BOOST_TEST(whole() == "");
}

// Segments

BOOST_AUTO_TEST_CASE(each_segment_opens_with_the_one_before_it) {
    write_run(open(2000), "r1", 20);
    close();

    const auto count = segment_numbers(folder.log).size();
    BOOST_TEST(count > 3u);
    for (unsigned number = 2; number <= count; ++number) {
        const auto opening = json::parse(folder.lines(number).front()).get_object();
        const auto before = json::parse(folder.lines(number - 1).back()).get_object();
        const auto& previous = opening.at("previous").get_object();
        BOOST_TEST(text_member(opening, "event") == "log.opened");
        BOOST_TEST(text_member(previous, "segment") == segment_name(number - 1));
        BOOST_TEST(previous.at("bytes").to_number<std::uint64_t>() == folder.text(number - 1).size());
        BOOST_TEST(previous.at("seq") == before.at("seq"));
        BOOST_TEST(previous.at("hash") == before.at("hash"));
        BOOST_TEST(opening.at("prev") == before.at("hash"));
        BOOST_TEST(folder.text(number - 1).size() > 2000u);
    }
    BOOST_TEST(whole() == "");
    BOOST_TEST(failure_at_open() == "");
}

BOOST_AUTO_TEST_CASE(an_empty_last_segment_of_a_crash_is_opened_by_the_next_start) {
    write_run(open(100), "r1", 3);
    log->append("batch.intent", intent("b1"), at(50));
    close();
    const auto next = static_cast<unsigned>(segment_numbers(folder.log).size() + 1);
    for (const std::string& left : {std::string(), std::string("{\"seq\":12,\"ti")}) {
        BOOST_TEST_CONTEXT("left '" << left << "'") {
            folder.put(left, next);

            auto& again = open();

            BOOST_TEST(contains(folder.lines(next).front(), "\"event\":\"log.opened\",\"previous\":{"));
            BOOST_TEST(again.open_intents().size() == 1u);
            BOOST_TEST(whole() == "");
            close();
            std::filesystem::remove(folder.segment(next));
            std::filesystem::remove(folder.state / "head");
        }
    }
}

BOOST_AUTO_TEST_CASE(an_empty_first_segment_is_a_new_log) {
    std::filesystem::create_directories(folder.log);
    folder.put("");

    open();

    BOOST_TEST(folder.lines().size() == 1u);
    BOOST_TEST(whole() == "");
}

BOOST_AUTO_TEST_CASE(segments_are_numbered_past_what_six_digits_hold) {
    BOOST_TEST(segment_name(1) == "audit-000001.jsonl");
    BOOST_TEST(segment_name(1234567) == "audit-1234567.jsonl");
    std::filesystem::create_directories(folder.log);
    for (const char* const name : {"audit-1.jsonl", "audit-0000001.jsonl", "audit-000001.jsonl.gz", ".reserve",
                                   "audit-00000x.jsonl", "audit-1234567.jsonl", "audit-000002.jsonl"})
        std::ofstream(folder.log / name) << "x";

    BOOST_TEST(segment_numbers(folder.log) == (std::vector<unsigned>{2, 1234567}), boost::test_tools::per_element());
}

// Several threads

BOOST_AUTO_TEST_CASE(lines_of_several_threads_stand_one_after_the_other) {
    auto& log_ = open(4000); // in many segments
    constexpr int threads = 4, batches = 40;
    std::atomic<int> ticks{0};
    const auto now = [&] { return at(2000) + std::chrono::milliseconds(++ticks); };

    {
        std::vector<std::jthread> lanes;
        for (int lane = 0; lane < threads; ++lane)
            lanes.emplace_back([&, lane] {
                for (int i = 0; i < batches; ++i) {
                    const auto batch = std::to_string(lane) + "." + std::to_string(i);
                    const auto head = log_.append("batch.intent", intent(batch), now());
                    if (head.seq == 0) std::abort();
                    log_.append_lazily("batch.committed", outcome(batch), now());
                }
            });
    }
    const auto lines = log_.head().seq;
    close();

    const auto chain = read_chain(folder.log, 0, {});
    BOOST_TEST(whole() == "");
    BOOST_TEST(chain.lines == lines);
    BOOST_TEST(chain.segments > 3u);
    BOOST_TEST(chain.batches.size() == std::size_t{threads * batches});
    BOOST_TEST(chain.notes.empty()); // no time runs backwards
    BOOST_TEST(open().open_intents().empty());
}

BOOST_AUTO_TEST_CASE(a_line_that_another_thread_overtook_has_its_time) {
    auto& log_ = open();
    log_.append("refused", {{"reason", "x"}}, at(2000));

    log_.append("refused", {{"reason", "overtaken"}}, at(1990));
    BOOST_TEST((log_.last_time() == at(2000)));
    log_.append("refused", {{"reason", "the clock was set back"}}, at(1900));
    BOOST_TEST((log_.last_time() == at(1900)));
}

// Checkpoints

BOOST_AUTO_TEST_CASE(a_checkpoint_is_signed_and_names_the_line_before_it) {
    const AuditKey key{1, 2, 3};
    auto& log_ = open();
    write_run(log_, "r1", 2);
    const auto before = log_.head();
    log_.append_checkpoint([&](const Head& head) { return line_of_checkpoint(key, head); }, at(2000));
    close();

    const auto line = json::parse(folder.lines().back()).as_object();
    BOOST_TEST(line.at("event").as_string() == "checkpoint");
    BOOST_TEST(line.at("size").to_number<std::uint64_t>() == before.seq);
    BOOST_TEST(line.at("head").as_string() == before.hash);
    BOOST_TEST(line.at("key").as_string() == checkpoint_key(key));
    BOOST_TEST(whole() == "");
    BOOST_TEST(!read_chain(folder.log, 0, {}, checkpoint_key(key)).problem);
    BOOST_REQUIRE(read_chain(folder.log, 0, {}, checkpoint_key(AuditKey{9})).problem);
    BOOST_TEST(contains(read_chain(folder.log, 0, {}, checkpoint_key(AuditKey{9})).problem->what, "another key"));
}

BOOST_AUTO_TEST_CASE(a_log_written_anew_has_no_valid_checkpoint) {
    const AuditKey key{1, 2, 3};
    auto& log_ = open();
    write_run(log_, "r1", 1);
    log_.append("refused", {{"reason", "too much"}}, at(1500));
    log_.append_checkpoint([&](const Head& head) { return line_of_checkpoint(key, head); }, at(2000));
    close();
    auto lines = folder.lines();

    auto altered = lines;
    altered[altered.size() - 2].replace(altered[altered.size() - 2].find("too much"), 8, "too few!");
    folder.put_lines(rechained(altered)); // its chain is whole, its checkpoint names another line
    BOOST_TEST(contains(whole(), "does not name the line before it"));

    auto signature = lines;
    auto& text = signature.back();
    const auto digit = text.find("\"signature\":\"") + 13;
    text[digit] = text[digit] == '0' ? '1' : '0';
    folder.put_lines(rechained(signature));
    BOOST_TEST(contains(whole(), "signature of the checkpoint is not valid"));
}

BOOST_AUTO_TEST_CASE(a_checkpoint_elsewhere_or_without_members_is_refused) {
    const auto line = line_of_checkpoint(AuditKey{}, {7, std::string(64, 'a')});

    BOOST_TEST(line.at("key").as_string() == checkpoint_key(AuditKey{}));
    BOOST_TEST(checkpoint_fault(line, {7, std::string(64, 'a')}, checkpoint_key(AuditKey{})) == "");
    BOOST_TEST(checkpoint_fault(line, {8, std::string(64, 'a')}, "") != "");
    BOOST_TEST(checkpoint_fault({}, {0, std::string(64, '0')}, "") != "");
}

BOOST_AUTO_TEST_CASE(stores_with_batches_since_the_last_checkpoint_are_known_over_segments_and_starts) {
    const auto stores = [&] {
        const auto known = log->stores_since_checkpoint().value();
        std::string all;
        for (const auto& store : known) all += store + " ";
        return all;
    };
    const auto again = [&] { close(), open(100); };
    open(100); // one line a segment, after its opening
    BOOST_TEST(stores() == "");
    log->append("batch.intent", intent("b1", 2, "shop"), at(1001));
    write_run(*log, "r1", 1);
    again();
    BOOST_TEST(stores() == "crm shop ");
    BOOST_TEST(whole() == "");

    log->append_checkpoint([](const Head& head) { return line_of_checkpoint(AuditKey{}, head); }, at(2000));
    BOOST_TEST(stores() == "");
    again();
    BOOST_TEST(stores() == "");

    log->append("batch.committed", outcome("b1"), at(2001)); // its outcome is of its store, too
    BOOST_TEST(stores() == "shop ");
    again();
    BOOST_TEST(stores() == "shop ");
    close();
    folder.put("", static_cast<unsigned>(segment_numbers(folder.log).size()) + 1); // a crash, before its first line
    open(100);
    BOOST_TEST(stores() == "shop ");
    BOOST_TEST(whole() == "");
}

BOOST_AUTO_TEST_CASE(the_segments_of_an_older_program_do_not_say_of_which_stores_they_are) {
    open(3000);
    write_run(*log, "r1", 10);
    close();
    const auto last = static_cast<unsigned>(segment_numbers(folder.log).size());
    BOOST_REQUIRE(last > 1u);
    auto lines = folder.lines(last);
    const auto opening = json::parse(lines.front()).as_object();
    BOOST_REQUIRE(opening.contains("since_checkpoint"));
    auto members = opening;
    for (const char* const own : {"seq", "time", "event", "prev", "hash", "since_checkpoint"}) members.erase(own);
    const auto old = write_line(opening.at("seq").to_number<std::uint64_t>(), at(3), "log.opened", members,
                                text_member(opening, "prev"));
    folder.put(old.text, last);
    std::filesystem::remove_all(folder.state);

    open(100);
    BOOST_TEST(!log->stores_since_checkpoint());
    log->append("refused", {{"reason", "too much"}}, at(1001)); // in a further segment, which cannot say it either
    BOOST_TEST(!log->stores_since_checkpoint());
    BOOST_TEST(whole() == "");

    log->append_checkpoint([](const Head& head) { return line_of_checkpoint(AuditKey{}, head); }, at(2000));
    BOOST_REQUIRE(log->stores_since_checkpoint().has_value());
    BOOST_TEST(log->stores_since_checkpoint()->empty());
}

// Opening

BOOST_AUTO_TEST_CASE(intents_without_outcome_are_found_oldest_first) {
    auto& log_ = open();
    write_run(log_, "r1", 2);
    log_.append("batch.intent", intent("x", 5, "erp", "invoices"), at(20));
    log_.append("batch.intent", intent("y"), at(21));
    log_.append("batch.intent", intent("z"), at(22));
    log_.append("batch.rolled_back", outcome("y"), at(23));
    BOOST_TEST(log_.open_intents().empty()); // as found when it was opened
    close();

    const auto open_ones = open().open_intents();

    BOOST_REQUIRE(open_ones.size() == 2u);
    BOOST_TEST(open_ones[0].batch == "x");
    BOOST_TEST(open_ones[0].store == "erp");
    BOOST_TEST(open_ones[0].category == "invoices");
    BOOST_TEST(open_ones[0].run == "r1");
    BOOST_TEST(open_ones[0].records == 5);
    BOOST_TEST(open_ones[1].batch == "z");
}

BOOST_AUTO_TEST_CASE(an_open_intent_is_found_however_many_segments_ago) {
    open(500).append("batch.intent", intent("old"), at(1));
    write_run(*log, "r1", 30);
    BOOST_TEST(segment_numbers(folder.log).size() > 10u);
    close();

    const auto open_ones = open(500).open_intents();
    BOOST_REQUIRE(open_ones.size() == 1u);
    BOOST_TEST(open_ones[0].batch == "old");

    log->append("batch.committed", outcome("old"), at(1001));
    close();
    BOOST_TEST(open().open_intents().empty());
    BOOST_TEST(whole() == "");
}

BOOST_AUTO_TEST_CASE(a_torn_last_line_is_cut_off_and_that_is_recorded) {
    write_run(open(), "r1", 2);
    close();
    const auto good = folder.text();
    const auto known = kept_head(folder.state).value();
    for (const std::string& torn : {std::string("{"), std::string("{\"seq\":9,\"time\":\"2026-11-21T02"),
                                    std::string(5000, '\0'), std::string(100, '\0') + "\"}\n"}) {
        BOOST_TEST_CONTEXT(torn.size() << " torn bytes") {
            folder.put(good + torn);

            open(64u << 20, 1u << 20, 77);

            const auto lines = folder.lines();
            BOOST_TEST(folder.text().substr(0, good.size()) == good);
            BOOST_TEST(contains(lines.back(), "\"event\":\"recovered\""));
            BOOST_TEST(contains(lines.back(), "\"cut_bytes\":" + std::to_string(torn.size())));
            BOOST_TEST(contains(lines.back(), audit_time(at(77))));
            BOOST_TEST(whole() == "");
            close();
            folder.put(good);
            State::acquire(folder.state).keep(known);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_line_that_was_acknowledged_is_never_cut_off_as_torn) {
    write_run(open(), "r1", 2);
    close();
    const auto good = folder.text();

    folder.put(good.substr(0, good.size() - 1)); // the state knows this line

    BOOST_TEST(contains(failure_at_open(), "was cut: the state directory knows line 7, the log ends after line 6"));
    BOOST_TEST(folder.text() == good.substr(0, good.size() - 1));
}

BOOST_AUTO_TEST_CASE(a_log_shorter_than_the_state_knows_is_refused) {
    write_run(open(), "r1", 2);
    close();
    auto lines = folder.lines();
    lines.pop_back();
    folder.put_lines(lines);

    BOOST_TEST(contains(failure_at_open(), "was cut: the state directory knows line 7, the log ends after line 6"));

    std::filesystem::remove_all(folder.log);
    BOOST_TEST(contains(failure_at_open(), "the log ends after line 0"));
}

BOOST_AUTO_TEST_CASE(another_log_of_the_same_length_is_refused) {
    write_run(open(), "r1", 2);
    close();
    auto lines = folder.lines();
    lines[1].replace(lines[1].find("schedule"), 8, "somebody");

    folder.put_lines(rechained(lines));

    BOOST_TEST(whole() == ""); // in itself
    BOOST_TEST(contains(failure_at_open(), "was replaced: its line 7 is not the one that the state directory knows"));
}

BOOST_AUTO_TEST_CASE(a_log_ahead_of_the_state_is_fine_also_over_segments) {
    auto& log_ = open(500);
    write_run(log_, "r1", 1);
    const auto old = *kept_head(folder.state);
    write_run(log_, "r2", 10);
    close();
    for (const auto& kept : {old, Head{1, text_member(json::parse(folder.lines().front()).get_object(), "hash")}}) {
        State::acquire(folder.state).keep(kept);

        BOOST_TEST(failure_at_open() == "");

        BOOST_TEST((kept_head(folder.state) == log->head()));
        close();
    }
    State::acquire(folder.state).keep({3, std::string(64, 'a')}); // the twin
    BOOST_TEST(contains(failure_at_open(), "was replaced: its line 3"));
}

BOOST_AUTO_TEST_CASE(a_log_whose_state_was_lost_is_opened_and_says_so) {
    write_run(open(), "r1", 2);
    close();
    std::filesystem::remove(folder.state / "head");

    open();

    BOOST_TEST(contains(folder.lines().back(), "\"event\":\"recovered\",\"what\":\"the state directory knew no head"));
}

BOOST_AUTO_TEST_CASE(a_broken_chain_is_refused_with_its_line) {
    write_run(open(), "r1", 4);
    close();
    const auto lines = folder.lines();
    auto changed = lines, missing = lines, swapped = lines, twice = lines;
    changed[2].replace(changed[2].find("crm"), 3, "erp");
    missing.erase(missing.begin() + 4);
    std::swap(swapped[5], swapped[6]);
    twice.insert(twice.begin() + 2, twice[2]);
    const auto said = [&](const std::vector<std::string>& forged) {
        folder.put_lines(forged);
        return failure_at_open();
    };

    BOOST_TEST(contains(said(changed), "audit-000001.jsonl line 3: its hash is not that of its bytes"));
    BOOST_TEST(contains(said(missing), "line 5: its seq is 6 where 5 is due"));
    BOOST_TEST(contains(said(swapped), "line 6: its seq is 7 where 6 is due"));
    BOOST_TEST(contains(said(twice), "line 4: its seq is 3 where 4 is due"));
    BOOST_TEST(said(lines) == "");
}

BOOST_AUTO_TEST_CASE(a_missing_or_shortened_segment_is_refused) {
    write_run(open(500), "r1", 20);
    close();
    const auto count = static_cast<unsigned>(segment_numbers(folder.log).size());
    const auto before = folder.text(count - 1);

    folder.put(before.substr(before.find('\n') + 1), count - 1);
    BOOST_TEST(contains(failure_at_open(), "bytes, and had " + std::to_string(before.size()) + " when it was closed"));

    std::filesystem::remove(folder.segment(count - 1));
    BOOST_TEST(contains(failure_at_open(), segment_name(count - 1) + " is missing"));
}

// What can go wrong under it

BOOST_AUTO_TEST_CASE(a_log_that_was_moved_truncated_or_written_by_others_is_noticed) {
    struct Row {
        const char* name;
        std::function<void()> meddle;
    };
    for (const auto& row : {Row{"moved", [&] { std::filesystem::rename(folder.segment(), folder.log / "audit.old"); }},
                            Row{"replaced by a copy",
                                [&] {
                                    std::filesystem::copy_file(folder.segment(), folder.log / "copy");
                                    std::filesystem::rename(folder.log / "copy", folder.segment());
                                }},
                            Row{"truncated", [&] { std::filesystem::resize_file(folder.segment(), 0); }},
                            Row{"written", [&] { std::ofstream(folder.segment(), std::ios::app) << "x"; }}}) {
        BOOST_TEST_CONTEXT(row.name) {
            begin_anew();
            auto& log_ = open();
            log_.append("run.started", {}, at(1));

            row.meddle();

            const auto said = failure([&] { log_.append("run.finished", {}, at(2)); });
            BOOST_TEST(contains(said, "hint: something else rotates"), said);
            BOOST_TEST(contains(failure([&] { log_.append("run.finished", {}, at(3)); }), "the audit log is closed"));
            close();
        }
    }
}

BOOST_AUTO_TEST_CASE(after_a_failed_fsync_nothing_is_appended_and_a_restart_goes_on) {
    auto& log_ = open();
    log_.append("run.started", {}, at(1));
    const auto kept = kept_head(folder.state);
    fdatasync_fails = true;
    BOOST_TEST(contains(failure([&] { log_.append("batch.intent", intent("b1"), at(2)); }), "cannot fsync"));
    fdatasync_fails = false;

    BOOST_TEST(contains(failure([&] { log_.append("refused", {}, at(3)); }), "the audit log is closed"));
    BOOST_TEST((kept_head(folder.state) == kept));
    close();

    BOOST_TEST(open().open_intents().size() == 1u); // it may be there: its store will say that nothing was committed
    BOOST_TEST(whole() == "");
}

BOOST_AUTO_TEST_CASE(a_line_that_cannot_be_written_whole_is_taken_back) {
    auto& log_ = open();
    log_.append("run.started", {}, at(1));
    const auto before = folder.text();
    struct rlimit old {};
    BOOST_REQUIRE(::getrlimit(RLIMIT_FSIZE, &old) == 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    auto small = old;
    small.rlim_cur = before.size() + 100; // the kernel writes 100 bytes, then refuses
    BOOST_REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);

    const auto said = failure([&] { log_.append("refused", {{"reason", std::string(500, 'x')}}, at(2)); });

    BOOST_REQUIRE(::setrlimit(RLIMIT_FSIZE, &old) == 0);
    std::signal(SIGXFSZ, handler);
    BOOST_TEST(contains(said, "cannot write"), said);
    BOOST_TEST(folder.text() == before);
    BOOST_TEST(contains(failure([&] { log_.append("refused", {}, at(3)); }), "the audit log is closed"));
    BOOST_TEST(failure_at_open() == "");
}

BOOST_AUTO_TEST_CASE(an_intent_without_room_for_its_outcome_is_refused_and_other_lines_are_not) {
    auto& log_ = open(64u << 20, 1ull << 60);

    BOOST_TEST(contains(failure([&] { log_.append("batch.intent", intent("b1"), at(1)); }), "is almost full"));

    log_.append("refused", {{"reason", "no room for the audit log"}}, at(2));
    BOOST_TEST(folder.lines().size() == 2u);
    BOOST_TEST(whole() == "");
}

namespace {

// In a mount namespace of its own: a disk of 4 MiB. Says what went wrong, or nothing.
std::string on_a_full_disk(const AuditFolder& folder, bool with_reserve) {
    std::filesystem::create_directories(folder.log);
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", folder.log.c_str(), "tmpfs", 0, "size=4m") != 0)
        return "skip";
    auto state = State::acquire(folder.state);
    AuditLog log(folder.log, state, at(0));
    log.append("batch.intent", intent("b1"), at(1));
    if (!with_reserve) std::filesystem::remove(folder.log / ".reserve");
    {
        std::ofstream filler(folder.log / "filler", std::ios::binary | std::ios::app);
        const std::string page(4096, 'x');
        while (filler.write(page.data(), 4096) && filler.flush()) {
        }
    }
    if (!contains(failure([&] { log.append("batch.intent", intent("b2"), at(2)); }), "is almost full"))
        return "an intent was taken on a full disk";
    log.append("refused", {{"reason", std::string(100000, 'x')}}, at(3));
    log.append("batch.committed", outcome("b1"), at(4));
    std::filesystem::remove(folder.log / "filler");
    log.append("batch.intent", intent("b3"), at(5));
    if (std::filesystem::file_size(folder.log / ".reserve") != 1u << 20) return "the reserve was not made anew";
    const auto chain = read_chain(folder.log, 0, {});
    return chain.problem || chain.lines != 5 ? "the log is not whole" : "";
}

std::string in_a_process(const std::function<std::string()>& work) {
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    const auto child = ::fork();
    if (child == 0) {
        std::string said;
        try {
            said = work();
        } catch (const std::exception& failed) {
            said = failed.what();
        }
        const auto written = ::write(ends[1], said.data(), said.size());
        ::_exit(written < 0 ? 1 : 0);
    }
    ::close(ends[1]);
    char buffer[1000];
    const auto had = ::read(ends[0], buffer, sizeof buffer);
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    BOOST_TEST(status == 0);
    return {buffer, static_cast<std::size_t>(std::max<ssize_t>(had, 0))};
}

} // namespace

BOOST_AUTO_TEST_CASE(a_full_disk_stops_disposal_before_it_stops_the_log) {
    const auto said = in_a_process([this] { return on_a_full_disk(folder, true); });
    if (said == "skip") {
        BOOST_TEST_MESSAGE("SKIPPED: a small disk cannot be mounted here (needs root)");
        return;
    }
    BOOST_TEST(said == "");

    const AuditFolder other; // the twin: without the reserve the same lines find no room
    const auto without = in_a_process([&other] { return on_a_full_disk(other, false); });
    BOOST_TEST(contains(without, "No space left on device"), without);
}

// Killed at any moment

namespace {

// Appends batches and says each seq when append() returned; the twin says it before.
[[noreturn]] void write_until_killed(const AuditFolder& folder, int say, int round, bool too_early) {
    try {
        auto state = State::acquire(folder.state);
        AuditLog log(folder.log, state, at(round * 1000), 3000);
        for (const auto& left : log.open_intents())
            log.append("batch.rolled_back", outcome(left.batch, left.records), at(round * 1000));
        for (int i = 0;; ++i) {
            const auto batch = std::to_string(round) + "-" + std::to_string(i);
            std::uint64_t seq = log.head().seq + 1;
            if (too_early && ::write(say, &seq, sizeof seq) != sizeof seq) ::_exit(1);
            seq = log.append("batch.intent", intent(batch, i % 40), at(round * 1000 + i)).seq;
            if (!too_early && ::write(say, &seq, sizeof seq) != sizeof seq) ::_exit(1);
            log.append_lazily("batch.committed", outcome(batch, i % 40), at(round * 1000 + i));
        }
    } catch (const std::exception& failed) {
        std::cerr << failed.what() << '\n';
        ::_exit(1);
    }
}

void spin(std::chrono::microseconds time) {
    const auto until = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < until) {
    }
}

// The last seq that the writer said before it was killed at a random moment.
std::uint64_t said_by_a_killed_writer(const AuditFolder& folder, int round, std::mt19937& random, bool too_early) {
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    const auto child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        write_until_killed(folder, ends[1], round, too_early);
    }
    ::close(ends[1]);
    std::uint64_t said = 0, next = 0;
    for (auto more = random() % 12; more > 0 && ::read(ends[0], &next, sizeof next) == sizeof next; --more) said = next;
    spin(std::chrono::microseconds(random() % 1500));
    ::kill(child, SIGKILL);
    while (::read(ends[0], &next, sizeof next) == sizeof next) said = next;
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    BOOST_REQUIRE(WIFSIGNALED(status));
    return said;
}

// A power cut may also take what no append() returned for: everything after the line that the state knows.
void lose_unacknowledged_bytes(const AuditFolder& folder, std::mt19937& random) {
    const auto numbers = segment_numbers(folder.log);
    const auto kept = kept_head(folder.state);
    if (numbers.empty() || !kept) return;
    const auto text = folder.text(numbers.back());
    const auto known = text.find(kept->hash + "\"}\n");
    if (known == std::string::npos) return;
    const auto safe = known + kept->hash.size() + 3;
    folder.put(text.substr(0, safe + random() % (text.size() - safe + 1)), numbers.back());
}

} // namespace

BOOST_AUTO_TEST_CASE(killed_at_any_moment_no_returned_line_is_lost_and_the_chain_goes_on) {
    const unsigned seed = std::random_device{}();
    std::cout << "audit log crash seed " << seed << '\n';
    std::mt19937 random(seed);
    int torn = 0, in_the_middle = 0;
    std::uint64_t lines = 0;
    for (int round = 1; round <= 200; ++round) {
        BOOST_TEST_CONTEXT("round " << round << " of seed " << seed) {
            if (round % 25 == 1) begin_anew();
            const auto said = said_by_a_killed_writer(folder, round, random, false);
            if (round % 2 == 0) lose_unacknowledged_bytes(folder, random);
            const auto before = read_chain(folder.log, 0, {});
            torn += before.torn_bytes > 0;

            open(3000, 1u << 20, round * 1000 + 999);

            BOOST_REQUIRE(log->head().seq >= said);
            BOOST_REQUIRE_EQUAL(whole(), "");
            in_the_middle += !log->open_intents().empty();
            lines += round % 25 == 0 ? log->head().seq : 0;
            close();
        }
    }
    std::cout << "200 kills: " << torn << " torn ends, " << in_the_middle << " open intents, " << lines << " lines\n";
}

BOOST_AUTO_TEST_CASE(the_crash_test_catches_a_writer_that_returns_too_early) {
    std::mt19937 random(1);
    bool caught = false;
    for (int round = 1; round <= 50 && !caught; ++round) {
        const auto said = said_by_a_killed_writer(folder, round, random, true);
        if (said == 0) continue;
        caught = open(3000, 1u << 20, round * 1000 + 999).head().seq < said;
        close();
    }
    BOOST_TEST(caught);
}

BOOST_AUTO_TEST_SUITE_END()
