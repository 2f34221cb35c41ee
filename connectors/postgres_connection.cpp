#include "connectors/postgres_connection.hpp"

#include "connectors/postgres_address.hpp"
#include "connectors/postgres_error.hpp"
#include "connectors/postgres_rows.hpp"
#include "connectors/postgres_settings.hpp"
#include "connectors/postgres_types.hpp"

#include <libpq-fe.h>

#include <cstdlib>

#include <unistd.h>

namespace retention {
namespace {

using Kind = StoreError::Kind;

class PostgresConnection : public Database {
public:
    PostgresConnection(std::shared_ptr<PostgresLink> link, Access access) : link_(std::move(link)), access_(access) {}
    ~PostgresConnection() override { rollback(); }

    const std::string& store() const noexcept override { return link_->store(); }
    bool in_transaction() const noexcept override { return transaction_ && !link_->dead(); }

    std::unique_ptr<Rows> query(const Sql&, const std::string& operation) override;
    std::unique_ptr<Rows> query_few(const Sql&, const std::string& operation) override;
    std::int64_t execute(const Sql&, const std::string& operation) override;
    std::vector<TypeFamily> prepare(const Sql&, const std::string& operation) override;

    void begin_snapshot() override { begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); }
    void begin_batch() override;
    void begin_set_up() override { begin("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"); }
    void commit() override;
    void rollback() noexcept override;

    void cancel() noexcept override { link_->cancel(); }

private:
    void begin(const char* how);

    std::shared_ptr<PostgresLink> link_;
    Access access_;
    bool transaction_ = false;
};

std::unique_ptr<Rows> PostgresConnection::query(const Sql& sql, const std::string& operation) {
    return std::make_unique<PostgresRows>(link_, sql, operation);
}

std::unique_ptr<Rows> PostgresConnection::query_few(const Sql& sql, const std::string& operation) {
    return all_rows(*link_, sql, operation);
}

// "DELETE 5". What reads rows or makes a table has a count in its tag as well, and changed none.
std::int64_t PostgresConnection::execute(const Sql& sql, const std::string& operation) {
    const PostgresResult result = link_->run(sql, operation);
    const std::string_view tag = result ? PQcmdStatus(result.get()) : "";
    for (const std::string_view change : {"DELETE ", "UPDATE ", "INSERT ", "MERGE "})
        if (tag.substr(0, change.size()) == change) return std::strtoll(PQcmdTuples(result.get()), nullptr, 10);
    return 0;
}

std::vector<TypeFamily> PostgresConnection::prepare(const Sql& sql, const std::string& operation) {
    const PostgresText text = link_->text_of(sql, operation);
    const auto parse = [&](PGconn* handle) { return PQsendPrepare(handle, "", text.text.c_str(), 0, nullptr); };
    link_->start(parse, operation);
    while (link_->next()) {
    }
    link_->start([](PGconn* handle) { return PQsendDescribePrepared(handle, ""); }, operation);
    PostgresResult description;
    while (auto answer = link_->next()) description = std::move(answer);
    return postgres_families(*link_, description.get(), operation);
}

void PostgresConnection::begin(const char* how) {
    if (in_transaction()) link_->fail(Kind::failed, "begin a transaction", "another one is open");
    link_->run(how, "begin a transaction");
    transaction_ = true;
}

// A batch touches few rows and finds them by index. The planner has no statistics of its temporary tables, and would
// rather read the whole table beside them: 100 ms instead of 5 for 5,000 rows of a million.
void PostgresConnection::begin_batch() {
    begin(access_ == Access::read_only ? "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY"
                                       : "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
    link_->run("SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), "
               "set_config('enable_mergejoin', 'off', true)",
               "begin a batch");
}

void PostgresConnection::commit() {
    constexpr char operation[] = "commit";
    if (!link_->dead() && !transaction_) link_->fail(Kind::failed, operation, "no transaction is open");
    link_->start("COMMIT", operation); // where it cannot even be sent, the transaction is as it was
    transaction_ = false;
    std::string tag;
    while (const auto answer = link_->next()) tag = PQcmdStatus(answer.get());
    if (tag != "COMMIT")
        link_->fail(Kind::failed, operation,
                    "the server rolled the transaction back, because a statement in it had failed");
}

void PostgresConnection::rollback() noexcept {
    try {
        if (link_->running() != 0) link_->abandon(true);
        const bool open = !link_->dead() && (transaction_ || link_->in_transaction());
        transaction_ = false;
        if (open) link_->run("ROLLBACK", "roll back");
        if (!link_->dead() && link_->in_transaction()) link_->declare_dead("a transaction could not be rolled back");
    } catch (const std::exception& error) { // nobody may go on in what is still open
        link_->declare_dead(error.what());
    }
}

// Its own errors say what to do about them: the server has nothing to do with it.
std::string read_password(const StoreSettings& store) {
    if (!store.password || !store.read_secret) return {};
    try {
        std::string password = store.read_secret(*store.password);
        if (!password.empty() && password.back() == '\n') password.pop_back();
        if (password.find('\0') != password.npos) throw std::runtime_error("the password holds a zero byte");
        return password;
    } catch (const std::runtime_error& error) {
        throw StoreError(Kind::lost, "store '" + store.name + "': read the password: " + error.what());
    }
}

void require_readable(const std::filesystem::path& file) {
    if (!file.empty() && ::access(file.c_str(), R_OK) != 0)
        throw std::runtime_error("the certificate file " + file.string() + " cannot be read");
}

std::shared_ptr<PostgresLink> open_link(const StoreSettings& store, const Patience& patience,
                                        std::shared_ptr<Others> others) {
    const std::string password = read_password(store);
    try {
        for (const auto& file : {postgres_authorities(store), store.cert, store.key}) require_readable(file);
        return std::make_shared<PostgresLink>(store.name, postgres_uri(store, password, patience), patience,
                                              std::chrono::seconds{30}, std::move(others));
    } catch (const std::runtime_error& error) {
        throw postgres_unreachable(store.name, postgres_hosts(store.server), error.what());
    }
}

} // namespace

std::unique_ptr<Database> connect_postgres(const StoreSettings& store, Access access, const Patience& patience,
                                           std::shared_ptr<Others> others) {
    auto link = open_link(store, patience, std::move(others));
    settle_postgres(*link, access, patience);
    return std::make_unique<PostgresConnection>(std::move(link), access);
}

std::int64_t others_of_postgres(Database& database, Others& others) {
    const auto rows = database.query("SELECT coalesce(sum(xact_commit + xact_rollback), 0)::bigint, "
                                     "pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM pg_stat_database",
                                     "ask how much others do");
    return rows->next() ? others.seen_late(rows->integer(0), rows->integer(1)) : 0;
}

} // namespace retention
