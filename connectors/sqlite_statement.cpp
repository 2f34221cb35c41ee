#include "connectors/sqlite_state.hpp"

#include <sqlite3.h>

namespace retention {
namespace {

using State = SqliteConnection::State;

StoreError::Kind kind_of(int code) {
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return StoreError::Kind::busy;
    case SQLITE_INTERRUPT:
        return StoreError::Kind::cancelled;
    case SQLITE_CONSTRAINT:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
    case SQLITE_PERM:
    case SQLITE_MISMATCH:
        return StoreError::Kind::refused;
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return StoreError::Kind::lost;
    default:
        return StoreError::Kind::failed;
    }
}

// Prepares the first statement of a text, and shortens the text to what follows it. Null where there is none.
int prepare(sqlite3* handle, std::string_view& text, sqlite3_stmt*& statement) {
    const char* rest = text.data();
    const int code = sqlite3_prepare_v3(handle, text.data(), static_cast<int>(text.size()), 0, &statement, &rest);
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
    return code;
}

// SQLite itself says whether blanks and comments are all that is left.
bool is_blank(sqlite3* handle, std::string_view text) {
    while (!text.empty()) {
        sqlite3_stmt* statement = nullptr;
        const auto before = text.size();
        const int code = prepare(handle, text, statement);
        sqlite3_finalize(statement);
        if (code != SQLITE_OK || statement || text.size() == before) return false;
    }
    return true;
}

struct Bind {
    sqlite3_stmt* statement;
    int parameter;
    int operator()(std::monostate) const { return sqlite3_bind_null(statement, parameter); }
    int operator()(std::int64_t value) const { return sqlite3_bind_int64(statement, parameter, value); }
    int operator()(double value) const { return sqlite3_bind_double(statement, parameter, value); }
    int operator()(const std::string& value) const {
        return sqlite3_bind_text64(statement, parameter, value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    }
    int operator()(const Blob& value) const {
        return sqlite3_bind_blob64(statement, parameter, value.bytes.data(), value.bytes.size(), SQLITE_TRANSIENT);
    }
};

const char* hint_for(int code) {
    switch (code & 0xff) {
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return "\nhint: the user that retentiond runs as must be able to write the file, and to make files in its "
               "folder; how the service is let in: /usr/share/doc/retentiond/examples/sqlite.conf";
    default:
        return "";
    }
}

} // namespace

void throw_sqlite_error(const State& state, std::string_view operation, int code) {
    const bool cancelled = (code & 0xff) == SQLITE_BUSY && state.activity == State::cancelled;
    throw StoreError(cancelled ? StoreError::Kind::cancelled : kind_of(code),
                     "store '" + state.store + "': " + std::string(operation) + ": " + sqlite3_errmsg(state.handle()) +
                         " (sqlite code " + std::to_string(code) + ")" + hint_for(code));
}

void throw_refusal(const State& state, std::string_view operation, const std::string& what) {
    throw StoreError(StoreError::Kind::failed, "store '" + state.store + "': " + std::string(operation) + ": " + what);
}

int bind_value(sqlite3_stmt* statement, int parameter, const Value& value) {
    return std::visit(Bind{statement, parameter}, value);
}

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

SqliteStatement::SqliteStatement(const SqliteConnection& connection, std::string_view sql, std::string operation)
    : state_(connection.state_), operation_(std::move(operation)) {
    if (sql.find('\0') != sql.npos) throw_refusal(*state_, operation_, "the statement has a zero byte in it");
    const SqliteRunning running(*state_);
    sqlite3_stmt* statement = nullptr;
    const int code = prepare(state_->handle(), sql, statement);
    if (code != SQLITE_OK) throw_sqlite_error(*state_, operation_, code);
    statement_.reset(statement);
    if (!statement) throw_refusal(*state_, operation_, "there is no statement");
    if (!is_blank(state_->handle(), sql)) throw_refusal(*state_, operation_, "there is text after the statement's end");
}

void SqliteStatement::bind(int parameter, const Value& value) {
    const int code = bind_value(handle(), parameter, value);
    if (code != SQLITE_OK) throw_sqlite_error(*state_, operation_, code);
}

void SqliteStatement::bind_all(const std::vector<Value>& values) {
    if (values.size() != static_cast<std::size_t>(parameters()))
        throw_refusal(*state_, operation_,
                      std::to_string(values.size()) + " values for " + std::to_string(parameters()) + " parameters");
    for (std::size_t i = 0; i < values.size(); ++i) bind(static_cast<int>(i) + 1, values[i]);
}

int SqliteStatement::parameters() const noexcept {
    return sqlite3_bind_parameter_count(handle());
}

int SqliteStatement::columns() const noexcept {
    return sqlite3_column_count(handle());
}

bool SqliteStatement::step() {
    const SqliteRunning running(*state_);
    const int code = sqlite3_step(handle());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) {
        reset();
        return false;
    }
    try {
        throw_sqlite_error(*state_, operation_, code);
    } catch (...) {
        reset();
        throw;
    }
}

void SqliteStatement::reset() noexcept {
    sqlite3_reset(handle());
}

Value SqliteStatement::value(int column) const {
    switch (sqlite3_column_type(handle(), column)) {
    case SQLITE_INTEGER:
        return integer(column);
    case SQLITE_FLOAT:
        return real(column);
    case SQLITE_TEXT:
        return std::string(text(column));
    case SQLITE_BLOB: {
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle(), column));
        return Blob{std::string(bytes ? bytes : "", static_cast<std::size_t>(sqlite3_column_bytes(handle(), column)))};
    }
    default:
        return std::monostate{};
    }
}

bool SqliteStatement::is_null(int column) const noexcept {
    return sqlite3_column_type(handle(), column) == SQLITE_NULL;
}

std::int64_t SqliteStatement::integer(int column) const noexcept {
    return sqlite3_column_int64(handle(), column);
}

double SqliteStatement::real(int column) const noexcept {
    return sqlite3_column_double(handle(), column);
}

std::string_view SqliteStatement::text(int column) const noexcept {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(handle(), column));
    if (!bytes) return {};
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle(), column))};
}

} // namespace retention
