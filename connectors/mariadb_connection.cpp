#include "connectors/mariadb_connection.hpp"

#include "connectors/mariadb_settings.hpp"
#include "connectors/mariadb_state.hpp"
#include "connectors/mariadb_statement.hpp"

#include <charconv>
#include <limits>
#include <mysql.h>

namespace retention {
namespace {

// Above what fits it stays at the largest that does: a count never comes back negative.
std::int64_t whole(std::string_view digits) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc::result_out_of_range) return number;
    return digits.front() == '-' ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

class MariadbRows : public Rows {
public:
    MariadbRows(MariadbState& state, const Sql& sql, const std::string& operation) : statement_(state, sql, operation) {
        statement_.execute();
    }
    bool next() override { return statement_.fetch(); }
    std::size_t columns() const override { return statement_.columns(); }
    bool is_null(std::size_t column) const override { return statement_.is_null(column); }
    std::string_view text(std::size_t column) const override { return statement_.text(column); }
    Value value(std::size_t column) const override {
        if (is_null(column)) return std::monostate{};
        std::string bytes(text(column));
        if (statement_.is_binary(column)) return Blob{std::move(bytes)};
        return bytes;
    }
    std::int64_t integer(std::size_t column) const override { return whole(text(column)); }

private:
    MariadbStatement statement_;
};

// A server that holds a session to reading lets it fill temporary tables, also within a transaction, but neither make
// nor drop one. Outside of a transaction it may, for the one statement.
class TemporaryTables {
public:
    TemporaryTables(MariadbState& state, bool allow) : state_(state), allow_(allow) {
        if (allow_) state_.command("SET SESSION TRANSACTION READ WRITE", "allow a temporary table");
    }
    ~TemporaryTables() {
        try {
            if (allow_ && !state_.dead()) state_.command("SET SESSION TRANSACTION READ ONLY", "allow no more");
        } catch (const std::exception&) {
            state_.give_up(); // rather than one that could write
        }
    }
    TemporaryTables(const TemporaryTables&) = delete;
    TemporaryTables& operator=(const TemporaryTables&) = delete;

private:
    MariadbState& state_;
    bool allow_;
};

bool only_temporary(const Sql& sql) {
    const auto* text = sql.empty() ? nullptr : std::get_if<std::string>(&sql.parts().front());
    return text && (text->starts_with("CREATE TEMPORARY TABLE ") || text->starts_with("DROP TEMPORARY TABLE ") ||
                    text->starts_with("CREATE OR REPLACE TEMPORARY TABLE "));
}

class MariadbConnection : public Database {
public:
    MariadbConnection(const StoreSettings& settings, Access access, const Patience& patience,
                      std::shared_ptr<Others> others)
        : state_(settings, patience, std::move(others)), access_(access) {
        settle_mariadb_session(state_, access);
    }

    const std::string& store() const noexcept override { return state_.store(); }
    bool in_transaction() const noexcept override {
        return !state_.dead() && (state_.handle()->server_status & SERVER_STATUS_IN_TRANS) != 0;
    }

    std::unique_ptr<Rows> query(const Sql& sql, const std::string& operation) override {
        return std::make_unique<MariadbRows>(state_, sql, operation);
    }
    std::int64_t execute(const Sql& sql, const std::string& operation) override {
        const TemporaryTables allowed(state_, access_ == Access::read_only && !in_transaction() && only_temporary(sql));
        MariadbStatement statement(state_, sql, operation);
        statement.execute();
        if (statement.columns() == 0) return statement.changed();
        while (statement.fetch()) {
        }
        return 0;
    }
    std::vector<TypeFamily> prepare(const Sql& sql, const std::string& operation) override {
        return MariadbStatement(state_, sql, operation).families();
    }

    void begin_snapshot() override;
    void begin_batch() override;
    void begin_set_up() override { state_.begin("START TRANSACTION READ WRITE", "make temporary tables"); }
    void commit() override;
    void rollback() noexcept override;
    void cancel() noexcept override { state_.cancel(); }

private:
    MariadbState state_;
    Access access_;
};

void MariadbConnection::begin_snapshot() {
    state_.command("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "begin a snapshot");
    state_.begin("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", "begin a snapshot");
}

void MariadbConnection::begin_batch() {
    state_.command("SET TRANSACTION ISOLATION LEVEL READ COMMITTED", "begin a batch");
    state_.begin(access_ == Access::read_only ? "START TRANSACTION READ ONLY" : "START TRANSACTION READ WRITE",
                 "begin a batch");
}

void MariadbConnection::commit() {
    state_.commit();
}

void MariadbConnection::rollback() noexcept {
    try {
        if (state_.open) state_.open->finish();
        state_.rollback();
    } catch (const std::exception&) {
        state_.give_up(); // the server rolls back what a client leaves behind
    }
}

} // namespace

std::unique_ptr<Database> connect_mariadb(const StoreSettings& settings, Access access, const Patience& patience,
                                          std::shared_ptr<Others> others) {
    return std::make_unique<MariadbConnection>(settings, access, patience, std::move(others));
}

std::int64_t others_of_mariadb(Database& database, Others& others) {
    const auto rows = database.query("SHOW GLOBAL STATUS LIKE 'Questions'", "ask how much others do");
    return rows->next() ? others.seen(rows->integer(1)) : 0;
}

} // namespace retention
