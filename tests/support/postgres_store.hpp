#pragma once
// A fresh database on the shared test server, with a connection as the program has it: for tests of SQL.

#include "connectors/database.hpp"
#include "connectors/postgres_connection.hpp"
#include "tests/support/postgres_server.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace retention::test {

class PostgresStore {
public:
    using Row = std::vector<std::optional<std::string>>;

    PostgresStore() {
        auto* server = PostgresServer::shared();
        if (!server) throw std::runtime_error(PostgresServer::missing());
        name_ = server->make_database();
        database_ = connect();
    }
    std::unique_ptr<Database> connect() const {
        return connect_postgres(PostgresServer::shared()->settings(name_), Access::read_write);
    }
    Database& database() { return *database_; }

    std::int64_t run(const Sql& sql) { return database_->execute(sql, "run"); }
    std::vector<Row> rows(const Sql& sql) {
        std::vector<Row> all;
        const auto found = database_->query(sql, "read");
        while (found->next()) {
            Row row;
            for (std::size_t i = 0; i < found->columns(); ++i)
                row.push_back(found->is_null(i) ? std::nullopt : std::optional(std::string(found->text(i))));
            all.push_back(std::move(row));
        }
        return all;
    }
    // Of the only row and column; NULL as "NULL".
    std::string one(const Sql& sql) {
        const auto all = rows(sql);
        return all.at(0).at(0).value_or("NULL");
    }
    std::string plan(const Sql& sql) {
        std::string text;
        for (const Row& row : rows("EXPLAIN " + sql)) text += row.at(0).value() + "\n";
        return text;
    }

private:
    std::string name_;
    std::unique_ptr<Database> database_;
};

} // namespace retention::test
