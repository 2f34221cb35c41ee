#include "connectors/sqlite_database.hpp"

#include "connectors/sqlite_query.hpp"

namespace retention {

namespace {

class SqliteRows : public Rows {
public:
    explicit SqliteRows(SqliteStatement statement) : statement_(std::move(statement)) {}

    bool next() override { return statement_.step(); }
    std::size_t columns() const override { return static_cast<std::size_t>(statement_.columns()); }
    bool is_null(std::size_t i) const override { return statement_.is_null(static_cast<int>(i)); }
    std::string_view text(std::size_t i) const override { return statement_.text(static_cast<int>(i)); }
    Value value(std::size_t i) const override { return statement_.value(static_cast<int>(i)); }
    std::int64_t integer(std::size_t i) const override { return statement_.integer(static_cast<int>(i)); }

private:
    SqliteStatement statement_;
};

} // namespace

std::unique_ptr<Rows> SqliteDatabase::query(const Sql& sql, const std::string& operation) {
    return std::make_unique<SqliteRows>(retention::prepare(connection_, sql, operation));
}

std::int64_t SqliteDatabase::execute(const Sql& sql, const std::string& operation) {
    return retention::execute(connection_, sql, operation);
}

// A SQLite expression has the type of each of its values: none beforehand.
std::vector<TypeFamily> SqliteDatabase::prepare(const Sql& sql, const std::string& operation) {
    const SqliteStatement statement = retention::prepare(connection_, sql, operation);
    return std::vector<TypeFamily>(static_cast<std::size_t>(statement.columns()), TypeFamily::loose);
}

void SqliteDatabase::rollback() noexcept {
    try {
        if (connection_.in_transaction()) connection_.exec("ROLLBACK");
    } catch (...) { // NOLINT(bugprone-empty-catch): a dead connection has rolled back
    }
}

// Temporary tables are no part of the database: they want no transaction of their own.
void SqliteDatabase::set_up(const std::vector<Sql>& statements) {
    for (const Sql& statement : statements) execute(statement, "make room for a batch");
}

} // namespace retention
