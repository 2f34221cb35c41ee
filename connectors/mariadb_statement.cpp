#include "connectors/mariadb_statement.hpp"

#include <algorithm>
#include <mysql.h>

namespace retention {
namespace {

struct Close {
    void operator()(MYSQL_STMT* statement) const noexcept { mysql_stmt_close(statement); }
};
struct Free {
    void operator()(MYSQL_RES* result) const noexcept { mysql_free_result(result); }
};

struct Input {
    MYSQL_BIND& bind;
    void operator()(std::monostate) const { bind.buffer_type = MYSQL_TYPE_NULL; }
    void operator()(const std::int64_t& value) const { point_at(MYSQL_TYPE_LONGLONG, &value, sizeof value); }
    void operator()(const double& value) const { point_at(MYSQL_TYPE_DOUBLE, &value, sizeof value); }
    void operator()(const std::string& value) const { point_at(MYSQL_TYPE_STRING, value.data(), value.size()); }
    void operator()(const Blob& value) const { point_at(MYSQL_TYPE_BLOB, value.bytes.data(), value.bytes.size()); }
    void point_at(enum_field_types type, const void* bytes, std::size_t size) const {
        bind.buffer_type = type;
        bind.buffer = const_cast<void*>(bytes); // libmariadb reads it only
        bind.buffer_length = static_cast<unsigned long>(size);
    }
};

constexpr unsigned binary_charset = 63;

bool is_bytes(enum_field_types type) {
    switch (type) {
    case MYSQL_TYPE_TINY_BLOB:
    case MYSQL_TYPE_MEDIUM_BLOB:
    case MYSQL_TYPE_LONG_BLOB:
    case MYSQL_TYPE_BLOB:
    case MYSQL_TYPE_VARCHAR:
    case MYSQL_TYPE_VAR_STRING:
    case MYSQL_TYPE_STRING:
    case MYSQL_TYPE_GEOMETRY:
        return true;
    default:
        return false;
    }
}

// MariaDB 10.5 and later says by name what it sends as a string.
std::string_view name_of_type(const MYSQL_FIELD& field) {
    MARIADB_CONST_STRING name{};
    if (mariadb_field_attr(&name, &field, MARIADB_FIELD_ATTR_DATA_TYPE_NAME) != 0) return {};
    return {name.str, name.length};
}

TypeFamily family_of(const MYSQL_FIELD& field) {
    switch (field.type) {
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_LONGLONG:
    case MYSQL_TYPE_YEAR:
    case MYSQL_TYPE_BIT:
        return TypeFamily::integer;
    case MYSQL_TYPE_FLOAT:
    case MYSQL_TYPE_DOUBLE:
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL:
        return TypeFamily::real;
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE:
        return TypeFamily::date;
    case MYSQL_TYPE_DATETIME:
    case MYSQL_TYPE_DATETIME2:
        return TypeFamily::time_stamp;
    case MYSQL_TYPE_TIMESTAMP:
    case MYSQL_TYPE_TIMESTAMP2:
        return TypeFamily::zoned_time_stamp;
    case MYSQL_TYPE_ENUM:
    case MYSQL_TYPE_SET:
        return TypeFamily::text;
    default:
        break;
    }
    if (!is_bytes(field.type) || field.type == MYSQL_TYPE_GEOMETRY) return TypeFamily::other;
    const auto name = name_of_type(field);
    if (name == "uuid") return TypeFamily::uuid;
    if (name == "inet6" || name == "inet4") return TypeFamily::address;
    return field.charsetnr == binary_charset ? TypeFamily::binary : TypeFamily::text;
}

std::size_t first_size(const MYSQL_FIELD& field) {
    if (is_bytes(field.type)) return 256;
    return std::clamp<std::size_t>(field.length + 16, 64, 1024); // a number or a date, with its widest padding
}

} // namespace

struct MariadbStatement::Inside {
    std::unique_ptr<MYSQL_STMT, Close> statement;
    std::string direct; // what is sent as it is, because it cannot be prepared; it has no rows
    std::vector<Value> values;
    struct Column {
        std::string buffer;
        unsigned long length = 0;
        my_bool null = 0, cut = 0;
        enum_field_types type = MYSQL_TYPE_NULL;
        bool binary = false;
        std::string number; // of a BIT
    };
    std::vector<Column> columns;
    std::vector<MYSQL_BIND> binds;
};

MariadbStatement::MariadbStatement(MariadbState& state, const Sql& sql, std::string operation)
    : state_(state), operation_(std::move(operation)), inside_(std::make_unique<Inside>()) {
    std::string text;
    for (const auto& part : sql.parts()) {
        if (const auto* words = std::get_if<std::string>(&part))
            text += *words;
        else {
            text += '?';
            inside_->values.push_back(std::get<Value>(part));
        }
    }
    if (text.find('\0') != text.npos) state_.refuse(operation_, "the statement has a zero byte in it");
    running_.emplace(state_, operation_);
    inside_->statement.reset(mysql_stmt_init(state_.handle()));
    if (!inside_->statement) state_.refuse(operation_, "out of memory");
    if (mysql_stmt_prepare(inside_->statement.get(), text.data(), text.size()) == 0) return;
    constexpr unsigned cannot_be_prepared = 1295;
    if (mysql_stmt_errno(inside_->statement.get()) != cannot_be_prepared || !inside_->values.empty()) fail();
    inside_->direct = std::move(text);
}

MariadbStatement::~MariadbStatement() {
    finish();
}

// An error among the rows stands at the connection alone.
void MariadbStatement::fail() {
    const auto number = mysql_stmt_errno(inside_->statement.get());
    if (number != 0) fail(number, mysql_stmt_error(inside_->statement.get()));
    fail(mysql_errno(state_.handle()), mysql_error(state_.handle()));
}

void MariadbStatement::fail(unsigned number, const std::string& words) {
    try {
        state_.fail(operation_, number, words);
    } catch (...) {
        finish();
        throw;
    }
}

std::vector<TypeFamily> MariadbStatement::families() const {
    std::vector<TypeFamily> families;
    if (!inside_->direct.empty()) return families;
    const std::unique_ptr<MYSQL_RES, Free> result(mysql_stmt_result_metadata(inside_->statement.get()));
    if (!result) return families;
    const auto* fields = mysql_fetch_fields(result.get());
    for (unsigned i = 0; i < mysql_num_fields(result.get()); ++i) families.push_back(family_of(fields[i]));
    return families;
}

void MariadbStatement::bind_values() {
    const auto wanted = mysql_stmt_param_count(inside_->statement.get());
    if (wanted != inside_->values.size())
        state_.refuse(operation_,
                      std::to_string(inside_->values.size()) + " values for " + std::to_string(wanted) + " parameters");
    std::vector<MYSQL_BIND> binds(inside_->values.size());
    for (std::size_t i = 0; i < binds.size(); ++i) std::visit(Input{binds[i]}, inside_->values[i]);
    if (!binds.empty() && mysql_stmt_bind_param(inside_->statement.get(), binds.data()) != 0) fail();
}

void MariadbStatement::execute() {
    if (state_.was_cancelled()) fail(1317, "cancelled before it began");
    state_.sends();
    if (!inside_->direct.empty()) return send();
    bind_values();
    if (mysql_stmt_execute(inside_->statement.get()) != 0) fail();
    if (mysql_stmt_field_count(inside_->statement.get()) == 0) return;
    state_.open = this;
    bind_columns();
}

void MariadbStatement::send() {
    MYSQL* handle = state_.handle();
    if (mysql_real_query(handle, inside_->direct.data(), inside_->direct.size()) != 0)
        fail(mysql_errno(handle), mysql_error(handle));
    if (MYSQL_RES* rows = mysql_store_result(handle)) mysql_free_result(rows);
}

void MariadbStatement::bind_columns() {
    const std::unique_ptr<MYSQL_RES, Free> result(mysql_stmt_result_metadata(inside_->statement.get()));
    const auto* fields = mysql_fetch_fields(result.get());
    const auto count = mysql_num_fields(result.get());
    inside_->columns.resize(count);
    inside_->binds.resize(count);
    for (unsigned i = 0; i < count; ++i) {
        auto& column = inside_->columns[i];
        column.type = fields[i].type;
        column.binary = is_bytes(fields[i].type) && fields[i].charsetnr == binary_charset;
        column.buffer.resize(first_size(fields[i]));
        auto& bind = inside_->binds[i];
        bind.buffer_type = MYSQL_TYPE_STRING;
        bind.buffer = column.buffer.data();
        bind.buffer_length = static_cast<unsigned long>(column.buffer.size());
        bind.length = &column.length;
        bind.is_null = &column.null;
        bind.error = &column.cut;
    }
    if (mysql_stmt_bind_result(inside_->statement.get(), inside_->binds.data()) != 0) fail();
}

bool MariadbStatement::fetch() {
    if (!running_ || columns() == 0) return false;
    const int code = mysql_stmt_fetch(inside_->statement.get());
    if (code == MYSQL_NO_DATA) {
        finish();
        return false;
    }
    if (code != 0 && code != MYSQL_DATA_TRUNCATED) fail();
    if (state_.was_cancelled()) fail(1317, "Query execution was interrupted");
    read_long_values();
    return true;
}

void MariadbStatement::read_long_values() {
    bool grown = false;
    for (unsigned i = 0; i < inside_->columns.size(); ++i) {
        auto& column = inside_->columns[i];
        if (column.null || column.length <= column.buffer.size()) continue;
        column.buffer.resize(column.length + column.length / 2);
        auto& bind = inside_->binds[i];
        bind.buffer = column.buffer.data();
        bind.buffer_length = static_cast<unsigned long>(column.buffer.size());
        if (mysql_stmt_fetch_column(inside_->statement.get(), &bind, i, 0) != 0) fail();
        grown = true;
    }
    // Not before all are read: it forgets where the row's values stand.
    if (grown && mysql_stmt_bind_result(inside_->statement.get(), inside_->binds.data()) != 0) fail();
    for (auto& column : inside_->columns) {
        if (column.type != MYSQL_TYPE_BIT || column.null) continue;
        std::uint64_t number = 0;
        for (const char byte : std::string_view(column.buffer).substr(0, column.length))
            number = number << 8U | static_cast<unsigned char>(byte);
        column.number = std::to_string(number);
    }
}

void MariadbStatement::finish() noexcept {
    if (!running_) return;
    // A few rows are read away sooner than a second connection could stop them.
    for (int rows = 0; state_.open == this && !state_.dead(); ++rows) {
        if (rows == 1000) {
            state_.cancel(1);
            break;
        }
        const int code = mysql_stmt_fetch(inside_->statement.get());
        if (code != 0 && code != MYSQL_DATA_TRUNCATED) break;
    }
    if (state_.open == this) state_.open = nullptr;
    inside_->statement.reset(); // reads away the rest
    running_.reset();
}

std::int64_t MariadbStatement::changed() const {
    if (!inside_->statement || !inside_->direct.empty()) return 0;
    const auto rows = mysql_stmt_affected_rows(inside_->statement.get());
    return rows == ~0ULL ? 0 : static_cast<std::int64_t>(rows);
}

std::size_t MariadbStatement::columns() const {
    return inside_->columns.size();
}

bool MariadbStatement::is_null(std::size_t column) const {
    return inside_->columns.at(column).null != 0;
}

bool MariadbStatement::is_binary(std::size_t column) const {
    return inside_->columns.at(column).binary;
}

std::string_view MariadbStatement::text(std::size_t column) const {
    const auto& read = inside_->columns.at(column);
    if (read.null) return {};
    if (read.type == MYSQL_TYPE_BIT) return read.number;
    return std::string_view(read.buffer).substr(0, read.length);
}

} // namespace retention
