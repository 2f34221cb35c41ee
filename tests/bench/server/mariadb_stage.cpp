// MariaDB: originals are exported tablespaces, kept as files; copies are DISCARD, copy, IMPORT.

#include "tests/bench/server/stage.hpp"
#include "tests/support/mariadb_server.hpp"

#include <mysql.h>

#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <random>
#include <set>
#include <stdexcept>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace retention::bench {
namespace {

namespace fs = std::filesystem;
using test::MariadbServer;

constexpr int clients = 4;
constexpr long accounts = 200'000;

struct Close {
    void operator()(MYSQL* handle) const { mysql_close(handle); }
};
using Handle = std::unique_ptr<MYSQL, Close>;

[[noreturn]] void fail(const std::string& what, MYSQL* handle) {
    throw std::runtime_error(what.substr(0, 80) + ": " + mysql_error(handle));
}

std::string execute(MYSQL* handle, const std::string& sql) {
    if (mysql_real_query(handle, sql.data(), sql.size()) != 0) fail(sql, handle);
    std::string text;
    if (MYSQL_RES* result = mysql_store_result(handle)) {
        if (MYSQL_ROW row = mysql_fetch_row(result)) text = row[0] ? row[0] : "NULL";
        mysql_free_result(result);
    }
    return text;
}

constexpr const char* table = "(id BIGINT PRIMARY KEY, created_at DATETIME NOT NULL, name VARCHAR(60), email "
                              "VARCHAR(80), phone VARCHAR(20), born_on DATE, city VARCHAR(40), payload VARCHAR(80)";

// One of other people: a read and a write of one row, in turn, each a transaction.
class Client {
public:
    Client(Handle handle, unsigned seed) : handle_(std::move(handle)), random_(seed) {
        prepare(read_, "SELECT balance FROM accounts WHERE id = ?");
        prepare(write_, "UPDATE accounts SET balance = balance + 1 WHERE id = ?");
    }
    ~Client() {
        for (MYSQL_STMT* statement : {read_, write_}) mysql_stmt_close(statement);
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // At `rate` a second, at random distances; as fast as it goes where that is 0.
    std::vector<Sample> work(double rate, const std::function<bool()>& ended) {
        using Clock = std::chrono::steady_clock;
        std::vector<Sample> samples;
        std::exponential_distribution<double> distance(rate > 0 ? rate : 1);
        auto planned = Clock::now();
        while (!ended()) {
            if (rate > 0) {
                planned +=
                    std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(distance(random_)));
                std::this_thread::sleep_until(planned);
            } else {
                planned = Clock::now();
            }
            step();
            samples.push_back(
                {system_seconds(), std::chrono::duration<double, std::milli>(Clock::now() - planned).count()});
        }
        return samples;
    }

private:
    void prepare(MYSQL_STMT*& statement, const std::string& sql) {
        statement = mysql_stmt_init(handle_.get());
        if (mysql_stmt_prepare(statement, sql.data(), sql.size()) != 0) fail(sql, handle_.get());
    }
    void step() {
        for (MYSQL_STMT* statement : {read_, write_}) {
            long long id = std::uniform_int_distribution<long long>(1, accounts)(random_);
            std::array<MYSQL_BIND, 1> bind{};
            bind[0].buffer_type = MYSQL_TYPE_LONGLONG;
            bind[0].buffer = &id;
            if (mysql_stmt_bind_param(statement, bind.data()) || mysql_stmt_execute(statement) != 0 ||
                (statement == read_ && mysql_stmt_store_result(statement) != 0))
                throw std::runtime_error(mysql_stmt_error(statement));
            mysql_stmt_free_result(statement);
        }
    }

