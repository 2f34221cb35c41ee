#include "tests/support/other_session.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>

#include <libpq-fe.h>
#include <mysql.h>

namespace retention::test {
namespace {

using namespace std::chrono_literals;

class Client {
public:
    virtual ~Client() = default;
    virtual std::vector<std::string> run(const std::string& script) = 0; // the first column of its rows
    virtual std::int64_t changed() const = 0;
    virtual std::string id() const = 0;
};

class PostgresClient : public Client {
public:
    explicit PostgresClient(const StoreSettings& store) {
        const auto& host = store.server.hosts.at(0);
        const std::string port = std::to_string(host.port);
        const char* names[] = {"host", "port", "user", "dbname", nullptr};
        const char* values[] = {host.name.c_str(), port.c_str(), store.server.user.c_str(),
                                store.server.database.c_str(), nullptr};
        handle_ = PQconnectdbParams(names, values, 0);
        if (PQstatus(handle_) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(handle_));
        PQsetNoticeProcessor(
            handle_, [](void*, const char*) {}, nullptr);
    }
    ~PostgresClient() override { PQfinish(handle_); }
    PostgresClient(const PostgresClient&) = delete;
    PostgresClient& operator=(const PostgresClient&) = delete;

    std::vector<std::string> run(const std::string& script) override {
        const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(handle_, script.c_str()), PQclear);
        const auto status = PQresultStatus(result.get());
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) throw std::runtime_error(PQerrorMessage(handle_));
        changed_ = std::atoll(PQcmdTuples(result.get()));
        std::vector<std::string> rows;
        for (int i = 0; i < PQntuples(result.get()); ++i) rows.emplace_back(PQgetvalue(result.get(), i, 0));
        return rows;
    }
    std::int64_t changed() const override { return changed_; }
    std::string id() const override { return std::to_string(PQbackendPID(handle_)); }

private:
    PGconn* handle_;
    std::int64_t changed_ = 0;
};

class MariadbClient : public Client {
public:
    explicit MariadbClient(const StoreSettings& store) : handle_(mysql_init(nullptr)) {
        const auto& host = store.server.hosts.at(0);
        if (!mysql_real_connect(handle_, nullptr, store.server.user.c_str(), nullptr, store.server.database.c_str(), 0,
                                host.name.c_str(), CLIENT_MULTI_STATEMENTS | CLIENT_FOUND_ROWS))
            throw std::runtime_error(mysql_error(handle_));
    }
    ~MariadbClient() override { mysql_close(handle_); }
    MariadbClient(const MariadbClient&) = delete;
    MariadbClient& operator=(const MariadbClient&) = delete;

    std::vector<std::string> run(const std::string& script) override {
        std::vector<std::string> rows;
        int more = mysql_real_query(handle_, script.data(), script.size()) != 0 ? 1 : 0;
        for (; more == 0; more = mysql_next_result(handle_)) {
            changed_ = static_cast<std::int64_t>(mysql_affected_rows(handle_));
            MYSQL_RES* result = mysql_store_result(handle_);
            if (!result) continue;
            while (MYSQL_ROW row = mysql_fetch_row(result)) rows.emplace_back(row[0] ? row[0] : "");
            mysql_free_result(result);
        }
        if (more > 0) throw std::runtime_error(mysql_error(handle_));
        return rows;
    }
    std::int64_t changed() const override { return changed_; }
    std::string id() const override { return std::to_string(mysql_thread_id(handle_)); }

private:
    MYSQL* handle_;
    std::int64_t changed_ = 0;
};

bool is_postgres(const StoreSettings& store) {
    return store.engine == Engine::postgresql;
}

std::unique_ptr<Client> client_of(const StoreSettings& store) {
    if (is_postgres(store)) return std::make_unique<PostgresClient>(store);
    return std::make_unique<MariadbClient>(store);
}

StoreSettings as_administrator(StoreSettings store) {
    store.server.user = is_postgres(store) ? "postgres" : "root";
    return store;
}

std::vector<std::string> ask(const StoreSettings& store, const std::string& query) {
    return client_of(as_administrator(store))->run(query);
}

std::string waiting_query(const StoreSettings& store) {
    if (is_postgres(store))
        return "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    // A wait for a table's definition is not InnoDB's.
    return "SELECT p.ID FROM information_schema.PROCESSLIST p WHERE p.DB = DATABASE() AND (p.STATE LIKE 'Waiting for "
           "table%' OR p.ID IN (SELECT trx_mysql_thread_id FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK "
           "WAIT'))";
}

// MariaDB renews what it tells about InnoDB's locks only where nobody has asked for 100 ms.
constexpr auto between_looks = [](const StoreSettings& store) { return is_postgres(store) ? 5ms : 120ms; };

} // namespace

struct OtherSession::Inside {
    StoreSettings store;
    std::unique_ptr<Client> client;
};

OtherSession::OtherSession(const StoreSettings& store)
    : inside_(std::make_unique<Inside>(Inside{store, client_of(store)})) {}

OtherSession::~OtherSession() {
    if (running_.valid()) running_.wait();
}

void OtherSession::run(const std::string& script) {
    inside_->client->run(script);
}

void OtherSession::start(const std::string& script) {
    running_ = std::async(std::launch::async, [this, script]() -> std::string {
        try {
            inside_->client->run(script);
            return {};
        } catch (const std::runtime_error& error) {
            return error.what();
        }
    });
}

std::string OtherSession::finish() {
    return running_.get();
}

bool OtherSession::waits() {
    const auto give_up = std::chrono::steady_clock::now() + 20s;
    while (std::chrono::steady_clock::now() < give_up) {
        if (running_.wait_for(between_looks(inside_->store)) == std::future_status::ready) return false;
        const auto waiting = waiting_connections(inside_->store);
        if (std::ranges::find(waiting, id()) != waiting.end()) return true;
    }
    return false;
}

std::int64_t OtherSession::changed() const {
    return inside_->client->changed();
}

std::string OtherSession::id() const {
    return inside_->client->id();
}

std::vector<std::string> waiting_connections(const StoreSettings& store) {
    return ask(store, waiting_query(store));
}

bool until_waiting(const StoreSettings& store, std::size_t many) {
    const auto client = client_of(as_administrator(store));
    const auto give_up = std::chrono::steady_clock::now() + 20s;
    while (std::chrono::steady_clock::now() < give_up) {
        if (client->run(waiting_query(store)).size() >= many) return true;
        std::this_thread::sleep_for(between_looks(store));
    }
    return false;
}

void kill_connection(const StoreSettings& store, const std::string& id) {
    ask(store, is_postgres(store) ? "SELECT pg_terminate_backend(" + id + ")" : "KILL " + id);
}

std::vector<std::string> connections(const StoreSettings& store) {
    return ask(store, is_postgres(store)
                          ? "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = "
                            "'client backend' AND pid <> pg_backend_pid()"
                          : "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> "
                            "CONNECTION_ID()");
}

} // namespace retention::test
