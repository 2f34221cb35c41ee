// A url that was edited between a crash and the next start names another database, which has a witness table of its
// own: on each engine the open batch stays in doubt there, and is settled once the url is right again.

#include "daemon/audit_verify.hpp"
#include "daemon/enforcement.hpp"
#include "tests/daemon/command_bench.hpp"
#include "tests/support/audit_folder.hpp"
#include "tests/support/evidence_check.hpp"
#include "tests/support/mariadb_server.hpp"
#include "tests/support/postgres_server.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace retention;
using namespace retention::test;

namespace {

struct Pair {
    std::string engine;
    StoreSettings right, other;
    std::function<void(const std::string& sql)> run; // in the right one
};

template <class Server>
void add_server(std::vector<Pair>& pairs, const std::string& engine) {
    const auto* server = Server::shared();
    if (!server) {
        BOOST_TEST_MESSAGE("skipped " + engine + ": " + Server::missing());
        return;
    }
    const auto first = const_cast<Server*>(server)->make_database();
    const auto second = const_cast<Server*>(server)->make_database();
    pairs.push_back({engine, server->settings(first), server->settings(second),
                     [server, first](const std::string& sql) { server->run(first, sql); }});
}

StoreSettings in_file(const SqliteFile& file) {
    StoreSettings settings;
    settings.file = file.path();
    return settings;
}

// A batch that committed in the right database; its process ended before the log knew.
struct Crashed {
    Crashed(const Pair& on, bool names_its_database) : pair(on) {
        for (auto* settings : {&pair.right, &pair.other}) settings->name = "crm";
        begin(pair.right, mark);
        begin(pair.other, unlike(mark));
        auto members = intent("r1.1");
        if (names_its_database) members["database"] = mark;
        auto state = State::acquire(folder.state);
        AuditLog log(folder.log, state, at(0));
        pair.run(
            "INSERT INTO retentiond_batches (batch, records, at, head) VALUES ('r1.1', 2, '2026-11-21 02:30:00', '" +
            log.append("batch.intent", members, at(1)).hash + "')");
    }
    static void begin(const StoreSettings& settings, const std::string& name) {
        const auto session = make_connector(settings, Zone::utc())->open(Access::read_write);
        session->prepare_witnesses();
        session->mark(name);
    }
    static std::string unlike(std::string name) { return name + "0"; }

    std::vector<std::string> start_with(const StoreSettings& settings) {
        Configuration configuration;
        configuration.stores["crm"] = settings;
        const AuditKey key{};
        const std::atomic<bool> stop{false};
        auto state = State::acquire(folder.state);
        AuditLog log(folder.log, state, at(2));
        RunContext context{log, key, [] { return at(3); }, {}, stop};
        return recover(configuration, context);
    }
    AuditReport verify_with(const StoreSettings& settings) const {
        const auto session = make_connector(settings, Zone::utc())->open(Access::read_only);
        return verify_audit_log(folder.log,
                                {kept_head(folder.state), false, {{"crm", true, {}, session->witnesses()}}});
    }
    std::size_t lines(const char* event) const { return with_event(read_log(folder.log), event).size(); }

    Pair pair;
    AuditFolder folder;
    // One for each test: the servers' databases are used by several.
    const std::string mark = "0123456789abcdef0123456789abcdef";
};

template <class Story>
void on_each_engine(Story story) {
    const SqliteFile right, other;
    std::vector<Pair> pairs{{"SQLite", in_file(right), in_file(other), [&](const auto& sql) { right.run(sql); }}};
    add_server<PostgresServer>(pairs, "PostgreSQL");
    add_server<MariadbServer>(pairs, "MariaDB");
    for (const auto& pair : pairs) BOOST_TEST_CONTEXT(pair.engine) story(pair);
}

} // namespace

BOOST_AUTO_TEST_SUITE(other_database)

BOOST_AUTO_TEST_CASE(settles_nothing_and_the_right_one_says_committed) {
    on_each_engine([](const Pair& pair) {
        Crashed world(pair, true);

        BOOST_TEST(world.start_with(world.pair.other) == std::vector<std::string>{"crm"},
                   boost::test_tools::per_element());

        BOOST_TEST(world.lines("batch.rolled_back") == 0u);
        const auto astray = world.verify_with(world.pair.other);
        BOOST_TEST(!astray.problem);
        BOOST_TEST_REQUIRE(astray.notes.size() == 1u);
        BOOST_TEST(contains(astray.notes[0], "names another database now"), astray.notes[0]);
        BOOST_TEST(contains(astray.notes[0], "it stays in doubt"));

        BOOST_TEST(world.start_with(world.pair.right).empty());

        BOOST_TEST(world.lines("batch.committed") == 1u);
        const auto found = world.verify_with(world.pair.right);
        BOOST_TEST((found.verdict == AuditVerdict::whole));
        BOOST_TEST(found.notes.empty());
        BOOST_TEST(found.anchors.back() == "1 witness row (crm)"); // a mark is no batch
        BOOST_TEST(contains(world.verify_with(world.pair.other).problem.value().what, "names another database now"));
    });
}

// The known-bad twin, and what a log of an older program still gets.
BOOST_AUTO_TEST_CASE(an_intent_that_names_no_database_is_called_rolled_back_for_ever) {
    on_each_engine([](const Pair& pair) {
        Crashed world(pair, false);

        BOOST_TEST(world.start_with(world.pair.other).empty());

        BOOST_TEST(world.lines("batch.rolled_back") == 1u);
        BOOST_TEST(contains(world.verify_with(world.pair.right).problem.value().what, "it was rolled back"));
    });
}

BOOST_AUTO_TEST_CASE(the_row_that_the_message_asks_for_settles_a_restored_database) {
    on_each_engine([](const Pair& pair) {
        Crashed world(pair, true);
        pair.run("DELETE FROM retentiond_batches"); // as a backup from before the run
        BOOST_TEST(world.start_with(world.pair.right).size() == 1u);

        pair.run("INSERT INTO retentiond_batches (batch, records, at, head) VALUES ('database " + world.mark +
                 "', 0, CURRENT_TIMESTAMP, '')");

        BOOST_TEST(world.start_with(world.pair.right).empty());
        BOOST_TEST(world.lines("batch.rolled_back") == 1u);
    });
}

BOOST_AUTO_TEST_CASE(a_run_marks_its_database_once_and_each_of_its_intents_names_the_mark) {
    Bench bench;
    for (int run = 1; run <= 2; ++run) { // the second one finds nothing due, and leaves nothing
        BOOST_TEST(number(bench({"purge", "--all", "--local", "--yes"})) == 0, bench.err);

        const auto marks = bench.store.column("SELECT batch FROM retentiond_batches WHERE batch LIKE 'database %'");
        BOOST_TEST_REQUIRE(marks.size() == 1u);
        const auto intents = with_event(read_log(bench.file("audit")), "batch.intent");
        BOOST_TEST(intents.size() == 2u);
        for (const auto& intent : intents)
            BOOST_TEST("database " + std::string(intent.at("database").as_string()) == marks[0]);
    }
    BOOST_TEST(number(bench({"audit", "verify"})) == 0, bench.out);
}

BOOST_AUTO_TEST_SUITE_END()