    Handle handle_;
    std::mt19937 random_;
    MYSQL_STMT *read_ = nullptr, *write_ = nullptr;
};

class MariadbStage : public Stage {
public:
    explicit MariadbStage(fs::path folder)
        : originals_(std::move(folder))
        , server_({"innodb-buffer-pool-size=2G", "innodb-log-file-size=1G", "default-time-zone=+00:00"}) {
        bench::execute(connect("").get(), "CREATE DATABASE w");
        bench::execute(connect("").get(), "CREATE DATABASE tpl");
        bench::execute(connect("").get(), "CREATE DATABASE busy");
    }

    std::string name() const override { return "MariaDB"; }
    std::string url() const override { return server_.url("w"); }
    std::string cutoff() const override { return "'2023-01-01 00:00:00'"; }

    void fresh_copy(const Shape& shape) override {
        const std::string original = file_name(shape);
        if (made_.insert(original).second) make(original, shape);
        connection_ = connect("w");
        execute("DROP TABLE IF EXISTS events");
        wait_until_purged();
        execute("CREATE TABLE events " + definition(shape));
        execute("ALTER TABLE events DISCARD TABLESPACE");
        copy(original, originals_, "events", data() / "w");
        execute("ALTER TABLE events IMPORT TABLESPACE");
        execute("ANALYZE TABLE events");
        execute("SELECT count(*) FROM events FORCE INDEX (PRIMARY) WHERE payload <> ''"); // both find it in memory
    }

