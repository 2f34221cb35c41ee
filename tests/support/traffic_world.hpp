#pragma once
// A database with one category on a server, at one default isolation level: for tests that run the same story on all of
// them. The isolation level is that of new sessions of other clients; what the program makes of it is under test.

#include "tests/support/mariadb_server.hpp"
#include "tests/support/other_session.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/rules_from_toml.hpp"

#include <functional>
#include <future>
#include <optional>
#include <ostream>

namespace retention::test {

struct Where {
    Engine engine = Engine::postgresql;
    bool repeatable_read = false;

    bool is_postgres() const { return engine == Engine::postgresql; }
    // A table of the numbers 1 to n, its column `i`.
    std::string series(int n) const;
    friend std::ostream& operator<<(std::ostream&, const Where&);
};
// Each installed server at each level; and each at its default level alone.
std::vector<Where> everywhere();
std::vector<Where> each_server();
inline std::vector<Where> postgres_alone() {
    return PostgresServer::missing().empty() ? std::vector<Where>{{}} : std::vector<Where>{};
}

class TrafficWorld {
public:
    TrafficWorld(const Where&, const std::string& schema, const std::string& category,
                 const std::string& as_of = "2026-11-21");
    // On a server of its own.
    TrafficWorld(PostgresServer&, const std::string& schema, const std::string& category);
    TrafficWorld(MariadbServer&, const std::string& schema, const std::string& category);

    std::unique_ptr<Session> open(Access access = Access::read_write) const;
    // The plan over the tables as they are now.
    std::shared_ptr<Plan> plan_now() const;

    void run(const std::string& script) const;
    std::vector<std::string> rows(const std::string& query) const;
    std::string value(const std::string& query) const { return rows(query).at(0); }
    std::string all(const std::string& table) const; // every row, in order, as one text

    Where where;
    StoreSettings store;
    std::optional<Configuration> configuration;
    std::unique_ptr<Session> session;
    std::shared_ptr<Plan> plan;

private:
    void begin(const std::string& schema, const std::string& category, const std::string& as_of);

    PostgresServer* postgres_ = nullptr;
    MariadbServer* mariadb_ = nullptr;
    std::string as_of_ = "2026-11-21";
};

// dispose() on a thread, so that the test can go on while it waits.
std::future<Disposed> start_batch(Walk&, std::size_t most = 100);
// The rest of a walk, in batches of `most`; the keys, the parts of each joined by a comma, in order.
std::vector<std::string> finish(Walk&, std::size_t most = 100, const std::string& name = "batch");
std::vector<std::string> keys_of(const Disposed&);
Witness witness(const std::string& batch, std::size_t records = 1);

// The kind of StoreError that the work throws; std::logic_error where it throws none.
StoreError::Kind kind_of(const std::function<void()>& work);

} // namespace retention::test
