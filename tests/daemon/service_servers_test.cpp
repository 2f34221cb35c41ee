// The service with stores on real servers: PostgreSQL and MariaDB beside SQLite. What the schedule does on them, one of
// them away or killed in mid-purge, and how the end of the service meets what runs there.

#include "tests/support/service_bench.hpp"

#include "daemon/command_audit.hpp"
#include "tests/support/clock.hpp"
#include "tests/support/mariadb_server.hpp"
#include "tests/support/other_session.hpp"
#include "tests/support/postgres_server.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace retention;
using namespace retention::test;
using namespace std::chrono_literals;

namespace {

constexpr int due = 1'000; // records on each server; the first batch takes a tenth at most

bool have_servers() {
    for (const auto& missing : {PostgresServer::missing(), MariadbServer::missing()}) {
        if (missing.empty()) continue;
        BOOST_TEST_MESSAGE("skipped: " << missing);
        return false;
    }
    return true;
}

std::string table(const std::string& name, const std::string& numbers) {
    return "CREATE TABLE " + name + " (id INT PRIMARY KEY, created_at DATE);INSERT INTO " + name +
           " SELECT i, '2001-01-01' FROM " + numbers + ";INSERT INTO " + name + " VALUES (0, '2099-01-01')";
}

// crm (SQLite): contacts, 2 of 3 records due; erp (PostgreSQL): invoices, web (MariaDB): visits, each with one record
// that is not due. All at 02:30; it is 02:00.
class Company : public Daemon {
public:
    Company(PostgresServer& postgres, MariadbServer& mariadb) : Daemon("02:30") {
        const auto first = postgres.make_database(), second = mariadb.make_database();
        const auto last = std::to_string(due);
        postgres.run(first, table("invoices", "generate_series(1, " + last + ") i"));
        mariadb.run(second, table("visits", "(SELECT seq AS i FROM seq_1_to_" + last + ") numbers"));
        configuration.stores.erase("shop");
        configuration.rules.pop_back();
        add("erp", postgres.settings(first), "invoices");
        add("web", mariadb.settings(second), "visits");
        left_in = {{"erp", [&, first] { return postgres.rows(first, count_of("invoices")).front(); }},
                   {"web", [&, second] { return mariadb.rows(second, count_of("visits")).front(); }}};
    }

    const StoreSettings& settings(const std::string& store) const { return configuration.stores.at(store); }
    std::int64_t left(const std::string& store) const { return std::stoll(left_in.at(store)()); }
    // What `retentiond audit verify` says, which reads every store's witness rows.
    std::string verified() const {
        std::ostringstream out, err;
        const auto code = audit_verify(&configuration, {}, out, err);
        return code == ExitCode::done ? "whole" : out.str() + err.str();
    }

private:
    static std::string count_of(const std::string& name) { return "SELECT count(*) FROM " + name; }
    void add(const std::string& store, StoreSettings settings, const std::string& records) {
        settings.name = store;
        configuration.stores[store] = std::move(settings);
        Rule rule = configuration.rules.front();
        rule.category = rule.table = records, rule.store = store;
        configuration.rules.push_back(std::move(rule));
        gates[store];
    }
    std::map<std::string, std::function<std::string()>> left_in;
};

const std::map<std::string, std::string> category_in{{"crm", "contacts"}, {"erp", "invoices"}, {"web", "visits"}};
const std::vector<std::string> on_servers{"erp", "web"};

Lines of_category(const Lines& log, const std::string& event, const std::string& category) {
    Lines found = with_event(log, event);
    std::erase_if(found, [&](const auto& line) { return line.at("category").as_string() != category; });
    return found;
}

std::int64_t records_of(const Lines& intents) {
    std::int64_t all = 0;
    for (const auto& intent : intents) all += intent.at("records").to_number<std::int64_t>();
    return all;
}

// What run.finished says of it, the last time.
boost::json::object finish_of(const Lines& log, const std::string& category) {
    boost::json::object found;
    for (const auto& line : with_event(log, "run.finished"))
        for (const auto& one : line.at("categories").as_array())
            if (one.at("category").as_string() == category) found = one.as_object();
    return found;
}

// What is gone is in the log once, batch by batch, and the log verifies against the stores.
void check_log(const Company& company) {
    const auto log = company.log();
    for (const auto& store : on_servers) {
        const auto& category = category_in.at(store);
        const auto intents = of_category(log, "batch.intent", category);
        std::set<std::string> batches;
        for (const auto& intent : intents) batches.emplace(intent.at("batch").as_string());
        BOOST_TEST(batches.size() == intents.size());
        std::set<std::string> committed;
        for (const auto& line : with_event(log, "batch.committed"))
            if (batches.contains(std::string(line.at("batch").as_string())))
                BOOST_TEST(committed.emplace(line.at("batch").as_string()).second);
        BOOST_TEST(committed == batches, boost::test_tools::per_element());
        BOOST_TEST(records_of(intents) == due + 1 - company.left(store));
    }
    BOOST_TEST(company.verified() == "whole");
}

} // namespace

