#include "daemon/history.hpp"

#include "daemon/audit_line.hpp"
#include "tests/support/clock.hpp"
#include "tests/support/file_lock.hpp"
#include "tests/support/sqlite_file.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <fstream>
#include <optional>
#include <sqlite3.h>

using namespace retention;
using namespace retention::test;
namespace fs = std::filesystem;

namespace {

const Instant morning = instant("2026-11-21 02:30:00");
const Head first_line{1, std::string(64, 'a')}, further{7, std::string(64, 'b')};

// A state directory that lives as long as the test.
struct Folder {
    SqliteFile place{"CREATE TABLE a (id INTEGER);"};
    fs::path path = place.folder() / "state";
    State state = State::acquire(path);

    History history(const Head& log = further) const { return History(state, log, std::chrono::milliseconds(0)); }
    void use_once() const { history(first_line).serve("contacts", morning, "02:30"); }
    void use_once_more() const {
        history(fs::exists(path / "history") ? further : first_line).serve("contacts", morning, "02:30");
    }
};

RunOutcome outcome(const std::string& run, Outcome how = Outcome::completed, std::int64_t disposed = 5) {
    RunOutcome all;
    all.run = run;
    all.as_of = parse_date("2026-11-21").value();
    all.outcome = how;
    const std::string reason = how == Outcome::completed ? "" : "the window closed";
    all.categories = {
        {"contacts", "crm", "people", Action::erase, how, reason, disposed, {{"notes", Action::anonymise, 3}}, 1, 0.5}};
    all.remains = {"pg_wal keeps it for a while"};
    return all;
}

void run_once(History& history, const RunOutcome& outcome, Instant at) {
    history.begin({outcome, "user anna (uid 1000)", at, std::nullopt});
    history.end(outcome, at + std::chrono::seconds(2));
}

// "THROUGH by SCHEDULE"; empty where nothing is known.
std::string served(const History& history, const std::string& category) {
    const auto known = history.served(category);
    return known ? audit_time(known->through) + " by " + known->schedule.value_or("?") : "";
}

// On a connection of its own.
void run_sql(const fs::path& file, const std::string& text) {
    sqlite3* other = nullptr;
    const bool worked = sqlite3_open_v2(file.c_str(), &other, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK &&
                        sqlite3_exec(other, text.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
    sqlite3_close(other);
    BOOST_REQUIRE(worked);
}

} // namespace

BOOST_AUTO_TEST_SUITE(history)

BOOST_AUTO_TEST_CASE(remembers_its_runs_after_a_restart) {
    const Folder folder;
    {
        auto history = folder.history(first_line);
        run_once(history, outcome("r1", Outcome::partial), morning);
        history.begin({outcome("r2"), "schedule", morning + std::chrono::hours(1), std::nullopt});
    }

    const auto history = folder.history();
    const auto runs = history.last(10);

    BOOST_TEST(history.lost() == "");
    BOOST_REQUIRE(runs.size() == 2u);
    BOOST_TEST(runs[0].outcome.run == "r2");
    BOOST_TEST(!runs[0].finished.has_value());
    BOOST_TEST(runs[1].actor == "user anna (uid 1000)");
    BOOST_TEST((runs[1].started == morning));
    BOOST_TEST((runs[1].finished == morning + std::chrono::seconds(2)));
    BOOST_TEST((runs[1].outcome.outcome == Outcome::partial));
    BOOST_TEST((runs[1].outcome.categories[0].action == Action::erase));
    BOOST_TEST(runs[1].outcome.categories[0].reason == "the window closed");
    BOOST_TEST(runs[1].outcome.categories[0].related[0].records == 3);
    BOOST_TEST(runs[1].outcome.remains[0] == "pg_wal keeps it for a while");
    BOOST_TEST(history.last(1).size() == 1u);
    BOOST_TEST(history.find("r1").has_value());
    BOOST_TEST(!history.find("r3").has_value());
}

BOOST_AUTO_TEST_CASE(sums_a_category_over_its_runs_and_keeps_its_last_success) {
    const Folder folder;
    auto history = folder.history(first_line);

    run_once(history, outcome("r1", Outcome::completed, 5), morning);
    run_once(history, outcome("r2", Outcome::failed, 2), morning + std::chrono::hours(24));

    const auto contacts = history.categories().at("contacts");
    BOOST_TEST(contacts.run == "r2");
    BOOST_TEST((contacts.last.outcome == Outcome::failed));
    BOOST_TEST(contacts.disposed == 7);
    BOOST_TEST(contacts.batches == 2);
    BOOST_TEST(contacts.seconds == 1.0);
    BOOST_TEST((contacts.last_success == morning + std::chrono::seconds(2)));
}

BOOST_AUTO_TEST_CASE(knows_through_when_a_schedule_was_served) {
    const Folder folder;
    folder.use_once();

    const auto history = folder.history();

    BOOST_TEST(served(history, "contacts") == "2026-11-21T02:30:00.000000Z by 02:30");
    BOOST_TEST(served(history, "logs") == "");
}

BOOST_AUTO_TEST_CASE(keeps_the_text_of_a_schedule_that_was_taken_away) {
    const Folder folder;
    folder.use_once();
    auto history = folder.history();

    history.serve("contacts", morning + std::chrono::hours(1), "");
    BOOST_TEST(served(history, "contacts") == "2026-11-21T03:30:00.000000Z by 02:30");
    history.serve("contacts", morning, "04:00");
    BOOST_TEST(served(history, "contacts") == "2026-11-21T02:30:00.000000Z by 04:00");
}

BOOST_AUTO_TEST_CASE(forgets_what_was_served_of_categories_that_are_scheduled_no_more) {
    const Folder folder;
    folder.use_once();
    {
        auto history = folder.history();
        history.serve("it's; \"logs\"", morning, "04:00");
        history.serve("calls", morning, "04:00");
        run_once(history, outcome("r1"), morning);
        history.keep_served({"calls", "other"});
        BOOST_TEST(served(history, "contacts") == "");
    }

    auto history = folder.history();
    BOOST_TEST(served(history, "contacts") == "");
    BOOST_TEST(served(history, "it's; \"logs\"") == "");
    BOOST_TEST(served(history, "calls") == "2026-11-21T02:30:00.000000Z by 04:00");
    BOOST_TEST(history.find("r1").has_value());
    BOOST_TEST(history.categories().contains("contacts")); // its account stays
    history.keep_served({});
    BOOST_TEST(served(history, "calls") == "");
    BOOST_TEST(history.lost() == "");
}

BOOST_AUTO_TEST_CASE(a_file_of_the_form_before_is_taken_over_with_all_that_it_knows) {
    const Folder folder;
    {
        auto history = folder.history(first_line);
        run_once(history, outcome("r1"), morning);
        history.serve("contacts", morning, "02:30");
    }
    run_sql(folder.path / "history.db", "ALTER TABLE served DROP COLUMN schedule; PRAGMA user_version = 1");

    {
        auto history = folder.history();
        BOOST_TEST(history.lost() == "");
        BOOST_TEST(served(history, "contacts") == "2026-11-21T02:30:00.000000Z by ?");
        BOOST_TEST(history.find("r1").has_value());
        history.serve("contacts", morning, "02:30");
    }

    BOOST_TEST(served(folder.history(), "contacts") == "2026-11-21T02:30:00.000000Z by 02:30");
    run_sql(folder.path / "history.db", "PRAGMA user_version = 3");
    BOOST_TEST(folder.history().lost().find("is of form 3, which this program does not know") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(names_a_run_only_once) {
    const Folder folder;
    auto history = folder.history(first_line);
    history.begin({outcome("r1"), "schedule", morning, std::nullopt});

    history.begin({outcome("r1"), "schedule", morning, std::nullopt});

    BOOST_TEST(history.lost().find("cannot be used") != std::string::npos); // never two of one name
    BOOST_TEST(history.lost().find("while executing") == std::string::npos);
    BOOST_TEST(history.lost().find("schedule") == std::string::npos); // nothing of the run
    history.look_again();
    BOOST_TEST(history.lost() == "");
    BOOST_TEST(history.last(9).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_a_lost_state) {
    const Folder folder;
    folder.use_once();
    fs::remove(folder.path / "history.db");

    auto history = folder.history();

    BOOST_TEST(history.lost().find("the state is lost") == 0u);
    BOOST_TEST(history.lost().find("is missing\nhint: ") != std::string::npos);
    history.serve("contacts", morning, "02:30");
    BOOST_TEST(served(history, "contacts") == "");
    BOOST_TEST(history.last(1).empty());
    BOOST_TEST(history.categories().empty());
    BOOST_TEST(!fs::exists(folder.path / "history.db"));
}

BOOST_AUTO_TEST_CASE(a_file_of_another_past_is_a_lost_state) {
    const Folder folder, other;
    folder.use_once();
    other.use_once();
    fs::copy_file(other.path / "history.db", folder.path / "history.db", fs::copy_options::overwrite_existing);

    BOOST_TEST(folder.history().lost().find("is not the one that was kept here") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_a_lost_state) {
    const Folder folder;
    folder.use_once();
    for (const char* damage : {"no database at all, but text", ""}) {
        std::ofstream(folder.path / "history.db") << damage;

        BOOST_TEST_CONTEXT("damaged as \"" << damage << '"')
        BOOST_TEST(folder.history().lost().find("the state is lost") == 0u);
    }
}

BOOST_AUTO_TEST_CASE(a_file_that_vanishes_meanwhile_is_lost_and_found_again) {
    const Folder folder;
    folder.use_once();
    auto history = folder.history();
    fs::rename(folder.path / "history.db", folder.path / "aside");

    history.serve("contacts", morning + std::chrono::hours(1), "02:30");
    BOOST_TEST(history.lost().find("the state is lost") == 0u);
    history.look_again();
    BOOST_TEST(history.lost().find("is missing") != std::string::npos);

    fs::rename(folder.path / "aside", folder.path / "history.db");
    history.look_again();
    BOOST_TEST(history.lost() == "");
    BOOST_TEST(served(history, "contacts") == "2026-11-21T02:30:00.000000Z by 02:30");
}

BOOST_AUTO_TEST_CASE(a_log_that_goes_on_without_a_state_is_a_lost_state) {
    const Folder folder;

    BOOST_TEST(folder.history(further).lost().find("the audit log goes on from an earlier time") != std::string::npos);
    BOOST_TEST(folder.history(first_line).lost() == ""); // a first start
}

BOOST_AUTO_TEST_CASE(a_loss_that_was_accepted_keeps_the_old_file_aside) {
    const Folder folder;
    folder.use_once();
    std::ofstream(folder.path / "history.db") << "damage";

    {
        auto history = folder.history();
        history.accept_loss();
        BOOST_TEST(history.lost() == "");
        history.serve("contacts", morning, "02:30");
    }

    BOOST_TEST(folder.history().lost() == "");
    BOOST_TEST(served(folder.history(), "contacts") == "2026-11-21T02:30:00.000000Z by 02:30");
    BOOST_TEST(fs::exists(folder.path / "history.db.lost-1"));
}

BOOST_AUTO_TEST_CASE(a_file_that_another_process_has_locked_is_busy_and_not_lost) {
    const Folder folder;
    folder.use_once();
    std::optional<FileLock> lock(folder.path / "history.db");

    auto history = folder.history();
    BOOST_TEST(history.busy());
    BOOST_TEST(history.lost().starts_with("the state is busy: " + (folder.path / "history.db").string()));
    BOOST_TEST(history.lost().find("\nhint: nothing is lost") != std::string::npos);
    BOOST_TEST(served(history, "contacts") == "");
    history.look_again();
    BOOST_TEST(history.busy());

    lock.reset();
    history.look_again();
    BOOST_TEST(!history.busy());
    BOOST_TEST(history.lost() == "");
    BOOST_TEST(served(history, "contacts") == "2026-11-21T02:30:00.000000Z by 02:30");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_locked_meanwhile_is_busy_and_keeps_what_it_had) {
    const Folder folder;
    folder.use_once();
    auto history = folder.history();
    {
        const FileLock lock(folder.path / "history.db");
        run_once(history, outcome("r1"), morning);
        BOOST_TEST(history.busy());
    }

    history.look_again();

    BOOST_TEST(history.lost() == "");
    BOOST_REQUIRE(history.last(9).size() == 1u); // not begun, but ended
    BOOST_TEST(history.last(9)[0].finished.has_value());
    BOOST_TEST(served(history, "contacts") == "2026-11-21T02:30:00.000000Z by 02:30");
}

BOOST_AUTO_TEST_CASE(what_ends_and_is_served_under_a_lock_is_kept_in_order_and_written_when_it_is_free) {
    const Folder folder;
    for (const bool looked : {true, false})
        for (const auto kind : {FileLock::Kind::exclusive, FileLock::Kind::shared}) {
            const auto run = "r" + std::to_string(looked) + std::to_string(kind == FileLock::Kind::shared);
            folder.use_once_more();
            {
                auto history = folder.history();
                history.begin({outcome(run), "schedule", morning, std::nullopt});
                std::optional<FileLock> lock(std::in_place, folder.path / "history.db", kind);
                history.end(outcome(run), morning + std::chrono::seconds(2));
                history.serve("contacts", morning + std::chrono::hours(1), "03:30");
                history.serve("contacts", morning + std::chrono::hours(2), "04:30");
                BOOST_TEST(history.busy());
                BOOST_TEST(served(history, "contacts") == "2026-11-21T04:30:00.000000Z by 04:30");
                lock.reset();
                if (looked) history.look_again();
                if (looked) BOOST_TEST(history.lost() == "");
            }

            const auto history = folder.history();
            BOOST_REQUIRE(history.find(run).has_value());
            BOOST_TEST(history.find(run)->actor == "schedule");
            BOOST_TEST(history.find(run)->finished.has_value());
            BOOST_TEST(history.categories().at("contacts").run == run);
            BOOST_TEST(served(history, "contacts") == "2026-11-21T04:30:00.000000Z by 04:30");
        }
    BOOST_TEST(folder.history().categories().at("contacts").disposed == 20); // each once
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_with_patience_is_given_up_and_said) {
    const Folder folder;
    folder.use_once();
    auto history = folder.history();
    BOOST_TEST(history.settle()); // nothing to write
    const FileLock lock(folder.path / "history.db", FileLock::Kind::shared);
    history.end(outcome("r1"), morning);

    BOOST_TEST(!history.settle());
    BOOST_TEST(history.busy());
}

BOOST_AUTO_TEST_CASE(a_reader_keeps_it_busy_until_it_is_gone_and_nobody_waits_for_it_twice) {
    const Folder folder;
    folder.use_once();
    const std::chrono::milliseconds patience(500);
    History history(folder.state, further, patience);
    run_once(history, outcome("r1"), morning);
    std::optional<FileLock> lock(std::in_place, folder.path / "history.db", FileLock::Kind::shared);
    history.begin({outcome("r2"), "schedule", morning, std::nullopt});
    BOOST_TEST(history.busy());

    const auto from = std::chrono::steady_clock::now();
    for (int again = 0; again < 10; ++again) {
        history.look_again();
        BOOST_TEST(history.busy()); // though it can be read
        history.begin({outcome("r3"), "schedule", morning, std::nullopt});
        history.end(outcome("r1"), morning);
    }
    BOOST_TEST((std::chrono::steady_clock::now() - from < 4 * patience)); // of twenty or more
    BOOST_TEST(history.last(9).size() == 1u);

    lock.reset();
    history.look_again();
    BOOST_TEST(history.lost() == "");
    history.begin({outcome("r2"), "schedule", morning, std::nullopt});
    BOOST_TEST(history.last(9).size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_reader_at_the_start_is_seen_too) {
    const Folder folder;
    folder.use_once();
    const FileLock lock(folder.path / "history.db", FileLock::Kind::shared);

    const auto history = folder.history();

    BOOST_TEST(history.busy());
    BOOST_TEST(served(history, "contacts") == "2026-11-21T02:30:00.000000Z by 02:30");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_set_aside_stays_lost_and_ends_nothing) {
    const Folder folder;
    folder.use_once();
    fs::remove(folder.path / "history.db");
    fs::create_directory(folder.path / "history.db-journal"); // what it would remove …
    std::ofstream(folder.path / "history.db-journal" / "full") << "x";
    auto history = folder.history();

    history.accept_loss();

    BOOST_TEST(history.lost().find("the state is lost") == 0u);
    BOOST_TEST(history.lost().find("history.db-journal") != std::string::npos); // … and cannot
}

BOOST_AUTO_TEST_CASE(a_locked_file_is_never_set_aside) {
    const Folder folder;
    folder.use_once();
    auto history = folder.history();
    fs::rename(folder.path / "history.db", folder.path / "aside");
    history.serve("contacts", morning + std::chrono::hours(1), "02:30");
    BOOST_TEST(!history.busy());
    BOOST_TEST(history.lost() != ""); // a person reads that, and says to go on …
    fs::rename(folder.path / "aside", folder.path / "history.db");
    {
        const FileLock lock(folder.path / "history.db"); // … when it is there again, and locked
        history.accept_loss();
        BOOST_TEST(history.busy());
    }

    history.accept_loss();

    BOOST_TEST(history.lost() == "");
    BOOST_TEST(served(history, "contacts") == "2026-11-21T02:30:00.000000Z by 02:30");
    BOOST_TEST(!fs::exists(folder.path / "history.db.lost-1"));
}

BOOST_AUTO_TEST_CASE(waits_for_a_lock_as_long_as_it_was_told_also_after_it_was_free_again) {
    const Folder folder;
    folder.use_once();
    std::optional<FileLock> lock(folder.path / "history.db");
    const auto waited = [](const auto& work) {
        const auto from = std::chrono::steady_clock::now();
        work();
        return (std::chrono::steady_clock::now() - from) / std::chrono::milliseconds(1);
    };
    std::optional<History> history;

    BOOST_TEST(waited([&] { history.emplace(folder.state, further, std::chrono::milliseconds(50)); }) >= 40);
    BOOST_TEST(history->busy());
    lock.reset();
    history->look_again();
    BOOST_TEST(history->lost() == "");
    lock.emplace(folder.path / "history.db");
    BOOST_TEST(waited([&] { history->serve("contacts", morning, "02:30"); }) >= 40);
    BOOST_TEST(history->busy());
}

BOOST_AUTO_TEST_CASE(a_first_start_that_ended_halfway_is_no_loss) {
    const Folder folder;
    std::ofstream(folder.path / "history.db") << ""; // made, not yet named

    BOOST_TEST(folder.history(first_line).lost() == "");
}

BOOST_AUTO_TEST_SUITE_END()
