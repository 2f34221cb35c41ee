#pragma once
// One statement, prepared on the server, its values bound; its rows come one at a time, so that memory stays flat
// however many there are. Every column is read as the text that the server prints, BIT as a number.

#include "connectors/catalogue.hpp"
#include "connectors/mariadb_state.hpp"
#include "connectors/sql.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct st_mysql_stmt;

namespace retention {

class MariadbStatement {
public:
    // Prepares it. The connection is its own until it is finished or destroyed.
    MariadbStatement(MariadbState&, const Sql&, std::string operation);
    ~MariadbStatement();
    MariadbStatement(const MariadbStatement&) = delete;
    MariadbStatement& operator=(const MariadbStatement&) = delete;

    const std::string& operation() const noexcept { return operation_; }
    std::vector<TypeFamily> families() const;

    void execute();
    bool fetch();           // false: no further row; the connection is free again
    void finish() noexcept; // reads or cancels what is left

    std::int64_t changed() const; // rows that matched
    std::size_t columns() const;
    bool is_null(std::size_t) const;
    bool is_binary(std::size_t) const;
    std::string_view text(std::size_t) const;

private:
    [[noreturn]] void fail(); // with the statement's error; it is over then
    [[noreturn]] void fail(unsigned number, const std::string& words);
    void send();
    void bind_values();
    void bind_columns();
    void read_long_values();

    struct Inside; // what libmariadb's binding needs
    MariadbState& state_;
    std::string operation_;
    std::optional<MariadbRunning> running_;
    std::unique_ptr<Inside> inside_;
};

} // namespace retention
