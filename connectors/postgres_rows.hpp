#pragma once
// The rows of a query on PostgreSQL, read as the server sends them.

#include "connectors/database.hpp"
#include "connectors/postgres_link.hpp"

#include <memory>
#include <string>

namespace retention {

class PostgresRows : public Rows {
public:
    // Sends the query and waits for the first row, so that what the server says against it is thrown here. Destroyed
    // early: within a transaction the rest is read and dropped, because to cancel would abort the transaction.
    PostgresRows(std::shared_ptr<PostgresLink>, const Sql&, const std::string& operation);
    ~PostgresRows() override;

    bool next() override;
    std::size_t columns() const override;
    bool is_null(std::size_t) const override;
    std::string_view text(std::size_t) const override;
    Value value(std::size_t) const override;
    std::int64_t integer(std::size_t) const override;

private:
    bool runs() const noexcept { return statement_ != 0 && link_->running() == statement_; }
    void step();

    std::shared_ptr<PostgresLink> link_;
    std::string operation_;
    bool in_transaction_;
    std::uint64_t statement_;
    PostgresResult row_; // the one that next() went to, or goes to where it is `ahead_`
    bool ahead_ = true, ended_ = false;
    std::size_t columns_ = 0;
};

// All rows of a query, fetched at once: for some thousands.
std::unique_ptr<Rows> all_rows(PostgresLink&, const Sql&, const std::string& operation);

} // namespace retention
