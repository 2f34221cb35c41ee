#include "connectors/postgres_rows.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace retention {
namespace {

// 2^63, which the smallest whole number of 64 bits is the negative of.
constexpr double beyond = 9223372036854775808.0;

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

// "t", "42", "12.70", "1.5e+15"; nothing where it is no number that 64 bits hold.
std::optional<std::int64_t> whole_number(std::string_view text) {
    if (text == "t" || text == "f") return text == "t";
    const char* const end = text.data() + text.size();
    std::int64_t number = 0;
    const auto [point, error] = std::from_chars(text.data(), end, number);
    const bool fraction = point != end && *point == '.' && std::all_of(point + 1, end, is_digit);
    if (error == std::errc() && (point == end || fraction)) return number;
    double real = 0;
    const auto [last, fault] = std::from_chars(text.data(), end, real);
    if (fault != std::errc() || last != end || !(real >= -beyond && real < beyond)) return {};
    return static_cast<std::int64_t>(real);
}

} // namespace

PostgresRows::PostgresRows(std::shared_ptr<PostgresLink> link, const Sql& sql, const std::string& operation)
    : link_(std::move(link))
    , operation_(operation)
    , in_transaction_(!link_->dead() && link_->in_transaction())
    , statement_(link_->start(sql, operation)) {
    step();
    columns_ = row_ ? static_cast<std::size_t>(PQnfields(row_.get())) : 0;
}

PostgresRows::~PostgresRows() {
    if (runs()) link_->abandon(!in_transaction_);
}

// The answer after the last row holds none, and after it comes the end: both are taken at once, so that the connection
// is free as soon as the last row is read.
void PostgresRows::step() {
    row_ = link_->next();
    if (row_ && PQntuples(row_.get()) > 0) return;
    while (row_ && runs())
        if (!link_->next()) break;
    ended_ = true;
}

bool PostgresRows::next() {
    if (ended_) return false;
    if (ahead_) {
        ahead_ = false;
        return true;
    }
    if (!runs()) link_->fail(StoreError::Kind::failed, operation_, "the statement was ended before its last row");
    step();
    return !ended_;
}

std::size_t PostgresRows::columns() const {
    return columns_;
}

bool PostgresRows::is_null(std::size_t column) const {
    return PQgetisnull(row_.get(), 0, static_cast<int>(column)) != 0;
}

std::string_view PostgresRows::text(std::size_t column) const {
    const int at = static_cast<int>(column);
    return {PQgetvalue(row_.get(), 0, at), static_cast<std::size_t>(PQgetlength(row_.get(), 0, at))};
}

Value PostgresRows::value(std::size_t column) const {
    return is_null(column) ? Value() : Value(std::string(text(column)));
}

std::int64_t PostgresRows::integer(std::size_t column) const {
    if (is_null(column)) return 0;
    if (const auto number = whole_number(text(column))) return *number;
    link_->fail(StoreError::Kind::failed, operation_, "a column that counts holds no whole number of 64 bits");
}

namespace {

class FetchedRows : public Rows {
public:
    explicit FetchedRows(PostgresResult result) : result_(std::move(result)) {}

    bool next() override { return ++row_ < PQntuples(result_.get()); }
    std::size_t columns() const override { return static_cast<std::size_t>(PQnfields(result_.get())); }
    bool is_null(std::size_t column) const override {
        return PQgetisnull(result_.get(), row_, static_cast<int>(column)) != 0;
    }
    std::string_view text(std::size_t column) const override {
        const int at = static_cast<int>(column);
        return {PQgetvalue(result_.get(), row_, at), static_cast<std::size_t>(PQgetlength(result_.get(), row_, at))};
    }
    Value value(std::size_t column) const override {
        if (is_null(column)) return std::monostate{};
        return std::string(text(column));
    }
    std::int64_t integer(std::size_t column) const override {
        return is_null(column) ? 0 : whole_number(text(column)).value_or(0);
    }

private:
    PostgresResult result_;
    int row_ = -1;
};

} // namespace

std::unique_ptr<Rows> all_rows(PostgresLink& link, const Sql& sql, const std::string& operation) {
    link.start(sql, operation, false);
    PostgresResult all = link.next();
    while (link.next()) {
    }
    return std::make_unique<FetchedRows>(std::move(all));
}

} // namespace retention
