#include "tests/support/traffic_world.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

namespace retention::test {

namespace {

// Servers of these tests alone, which do not wait for the disk: thousands of small commits, and none that must outlive
// a crash of the machine.
PostgresServer& quick_postgres() {
    static PostgresServer server({"fsync = off"});
    return server;
}
MariadbServer& quick_mariadb() {
    MariadbServer::shared(); // its folder outlives this one
    static MariadbServer server({"innodb-flush-method=nosync"});
    return server;
}

} // namespace

std::string Where::series(int n) const {
    const std::string to = std::to_string(n);
    return is_postgres() ? "generate_series(1, " + to + ") AS n (i)"
                         : "(SELECT seq AS i FROM seq_1_to_" + to + ") AS n";
}

std::ostream& operator<<(std::ostream& out, const Where& where) {
    return out << (where.is_postgres() ? "PostgreSQL" : "MariaDB") << " at "
               << (where.repeatable_read ? "REPEATABLE READ" : "READ COMMITTED");
}

std::vector<Where> each_server() {
    std::vector<Where> all = postgres_alone();
    if (MariadbServer::missing().empty()) all.push_back({Engine::mariadb, true});
    return all;
}

std::vector<Where> everywhere() {
    std::vector<Where> all;
    for (const Where& where : each_server())
        for (const bool repeatable_read : {false, true}) all.push_back({where.engine, repeatable_read});
    return all;
}

TrafficWorld::TrafficWorld(const Where& on, const std::string& schema, const std::string& category,
                           const std::string& as_of)
    : where(on) {
    const std::string level = where.repeatable_read ? "REPEATABLE READ" : "READ COMMITTED";
    if (where.is_postgres()) {
        postgres_ = &quick_postgres();
        // Making a database takes longer than most tests: one for each level is emptied and used again.
        static std::map<std::string, std::string> databases;
        std::string& database = databases[level];
        const bool fresh = database.empty();
        if (fresh) database = postgres_->make_database();
        store = postgres_->settings(database);
        run(fresh ? "ALTER DATABASE " + database + " SET default_transaction_isolation = '" + level + "'"
                  : "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    } else {
        mariadb_ = &quick_mariadb();
        store = mariadb_->settings(mariadb_->make_database());
        run("SET GLOBAL TRANSACTION ISOLATION LEVEL " + level);
    }
    begin(schema, category, as_of);
}

TrafficWorld::TrafficWorld(PostgresServer& server, const std::string& schema, const std::string& category)
    : store(server.settings(server.make_database())), postgres_(&server) {
    begin(schema, category, "2026-11-21");
}

TrafficWorld::TrafficWorld(MariadbServer& server, const std::string& schema, const std::string& category)
    : where{Engine::mariadb, true}, store(server.settings(server.make_database())), mariadb_(&server) {
    begin(schema, category, "2026-11-21");
}

void TrafficWorld::begin(const std::string& schema, const std::string& category, const std::string& as_of) {
    as_of_ = as_of;
    store.name = "shop";
    if (!schema.empty()) run(schema);
    configuration = rules_from_toml("[categories.records]\nstore = \"shop\"\n" + category, "/nowhere/shop.db");
    session = open();
    plan = plan_now();
    session->prepare_witnesses();
}

std::unique_ptr<Session> TrafficWorld::open(Access access) const {
    return make_connector(store, Zone::utc())->open(access);
}

std::shared_ptr<Plan> TrafficWorld::plan_now() const {
    const auto made = plan_on(*session, configuration->rules.at(0), day(as_of_));
    session->complete(*made);
    return made;
}

void TrafficWorld::run(const std::string& script) const {
    if (postgres_)
        postgres_->run(store.server.database, script);
    else
        mariadb_->run(store.server.database, script);
}

std::vector<std::string> TrafficWorld::rows(const std::string& query) const {
    return postgres_ ? postgres_->rows(store.server.database, query) : mariadb_->rows(store.server.database, query);
}

std::string TrafficWorld::all(const std::string& table) const {
    auto found = rows("SELECT * FROM " + table);
    std::ranges::sort(found);
    std::string text;
    for (const auto& row : found) text += row + "\n";
    return text;
}

std::future<Disposed> start_batch(Walk& walk, std::size_t most) {
    return std::async(std::launch::async, [&walk, most] { return walk.dispose(most); });
}

std::vector<std::string> keys_of(const Disposed& batch) {
    std::vector<std::string> keys;
    for (const auto& parts : batch.keys) {
        std::string text;
        for (const auto& part : parts) text += (text.empty() ? "" : ",") + part;
        keys.push_back(text);
    }
    std::ranges::sort(keys, [](const std::string& a, const std::string& b) {
        return a.size() != b.size() ? a.size() < b.size() : a < b; // numbers in their order
    });
    return keys;
}

std::vector<std::string> finish(Walk& walk, std::size_t most, const std::string& name) {
    std::vector<std::string> all;
    int batches = 0;
    for (auto batch = walk.dispose(most); !batch.empty(); batch = walk.dispose(most)) {
        const auto keys = keys_of(batch);
        all.insert(all.end(), keys.begin(), keys.end());
        walk.commit(witness(name + "." + std::to_string(++batches), keys.size()));
    }
    return all;
}

Witness witness(const std::string& batch, std::size_t records) {
    return {batch, static_cast<std::int64_t>(records), {}, "head"};
}

StoreError::Kind kind_of(const std::function<void()>& work) {
    try {
        work();
    } catch (const StoreError& error) {
        return error.kind;
    }
    throw std::logic_error("nothing was thrown");
}

} // namespace retention::test
