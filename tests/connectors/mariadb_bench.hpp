#pragma once
// A database on the throw-away MariaDB with the dialect under test on a connection of its own.

#include "connectors/mariadb_connection.hpp"
#include "connectors/mariadb_dialect.hpp"
#include "tests/support/mariadb_server.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <random>

namespace retention::test {

inline boost::test_tools::assertion_result mariadb_is_here(boost::unit_test::test_unit_id) {
    if (MariadbServer::shared()) return true;
    boost::test_tools::assertion_result no(false);
    no.message() << MariadbServer::missing();
    return no;
}

class MariadbBench {
public:
    explicit MariadbBench(const std::string& here = "UTC", const std::string& store = "UTC")
        : dialect(Zone::load(here).value(), Zone::load(store).value())
        , server(*MariadbServer::shared())
        , name(server.make_database())
        , database(connect_mariadb(server.settings(name), Access::read_write)) {}

    void run(const std::string& script) const { server.run(name, script); }
    // The columns of each row joined by '|', as the connection under test gives them.
    std::vector<std::string> rows(const Sql& query) const {
        std::vector<std::string> all;
        const auto found = database->query(query, "test");
        while (found->next()) {
            std::string row;
            for (std::size_t i = 0; i < found->columns(); ++i)
                row += (i ? "|" : "") + (found->is_null(i) ? std::string("NULL") : std::string(found->text(i)));
            all.push_back(std::move(row));
        }
        return all;
    }
    std::string one(const Sql& query) const {
        const auto all = rows(query);
        BOOST_REQUIRE_EQUAL(all.size(), 1u);
        return all.front();
    }
    std::int64_t execute(const Sql& statement) const { return database->execute(statement, "test"); }
    // EXPLAIN's columns of the row that is about the table.
    std::map<std::string, std::string> explained(const Sql& statement, const std::string& table) const {
        constexpr const char* names[] = {"id",  "select_type", "table", "type", "possible_keys",
                                         "key", "key_len",     "ref",   "rows", "Extra"};
        const auto found = database->query("EXPLAIN " + statement, "test");
        while (found->next()) {
            std::map<std::string, std::string> row;
            for (std::size_t i = 0; i < found->columns(); ++i) row[names[i]] = found->text(i);
            if (row["table"] == table) return row;
        }
        return {};
    }

    MariadbDialect dialect;
    MariadbServer& server;
    std::string name;
    std::unique_ptr<Database> database;
};

inline Column column_of(const std::string& name, const std::string& type, TypeFamily family,
                        std::optional<std::size_t> length = {}, bool nullable = true) {
    Column column;
    column.name = name;
    column.type = type;
    column.family = family;
    column.length = length;
    column.nullable = nullable;
    if (family == TypeFamily::text) column.collation = "utf8mb4_general_ci";
    return column;
}

inline std::mt19937_64 seeded() {
    const auto seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    return std::mt19937_64(seed);
}

// A literal of the server's own SQL, for what a test puts into a table.
inline std::string literal(const std::optional<std::string>& text) {
    if (!text) return "NULL";
    std::string sql = "'";
    for (const char c : *text) {
        if (c == '\\' || c == '\'') sql += '\\';
        if (c == '\n')
            sql += "\\n";
        else
            sql += c;
    }
    return sql + "'";
}

inline std::string hex_literal(const std::string& bytes) {
    return bytes.empty() ? "''" : "x'" + key_text(Blob{bytes}) + "'";
}

} // namespace retention::test