BOOST_AUTO_TEST_SUITE(service_servers)

BOOST_AUTO_TEST_CASE(the_schedule_disposes_of_what_is_due_on_every_engine) {
    if (!have_servers()) return;
    Company company(*PostgresServer::shared(), *MariadbServer::shared());
    company.start();
    company.report(); // comes after the surveys of the start
    for (const auto& store : on_servers) BOOST_TEST(category(company.status(), category_in.at(store)).due == due);

    company.clock.advance(30min);
    std::map<std::string, std::string> runs;
    for (const auto& [store, records] : category_in) runs[store] = company.first_scheduled_run(store);
    for (const auto& [store, records] : category_in)
        BOOST_TEST(disposed_of(company.result(runs[store]), records) == (store == "crm" ? 2 : due));

    const auto status = company.status();
    for (const auto& store : status.stores) BOOST_TEST(store.state == "ready", store.store << ": " << store.reason);
    BOOST_TEST((company.stop() == ExitCode::done));
    for (const auto& store : on_servers) BOOST_TEST(company.left(store) == 1);
    check_log(company);
}

namespace {

// The server of `store` goes by `away` and comes back by `back`.
void miss_a_run(Company& company, const std::string& store, const std::function<void()>& away,
                const std::function<void()>& back) {
    const auto& records = category_in.at(store);
    company.start();
    company.report();
    away();

    company.clock.advance(30min);
    std::map<std::string, std::string> runs;
    for (const auto& [name, category] : category_in) runs[name] = company.first_scheduled_run(name);
    for (const auto& [name, category] : category_in)
        BOOST_TEST(outcome_of(company.result(runs[name]), category) == (name == store ? "failed" : "completed"));
    const auto status = company.status();
    const auto& gone = test::store(status, store);
    BOOST_TEST(gone.state == "unreachable");
    BOOST_TEST(gone.reason != "");
    BOOST_TEST((gone.next_try == instant("2026-11-21 02:31:00")));
    const auto missed = company.scheduled_run(store);
    BOOST_TEST(company.run(missed).at("state").as_string() == "waiting");

    back();
    company.clock.advance(1min);
    BOOST_TEST(disposed_of(company.result(missed), records) == due);
    BOOST_TEST(test::store(company.status(), store).state == "ready");
    company.clock.advance(1h);
    BOOST_TEST(company.scheduled_run(store) == ""); // once
    BOOST_TEST((company.stop() == ExitCode::done));
    BOOST_TEST(with_event(company.log(), "run.started").size() == 4u);
    check_log(company);
}

} // namespace

BOOST_AUTO_TEST_CASE(a_server_that_is_away_keeps_no_other_store_and_its_missed_run_follows_once) {
    if (!have_servers()) return;
    PostgresServer postgres;
    MariadbServer mariadb;
    {
        Company company(postgres, mariadb);
        miss_a_run(
            company, "erp", [&] { postgres.stop(); }, [&] { postgres.start(); });
    }
    Company company(postgres, mariadb);
    miss_a_run(
        company, "web", [&] { mariadb.stop(); }, [&] { mariadb.start(); });
}

namespace {

// The process says nothing for as long as this lives.
struct Frozen {
    explicit Frozen(pid_t of) : pid(of) { ::kill(pid, SIGSTOP); }
    ~Frozen() { ::kill(pid, SIGCONT); }
    Frozen(const Frozen&) = delete;
    Frozen& operator=(const Frozen&) = delete;
    const pid_t pid;
};

} // namespace

BOOST_AUTO_TEST_CASE(servers_that_hang_keep_neither_other_stores_nor_the_service) {
    if (!have_servers()) return;
    PostgresServer postgres;
    MariadbServer mariadb;
    Company company(postgres, mariadb);
    company.start();
    company.report();
    std::map<std::string, std::string> runs;
    {
        const Frozen first(postgres.pid()), second(mariadb.pid());
        company.clock.advance(30min);
        for (const auto& [store, records] : category_in) runs[store] = company.first_scheduled_run(store);
        BOOST_TEST(disposed_of(company.result(runs["crm"]), "contacts") == 2);
        for (const auto& store : on_servers) BOOST_TEST(company.run(runs[store]).at("state").as_string() == "running");
    }
    for (const auto& store : on_servers)
        BOOST_TEST(disposed_of(company.result(runs[store]), category_in.at(store)) == due);
    BOOST_TEST((company.stop() == ExitCode::done));
    check_log(company);
}