    double run(const std::string& sql) override {
        const auto start = std::chrono::steady_clock::now();
        execute(sql);
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    std::string value(const std::string& sql) override { return execute(sql); }

    std::shared_ptr<void> hold_snapshot() override {
        std::shared_ptr<MYSQL> held(connect("w").release(), Close());
        bench::execute(held.get(), "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
        bench::execute(held.get(), "START TRANSACTION WITH CONSISTENT SNAPSHOT");
        return held;
    }

    std::string masking() const override {
        return "name = '[redacted]', email = CONCAT(LEFT(SHA2(CONCAT(UUID(), RAND()), 256), 32), "
               "'@anonymised.invalid'), phone = NULL, born_on = MAKEDATE(YEAR(born_on), 1), city = LEFT(city, 2)";
    }

    std::string counting() const override {
        const auto part = [](const std::string& condition) {
            return ", SUM(CASE WHEN " + condition + " THEN 1 ELSE 0 END)";
        };
        std::string sql = "SELECT count(*), MIN(CASE WHEN created_at < " + cutoff() + " THEN created_at END)" +
                          part("created_at < " + cutoff()) + part("created_at < '2022-12-25 00:00:00'") +
                          part("created_at IS NULL");
        for (const auto& [first, next] : months_ahead())
            sql += part("created_at >= '" + first + " 00:00:00' AND created_at < '" + next + " 00:00:00'");
        return sql + " FROM events";
    }

    Load load(double rate, const std::function<void()>& work) override;
    std::string archive_source() const {
        return "S=" + (server_.folder() / "socket").string() + ",u=root,D=w,t=events";
    }

private:
    Handle connect(const std::string& database) const {
        Handle handle(mysql_init(nullptr));
        if (!mysql_real_connect(handle.get(), nullptr, "root", nullptr, database.empty() ? nullptr : database.c_str(),
                                0, (server_.folder() / "socket").c_str(), 0))
            fail("connect", handle.get());
        return handle;
    }
    std::string execute(const std::string& sql) const { return bench::execute(connection_.get(), sql); }
    static std::string definition(const Shape& shape) {
        return std::string(table) + (shape.indexed ? ", KEY (created_at)" : "") + ") ENGINE=InnoDB";
    }
    fs::path data() const { return server_.folder() / "data"; }
    void make(const std::string& original, const Shape&) const;
    void copy(const std::string& name, const fs::path& from, const std::string& new_name, const fs::path& to) const;
    void wait_until_purged() const;
    void make_accounts() const;

    fs::path originals_;
    MariadbServer server_;
    Handle connection_;
    std::set<std::string> made_;
    bool load_made_ = false;
};

void MariadbStage::make(const std::string& original, const Shape& shape) const {
    const Handle handle = connect("tpl");
    bench::execute(handle.get(), "CREATE TABLE " + original + " " + definition(shape));
    bench::execute(handle.get(), "INSERT INTO " + original + " SELECT seq, '2020-01-01' + INTERVAL " +
                                     day_number(shape, "seq", "DIV") +
                                     " DAY + INTERVAL (seq % 86400) SECOND, CONCAT('name ', seq), CONCAT('u', seq, "
                                     "'@example.com'), CONCAT('+44 ', seq), '1950-02-03' + INTERVAL (seq % 20000) DAY, "
                                     "CONCAT('city ', seq % 1000), CONCAT(MD5(seq), '-payload') FROM seq_1_to_" +
                                     std::to_string(shape.rows) + " ORDER BY seq");
    bench::execute(handle.get(), "FLUSH TABLES " + original + " FOR EXPORT");
    copy(original, data() / "tpl", original, originals_);
    bench::execute(handle.get(), "UNLOCK TABLES");
    bench::execute(handle.get(), "DROP TABLE " + original);
}

// As the server's user owns its data folder, so it must own what is laid into it.
void MariadbStage::copy(const std::string& name, const fs::path& from, const std::string& new_name,
                        const fs::path& to) const {
    struct stat owner {};
    if (stat(data().c_str(), &owner) != 0) throw std::runtime_error("no data folder");
    for (const char* end : {".ibd", ".cfg"}) {
        const fs::path target = to / (new_name + end);
        fs::copy_file(from / (name + end), target, fs::copy_options::overwrite_existing);
        if (geteuid() == 0 && chown(target.c_str(), owner.st_uid, owner.st_gid) != 0)
            throw std::runtime_error("cannot give " + target.string());
    }
}

// What the server still has to clear up of the last round must not slow the next.
void MariadbStage::wait_until_purged() const {
    for (int tries = 0; tries < 600; ++tries) {
        const auto left = execute("SELECT CAST(VARIABLE_VALUE AS UNSIGNED) FROM information_schema.GLOBAL_STATUS WHERE "
                                  "VARIABLE_NAME = 'INNODB_HISTORY_LIST_LENGTH'");
        if (std::stol(left) < 100) return;
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
}

void MariadbStage::make_accounts() const {
    const Handle handle = connect("busy");
    bench::execute(handle.get(), "CREATE TABLE accounts (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL, filler "
                                 "CHAR(80)) ENGINE=InnoDB");
    bench::execute(handle.get(), "INSERT INTO accounts SELECT seq, 0, MD5(seq) FROM seq_1_to_" +
                                     std::to_string(accounts) + " ORDER BY seq");
}

Load MariadbStage::load(double rate, const std::function<void()>& work) {
    if (!load_made_) make_accounts();
    load_made_ = true;
    return observe(
        [&](const std::function<bool()>& ended) {
            std::array<std::vector<Sample>, clients> of_each;
            std::array<std::exception_ptr, clients> failures;
            std::vector<std::jthread> threads;
            for (unsigned i = 0; i < clients; ++i)
                threads.emplace_back([&, i] {
                    try {
                        of_each[i] = Client(connect("busy"), i + 1).work(rate / clients, ended);
                    } catch (...) {
                        failures[i] = std::current_exception();
                    }
                });
            threads.clear();
            std::vector<Sample> all;
            for (unsigned i = 0; i < clients; ++i) {
                if (failures[i]) std::rethrow_exception(failures[i]);
                all.insert(all.end(), of_each[i].begin(), of_each[i].end());
            }
            return all;
        },
        work);
}

} // namespace

std::unique_ptr<Stage> mariadb_stage(const std::string& folder) {
    if (const auto why = MariadbServer::missing(); !why.empty()) throw std::runtime_error(why);
    return std::make_unique<MariadbStage>(folder);
}

std::string archive_words(const Stage& stage) {
    return dynamic_cast<const MariadbStage&>(stage).archive_source();
}

} // namespace retention::bench
