#include "connectors/sqlite_native.hpp"

#include "connectors/sqlite_state.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <thread>

namespace retention {

namespace {

using State = SqliteConnection::State;
using Clock = std::chrono::steady_clock;

// SQLite's own handler cannot be cancelled: this one looks up at least every 25 ms.
int wait_for_lock(void* argument, int waits) {
    auto& state = *static_cast<State*>(argument);
    if (waits == 0) state.waiting_since = Clock::now();
    if (state.activity == State::cancelled) return 0;
    if (Clock::now() - state.waiting_since >= state.busy_timeout) return 0;
    std::this_thread::sleep_for(std::chrono::milliseconds{std::min(1 + waits * 2, 25)});
    return 1;
}

std::string file_uri(const std::filesystem::path& file, Access access) {
    constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    constexpr char digits[] = "0123456789ABCDEF";
    std::string uri = "file://";
    for (const char byte : std::filesystem::absolute(file).string()) {
        if (plain.find(byte) != plain.npos) {
            uri += byte;
            continue;
        }
        const auto value = static_cast<unsigned char>(byte);
        uri += {'%', digits[value >> 4], digits[value & 15]};
    }
    return uri + (access == Access::read_only ? "?mode=ro" : "?mode=rw");
}

void require_file(const std::string& store, const std::filesystem::path& file) {
    std::error_code error;
    const auto status = std::filesystem::status(file, error);
    if (std::filesystem::is_regular_file(status)) return;
    const std::string why = status.type() == std::filesystem::file_type::not_found ? "there is no such file"
                            : std::filesystem::exists(status)                      ? "it is not a file"
                                                                                   : error.message();
    throw StoreError(StoreError::Kind::lost, "store '" + store + "': cannot open " + file.string() + ": " + why +
                                                 "\nhint: check the store's url; a database is never created");
}

void configure(State& state, int option, int value) {
    int now = -1;
    const int code = sqlite3_db_config(state.handle(), option, value, &now);
    if (code != SQLITE_OK) throw_sqlite_error(state, "open", code);
    if (now != value)
        throw_refusal(state, "open", "this SQLite library does not take option " + std::to_string(option));
}

void require_pragma(const SqliteConnection& connection, const State& state, const std::string& name) {
    SqliteStatement(connection, "PRAGMA " + name + " = ON", "open").step();
    SqliteStatement read(connection, "PRAGMA " + name, "open");
    if (read.step() && read.integer(0) == 1) return;
    throw_refusal(state, "open", "this SQLite library does not switch " + name + " on");
}

// The first read finds what opening does not: a file that is no database, a WAL that is out of reach.
void require_readable(const SqliteConnection& connection, const std::filesystem::path& file) {
    try {
        SqliteStatement(connection, "SELECT count(*) FROM sqlite_master", "read " + file.string()).step();
    } catch (const StoreError& error) {
        const bool unopened = std::string_view(error.what()).find("unable to open") != std::string_view::npos;
        if (error.kind != StoreError::Kind::refused && !unopened) throw; // refused: to write, where it was to read
        const std::string what = error.what();
        throw StoreError(StoreError::Kind::lost, what.substr(0, what.find("\nhint: ")) +
                                                     "\nhint: a database in WAL mode is read through its -wal and -shm "
                                                     "files: let retentiond write to its folder, " +
                                                     file.parent_path().string());
    }
}

} // namespace

SqliteConnection::SqliteConnection(std::string store, const std::filesystem::path& file, Access access,
                                   std::chrono::milliseconds busy_timeout) {
    require_file(store, file);
    state_ = std::make_shared<State>(std::move(store), file_uri(file, access));
    state_->busy_timeout = busy_timeout;
    sqlite3_extended_result_codes(handle(), 1);
    sqlite3_busy_handler(handle(), wait_for_lock, state_.get());
    configure(*state_, SQLITE_DBCONFIG_DQS_DML, 0);
    configure(*state_, SQLITE_DBCONFIG_DQS_DDL, 0);
    configure(*state_, SQLITE_DBCONFIG_DEFENSIVE, 1);
    require_readable(*this, file);
    require_pragma(*this, *state_, "foreign_keys");
    if (access == Access::read_write) require_pragma(*this, *state_, "secure_delete");
}

sqlite3* SqliteConnection::handle() const noexcept {
    return state_->handle();
}

const std::string& SqliteConnection::store() const noexcept {
    return state_->store;
}

bool SqliteConnection::in_transaction() const noexcept {
    return sqlite3_get_autocommit(handle()) == 0;
}

std::int64_t SqliteConnection::exec(std::string_view sql, std::initializer_list<Value> values) {
    SqliteStatement statement(*this, sql, std::string(sql.substr(0, sql.find_first_of(" \n"))));
    statement.bind_all(values);
    const auto before = sqlite3_total_changes64(handle());
    while (statement.step()) {
    }
    return sqlite3_total_changes64(handle()) == before ? 0 : sqlite3_changes64(handle());
}

void SqliteConnection::cancel() noexcept {
    int expected = State::running;
    if (state_->activity.compare_exchange_strong(expected, State::cancelled)) sqlite3_interrupt(handle());
}

} // namespace retention