BOOST_AUTO_TEST_CASE(servers_that_are_killed_in_mid_purge_are_purged_once_they_are_back) {
    if (!have_servers()) return;
    PostgresServer postgres;
    MariadbServer mariadb;
    Company company(postgres, mariadb);
    company.start();
    company.report();
    for (const auto& store : on_servers) company.gates[store].disposing.close();

    company.clock.advance(30min);
    std::map<std::string, std::string> first, second;
    for (const auto& store : on_servers) first[store] = company.first_scheduled_run(store);
    for (const auto& store : on_servers) company.gates[store].disposing.await_visitor();
    postgres.stop(true), mariadb.stop(true);
    for (const auto& store : on_servers) company.gates[store].disposing.open();
    for (const auto& store : on_servers) {
        BOOST_TEST(outcome_of(company.result(first[store]), category_in.at(store)) == "failed");
        BOOST_TEST(test::store(company.status(), store).state == "unreachable");
        second[store] = company.scheduled_run(store);
    }

    postgres.start(), mariadb.start();
    company.clock.advance(1min);
    for (const auto& store : on_servers)
        BOOST_TEST(disposed_of(company.result(second[store]), category_in.at(store)) == due);
    BOOST_TEST((company.stop() == ExitCode::done));
    check_log(company);
}

BOOST_AUTO_TEST_CASE(a_stop_in_mid_purge_ends_after_the_batch_in_hand_and_the_next_start_goes_on) {
    if (!have_servers()) return;
    Company company(*PostgresServer::shared(), *MariadbServer::shared());
    OtherSession invoices(company.settings("erp")), visits(company.settings("web"));
    company.start();
    company.report();
    invoices.run("BEGIN;SELECT id FROM invoices FOR UPDATE");
    visits.run("BEGIN;SELECT id FROM visits FOR UPDATE");

    company.clock.advance(30min);
    for (const auto& store : on_servers) BOOST_TEST(until_waiting(company.settings(store))); // the first batch
    ::kill(::getpid(), SIGTERM);
    company.systemd.next_with("STOPPING=1");
    invoices.run("ROLLBACK");
    visits.run("ROLLBACK");
    BOOST_TEST((company.ended() == ExitCode::done));

    for (const auto& store : on_servers) {
        const auto& records = category_in.at(store);
        const auto finish = finish_of(company.log(), records);
        BOOST_TEST(finish.at("outcome").as_string() == "partial");
        BOOST_TEST(finish.at("reason").as_string() == "stopped");
        BOOST_TEST(of_category(company.log(), "batch.intent", records).size() == 1u);
        BOOST_TEST(company.left(store) > 1);
        BOOST_TEST((company.memory.served[records] == instant("2026-11-21 02:00:00"))); // not of 02:30
    }
    check_log(company);

    company.start();
    std::map<std::string, std::string> runs;
    for (const auto& store : on_servers) runs[store] = company.first_scheduled_run(store);
    for (const auto& store : on_servers)
        BOOST_TEST(outcome_of(company.result(runs[store]), category_in.at(store)) == "completed");
    BOOST_TEST((company.stop() == ExitCode::done));
    for (const auto& store : on_servers) BOOST_TEST(company.left(store) == 1);
    check_log(company);
}

// A lock keeps the count: it would go on for the 5 s that a lock is waited for, and the run would then have failed.
BOOST_AUTO_TEST_CASE(a_stop_cancels_counts_that_last_on_a_server) {
    if (!have_servers()) return;
    Company company(*PostgresServer::shared(), *MariadbServer::shared());
    OtherSession invoices(company.settings("erp")), visits(company.settings("web"));
    company.start();
    company.report();
    for (const auto& store : on_servers) company.gates[store].counting.close();

    company.clock.advance(30min);
    for (const auto& store : on_servers) company.gates[store].counting.await_visitor();
    invoices.run("BEGIN;LOCK TABLE invoices IN ACCESS EXCLUSIVE MODE");
    visits.run("LOCK TABLES visits WRITE");
    for (const auto& store : on_servers) company.gates[store].counting.open();
    for (const auto& store : on_servers) BOOST_TEST(until_waiting(company.settings(store)));
    BOOST_TEST((company.stop() == ExitCode::done));

    for (const auto& store : on_servers) {
        const auto finish = finish_of(company.log(), category_in.at(store));
        BOOST_TEST(finish.at("outcome").as_string() == "partial");
        BOOST_TEST(finish.at("reason").as_string() == "stopped");
    }
    invoices.run("ROLLBACK");
    visits.run("UNLOCK TABLES");
    check_log(company);
}

BOOST_AUTO_TEST_SUITE_END()
