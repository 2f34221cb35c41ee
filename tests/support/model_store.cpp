#include "tests/support/model_store.hpp"

#include "tests/support/engine_reading.hpp"
#include "tests/support/mariadb_server.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/sqlite_file.hpp"

#include <libpq-fe.h>
#include <sqlite3.h>

#include <optional>
#include <sstream>
#include <stdexcept>

namespace retention::test {
namespace {

struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close(handle); }
};
struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

// SQLite's values have types of their own.
Value value_of(sqlite3_stmt* row, int column) {
    const auto bytes = [&](const void* data) {
        return std::string(static_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(row, column)));
    };
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER:
        return std::int64_t{sqlite3_column_int64(row, column)};
    case SQLITE_FLOAT:
        return sqlite3_column_double(row, column);
    case SQLITE_TEXT:
        return bytes(sqlite3_column_text(row, column));
    case SQLITE_BLOB: {
        const void* data = sqlite3_column_blob(row, column);
        return Blob{data ? bytes(data) : std::string()};
    }
    default:
        return {};
    }
}

void keep(ModelTable& table, Cells cells) {
    const auto tag = std::get<std::int64_t>(cells.at(0));
    table.rows.emplace(tag, std::move(cells));
}

class SqliteStore : public EngineStore {
public:
    Engine engine() const override { return Engine::sqlite; }
    void fill(const std::string& script) override { file_.emplace("PRAGMA synchronous = OFF;\n" + script); }
    void run(const std::string& script) override { file_->run(script); }
    std::vector<std::string> column(const std::string& query) const override { return file_->column(query); }

    void read(ModelStore& store) const override {
        sqlite3* handle = nullptr;
        const int code = sqlite3_open_v2(file_->path().c_str(), &handle, SQLITE_OPEN_READONLY, nullptr);
        const std::unique_ptr<sqlite3, Close> owned(handle);
        if (code != SQLITE_OK) throw std::runtime_error("cannot open " + file_->path().string());
        for (auto& [name, table] : store.tables) read(handle, table);
    }

    StoreSettings settings() const override {
        StoreSettings settings;
        settings.name = "shop";
        settings.url = "sqlite://" + file_->path().string();
        settings.file = file_->path();
        return settings;
    }

private:
    static void read(sqlite3* handle, ModelTable& table) {
        table.rows.clear();
        std::string columns;
        for (const auto& column : table.columns)
            columns += (columns.empty() ? "" : ", ") + quoted(Engine::sqlite, column.name);
        const std::string sql = "SELECT " + columns + " FROM " + quoted(Engine::sqlite, table.name);
        sqlite3_stmt* statement = nullptr;
        sqlite3_prepare_v2(handle, sql.c_str(), -1, &statement, nullptr);
        const std::unique_ptr<sqlite3_stmt, Finalize> rows(statement);
        if (!statement) throw std::runtime_error(sqlite3_errmsg(handle));
        while (sqlite3_step(statement) == SQLITE_ROW) {
            Cells cells;
            for (int i = 0; i < sqlite3_column_count(statement); ++i) cells.push_back(value_of(statement, i));
            keep(table, std::move(cells));
        }
    }

    std::optional<SqliteFile> file_;
};

// What the two servers share: all tables are read by one query, each row as one text.
class ServerStore : public EngineStore {
public:
    void read(ModelStore& store) const override {
        std::vector<ModelTable*> tables;
        std::string sql;
        for (auto& [name, table] : store.tables) {
            table.rows.clear();
            std::vector<std::pair<std::string, ColumnType>> columns;
            for (const auto& column : table.columns) columns.emplace_back(column.name, column.type);
            sql += (sql.empty() ? "" : " UNION ALL ") +
                   reading(engine(), std::to_string(tables.size()), table.name, columns);
            tables.push_back(&table);
        }
        for (const auto& line : column(sql)) {
            std::istringstream cells(line);
            std::string cell;
            std::getline(cells, cell, '|');
            ModelTable& table = *tables.at(std::stoul(cell));
            Cells row;
            for (const auto& column : table.columns) {
                std::getline(cells, cell, '|');
                row.push_back(value_read(column.type, cell));
            }
            keep(table, std::move(row));
        }
    }
};

struct Disconnect {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
};

// Keeps its connection: PostgreSQL starts a process for each.
class PostgresStore : public ServerStore {
public:
    explicit PostgresStore(PostgresServer& server) : server_(server) {
        static const std::string reused = server.make_database();
        database_ = reused;
        connection_.reset(PQconnectdb(("host='" + server.folder().string() + "' port=" + std::to_string(server.port()) +
                                       " user=postgres dbname=" + database_ +
                                       " options='-c TimeZone=UTC -c client_min_messages=warning'")
                                          .c_str()));
    }
    Engine engine() const override { return Engine::postgresql; }
    void fill(const std::string& script) override {
        run("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public; CREATE COLLATION public.nocase (provider = "
            "icu, "
            "locale = 'und-u-ks-level2', deterministic = false);\n" +
            script);
    }
    void run(const std::string& script) override { execute(script); }
    std::vector<std::string> column(const std::string& query) const override {
        const auto result = execute(query);
        std::vector<std::string> rows;
        for (int row = 0; row < PQntuples(result.get()); ++row)
            rows.emplace_back(PQgetisnull(result.get(), row, 0) ? "NULL" : PQgetvalue(result.get(), row, 0));
        return rows;
    }
    StoreSettings settings() const override {
        auto settings = server_.settings(database_);
        settings.name = "shop";
        return settings;
    }

private:
    std::unique_ptr<PGresult, Clear> execute(const std::string& sql) const {
        std::unique_ptr<PGresult, Clear> result(PQexec(connection_.get(), sql.c_str()));
        const auto status = PQresultStatus(result.get());
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return result;
        const std::string why = PQerrorMessage(connection_.get());
        PQclear(PQexec(connection_.get(), "ROLLBACK"));
        throw std::runtime_error(why);
    }

    PostgresServer& server_;
    std::string database_;
    std::unique_ptr<PGconn, Disconnect> connection_;
};

class MariadbStore : public ServerStore {
public:
    explicit MariadbStore(MariadbServer& server) : server_(server) {
        static const std::string reused = server.make_database();
        database_ = reused;
    }
    Engine engine() const override { return Engine::mariadb; }
    void fill(const std::string& script) override {
        server_.run("", "DROP DATABASE " + database_ + "; CREATE DATABASE " + database_);
        run(script);
    }
    void run(const std::string& script) override { server_.run(database_, in_utc + script); }
    std::vector<std::string> column(const std::string& query) const override {
        return server_.rows(database_, in_utc + query);
    }
    StoreSettings settings() const override {
        auto settings = server_.settings(database_);
        settings.name = "shop";
        return settings;
    }

private:
    static constexpr const char* in_utc = "SET time_zone = '+00:00';";
    MariadbServer& server_;
    std::string database_;
};

} // namespace

std::string EngineStore::value(const std::string& query) const {
    const auto rows = column(query);
    return rows.empty() ? std::string() : rows.front();
}

std::unique_ptr<EngineStore> make_store(Engine engine) {
    if (engine == Engine::sqlite) return std::make_unique<SqliteStore>();
    if (!missing(engine).empty()) return nullptr;
    if (engine == Engine::postgresql) return std::make_unique<PostgresStore>(*PostgresServer::shared());
    return std::make_unique<MariadbStore>(*MariadbServer::shared());
}

std::string missing(Engine engine) {
    if (engine == Engine::sqlite) return {};
    return engine == Engine::postgresql ? PostgresServer::missing() : MariadbServer::missing();
}

} // namespace retention::test
