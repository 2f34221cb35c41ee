#include "daemon/service.hpp"
#include "tests/support/evidence_check.hpp"
#include "tests/support/notify_listener.hpp"
#include "tests/support/sqlite_file.hpp"

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <future>
#include <unistd.h>

using namespace retention;
using namespace retention::test;

namespace {

Instant system_time() {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

// A daemon on a database of its own, in a thread of this process, and the systemd that listens to it.
struct Daemon {
    SqliteFile database{R"(CREATE TABLE contacts (id INTEGER PRIMARY KEY, created_at TEXT);
                           INSERT INTO contacts VALUES (1, '2001-01-01'), (2, '2002-01-01'), (3, '2099-01-01');)"};
    NotifyListener systemd{(database.folder() / "notify").string()};
    Configuration configuration;
    std::future<ExitCode> end;

    explicit Daemon(const std::string& schedule) {
        const auto folder = database.folder().string();
        const auto main = "timezone = \"UTC\"\nstate = \"" + folder + "/state\"\npolicies = [\"policy.toml\"]\n" +
                          (schedule.empty() ? "" : "schedule = \"" + schedule + "\"\n") + "[audit]\ndirectory = \"" +
                          folder + "/log\"\nkey = { file = \"" + folder + "/audit.key\" }\n" +
                          "[stores.crm]\nurl = \"sqlite://" + database.path().string() + "\"\n";
        const auto* policy = R"([categories.contacts]
description = "people"
authority = "notice"
lawful_basis = "legitimate interests"
owner = "dpo@example.com"
store = "crm"
table = "contacts"
trigger = "created_at"
period = "36 months"
action = "delete"
[categories.contacts.limits]
share = "100%"
)";
        const auto loaded = read_configuration({"retentiond.toml", main}, {{"policy.toml", policy}}, {});
        for (const auto& problem : loaded.problems) BOOST_TEST_MESSAGE(to_string(problem));
        configuration = loaded.configuration.value();
    }
    void start() {
        end = std::async(std::launch::async, [this] { return run_service(configuration, {{}, system_time}); });
    }
    ExitCode stop(int signal = SIGTERM) {
        ::kill(::getpid(), signal);
        return end.get();
    }
    Lines log() const { return read_log(database.folder() / "log"); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(service)

BOOST_AUTO_TEST_CASE(runs_each_category_at_its_schedule_and_stops_when_told) {
    Daemon daemon("*-*-* *:*:*");

    daemon.start();
    BOOST_TEST(daemon.systemd.next_with("READY=1").find("STATUS=next run 2") != std::string::npos);
    daemon.systemd.next_with("STATUS=running contacts");
    daemon.systemd.next_with("STATUS=next run");
    const auto end = daemon.stop();

    BOOST_TEST((end == ExitCode::done));
    BOOST_TEST(daemon.systemd.next_with("STOPPING=1").starts_with("STOPPING=1"));
    BOOST_TEST(daemon.database.value("SELECT group_concat(id) FROM contacts") == "3");
    const auto started = with_event(daemon.log(), "run.started");
    BOOST_REQUIRE(!started.empty());
    BOOST_TEST(started.front().at("actor").as_string() == "schedule");
    BOOST_TEST(with_event(daemon.log(), "batch.committed").size() == 1u);
    BOOST_TEST(with_event(daemon.log(), "run.finished").size() == started.size()); // none was cut short
}

BOOST_AUTO_TEST_CASE(a_category_without_schedule_is_left_alone) {
    Daemon daemon("");

    daemon.start();
    BOOST_TEST(daemon.systemd.next() == "READY=1\nSTATUS=nothing is scheduled");
    const auto end = daemon.stop(SIGINT);

    BOOST_TEST((end == ExitCode::done));
    BOOST_TEST(daemon.database.value("SELECT count(*) FROM contacts") == "3");
    BOOST_TEST(with_event(daemon.log(), "run.started").empty());
}

BOOST_AUTO_TEST_CASE(a_reload_does_not_end_it) {
    Daemon daemon("");
    daemon.start();
    daemon.systemd.next_with("READY=1");

    ::kill(::getpid(), SIGHUP);

    BOOST_TEST(daemon.systemd.next() == "STATUS=reloading is not supported yet; nothing is scheduled");
    BOOST_TEST((daemon.stop() == ExitCode::done));
}

BOOST_AUTO_TEST_CASE(a_second_daemon_on_one_state_does_not_start) {
    Daemon daemon("");
    daemon.start();
    daemon.systemd.next_with("READY=1");

    BOOST_CHECK_THROW(run_service(daemon.configuration, {{}, system_time}), StateHeld);

    BOOST_TEST((daemon.stop() == ExitCode::done));
}

BOOST_AUTO_TEST_CASE(the_journal_has_one_line_for_each_outcome) {
    CategoryOutcome outcome;
    outcome.category = "contacts";
    outcome.store = "crm";
    outcome.action = Action::anonymise;
    outcome.disposed = 1204;
    outcome.batches = 3;
    BOOST_TEST(summary(outcome) == "contacts in crm: anonymised 1,204 records in 3 batches");

    outcome.action = Action::erase;
    outcome.disposed = outcome.batches = 1;
    outcome.outcome = Outcome::partial;
    outcome.reason = "stopped";
    BOOST_TEST(summary(outcome) == "contacts in crm: deleted 1 record in 1 batch; partial: stopped");
}

BOOST_AUTO_TEST_SUITE_END()
