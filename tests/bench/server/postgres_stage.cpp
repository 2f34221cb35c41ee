// PostgreSQL: originals are template databases, copies are `CREATE DATABASE … TEMPLATE … STRATEGY file_copy`.

#include "tests/bench/server/program.hpp"
#include "tests/bench/server/stage.hpp"
#include "tests/support/postgres_server.hpp"

#include <libpq-fe.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace retention::bench {
namespace {

namespace fs = std::filesystem;
using test::PostgresServer;

constexpr int clients = 4;

struct Disconnect {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
using Connection = std::unique_ptr<PGconn, Disconnect>;

// Statement by statement, so that each is a transaction of its own. The first row's first column.
std::string execute(PGconn* connection, const std::string& sql) {
    PGresult* const result = PQexec(connection, sql.c_str());
    const auto status = PQresultStatus(result);
    const std::string text = PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "";
    PQclear(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        throw std::runtime_error(sql.substr(0, 80) + ": " + PQerrorMessage(connection));
    return text;
}

std::string columns(const Shape& shape) {
    return "id bigint NOT NULL, created_at timestamptz NOT NULL, name text, email text, phone text, born_on date, "
           "city text, payload text, PRIMARY KEY (id" +
           std::string(shape.partition_rows > 0 ? ", created_at" : "") + ")";
}

std::vector<std::string> partitions(const Shape& shape) {
    const auto day = [&](long number) { return "(date '2020-01-01' + " + std::to_string(number) + ")"; };
    std::vector<std::string> all;
    for (long i = 0; shape.partition_rows > 0 && i * shape.partition_rows < shape.rows; ++i) {
        const long first = 1096 - shape.due_partitions + i;
        all.push_back("CREATE TABLE events_" + std::to_string(i) + " PARTITION OF events FOR VALUES FROM (" +
                      day(first) + ") TO (" + day(first + 1) + ")");
    }
    return all;
}

class PostgresStage : public Stage {
public:
    explicit PostgresStage(fs::path folder)
        : folder_(std::move(folder))
        , server_({"shared_buffers = '1GB'", "max_wal_size = '8GB'", "checkpoint_timeout = '1h'", "timezone = 'UTC'",
                   "autovacuum = off"}) {}

    std::string name() const override { return "PostgreSQL"; }
    std::string url() const override { return server_.url("w"); }
    std::string cutoff() const override { return "'2023-01-01 00:00:00+00'"; }

    void fresh_copy(const Shape& shape) override {
        const std::string original = file_name(shape);
        if (made_.insert(original).second) make(original, shape);
        connection_.reset();
        const Connection admin = connect("postgres");
        execute(admin.get(), "DROP DATABASE IF EXISTS w WITH (FORCE)");
        execute(admin.get(), "CREATE DATABASE w TEMPLATE " + original + " STRATEGY file_copy");
        execute(admin.get(), "CHECKPOINT");
        connection_ = connect("w");
        execute(connection_.get(), "SELECT count(*) FROM events"); // both find it in memory
    }

    double run(const std::string& sql) override {
        const auto start = std::chrono::steady_clock::now();
        execute(connection_.get(), sql);
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    std::string value(const std::string& sql) override { return execute(connection_.get(), sql); }

    std::shared_ptr<void> hold_snapshot() override {
        std::shared_ptr<PGconn> held(connect("w").release(), Disconnect());
        execute(held.get(), "BEGIN ISOLATION LEVEL REPEATABLE READ");
        execute(held.get(), "SELECT count(*) FROM events WHERE id < 10");
        return held;
    }

    std::string masking() const override {
        return "name = '[redacted]', email = replace(gen_random_uuid()::text, '-', '') || '@anonymised.invalid', "
               "phone = NULL, born_on = date_trunc('year', born_on), city = left(city, 2)";
    }

    std::string counting() const override {
        const auto part = [](const std::string& condition) { return ", count(*) FILTER (WHERE " + condition + ")"; };
        std::string sql = "SELECT count(*), min(created_at) FILTER (WHERE created_at < " + cutoff() + ")" +
                          part("created_at < " + cutoff()) + part("created_at < '2022-12-25 00:00:00+00'") +
                          part("created_at IS NULL");
        for (const auto& [first, next] : months_ahead())
            sql += part("created_at >= '" + first + " 00:00:00+00' AND created_at < '" + next + " 00:00:00+00'");
        return sql + " FROM events";
    }

    Load load(double rate, const std::function<void()>& work) override;

private:
    Connection connect(const std::string& database) const {
        Connection connection(PQconnectdb(server_.url(database).c_str()));
        if (PQstatus(connection.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection.get()));
        PQsetNoticeProcessor(
            connection.get(), [](void*, const char*) {}, nullptr);
        return connection;
    }
    void make(const std::string& original, const Shape&) const;
    std::vector<std::string> pgbench(std::vector<std::string> more) const;
    std::vector<Sample> samples() const;

    fs::path folder_;
    PostgresServer server_;
    Connection connection_;
    std::set<std::string> made_;
    bool load_made_ = false;
};

void PostgresStage::make(const std::string& original, const Shape& shape) const {
    execute(connect("postgres").get(), "CREATE DATABASE " + original);
    const Connection connection = connect(original);
    execute(connection.get(), "CREATE TABLE events (" + columns(shape) + ")" +
                                  (shape.partition_rows > 0 ? " PARTITION BY RANGE (created_at)" : ""));
    for (const auto& partition : partitions(shape)) execute(connection.get(), partition);
    execute(connection.get(), "INSERT INTO events SELECT i, timestamptz '2020-01-01 00:00:00+00' + make_interval(days "
                              "=> " +
                                  day_number(shape, "i", "/") +
                                  "::int, secs => i % 86400), 'name ' || i, 'u' || i || '@example.com', '+44 ' || i, "
                                  "date '1950-02-03' + (i % 20000)::int, 'city ' || i % 1000, md5(i::text) || "
                                  "'-payload' FROM generate_series(1::bigint, " +
                                  std::to_string(shape.rows) + ") i");
    if (shape.indexed) execute(connection.get(), "CREATE INDEX ON events (created_at)");
    execute(connection.get(), "VACUUM (FREEZE, ANALYZE) events");
}

std::vector<std::string> PostgresStage::pgbench(std::vector<std::string> more) const {
    std::vector<std::string> words{"pgbench", "-h",      server_.folder(), "-p", std::to_string(server_.port()),
                                   "-U",      "postgres"};
    words.insert(words.end(), more.begin(), more.end());
    words.push_back("load");
    return words;
}

// Each line: client, transaction, microseconds, script, the second and the microsecond at which it ended, lag.
std::vector<Sample> PostgresStage::samples() const {
    std::vector<Sample> all;
    for (const auto& file : fs::directory_iterator(folder_)) {
        if (!file.path().filename().string().starts_with("load.")) continue;
        std::ifstream in(file.path());
        for (std::string line; std::getline(in, line);) {
            std::istringstream words(line);
            double client = 0, transaction = 0, time = 0, script = 0, second = 0, micro = 0;
            if (words >> client >> transaction >> time >> script >> second >> micro)
                all.push_back({second + micro / 1e6, time / 1e3});
        }
        in.close();
        fs::remove(file.path());
    }
    return all;
}

// pgbench writes its log at its end: it is given the longest time that is looked at.
Load PostgresStage::load(double rate, const std::function<void()>& work) {
    if (!load_made_) {
        execute(connect("postgres").get(), "CREATE DATABASE load");
        run_program(pgbench({"-i", "-q", "-s", "10"}));
        load_made_ = true;
    }
    const auto seconds = (warming + without + (rate > 0 ? most_with : std::chrono::seconds{0})).count() + 1;
    return observe(
        [&](const std::function<bool()>&) {
            std::vector<std::string> more{"-N",    "-n",
                                          "-c",    std::to_string(clients),
                                          "-T",    std::to_string(seconds),
                                          "-M",    "prepared",
                                          "--log", "--log-prefix=" + (folder_ / "load").string()};
            if (rate > 0) more.insert(more.end(), {"-R", std::to_string(rate)});
            run_program(pgbench(more));
            return samples();
        },
        work);
}

} // namespace

std::unique_ptr<Stage> postgres_stage(const std::string& folder) {
    if (const auto why = PostgresServer::missing(); !why.empty()) throw std::runtime_error(why);
    return std::make_unique<PostgresStage>(folder);
}

} // namespace retention::bench
