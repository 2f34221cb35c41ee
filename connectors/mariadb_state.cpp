#include "connectors/mariadb_state.hpp"

#include "connectors/mariadb_error.hpp"
#include "connectors/mariadb_statement.hpp"

#include <mysql.h>
#include <sys/socket.h>
#include <utility>

namespace retention {

namespace {

// The first value of a query's only row; empty where it fails.
std::string answer_of(MYSQL* handle, std::string_view query) {
    if (mysql_real_query(handle, query.data(), query.size()) != 0) return {};
    std::string answer;
    MYSQL_RES* rows = mysql_store_result(handle);
    if (const MYSQL_ROW row = rows ? mysql_fetch_row(rows) : nullptr)
        if (row[0]) answer = row[0];
    mysql_free_result(rows);
    return answer;
}

constexpr std::string_view which_server = "SELECT CONCAT_WS(' ', @@hostname, @@port, @@server_id, @@datadir)";

} // namespace

MariadbState::MariadbState(const StoreSettings& settings, const Patience& patience, std::shared_ptr<Others> others)
    : settings_(settings)
    , patience_(patience)
    , others_(std::move(others))
    , connection_(settings, patience)
    , server_(answer_of(handle(), which_server)) {}

void MariadbState::check_free(std::string_view operation) {
    if (dead_) fail(operation, 2006, "the connection is gone");
    if (open) refuse(operation, "the rows of \"" + open->operation() + "\" are still being read");
    if (ended_) refuse(operation, "the transaction was ended by an error and has not been rolled back");
}

void MariadbState::command(const std::string& sql, std::string_view operation) {
    check_free(operation);
    sends();
    if (mysql_real_query(handle(), sql.data(), sql.size()) != 0)
        fail(operation, mysql_errno(handle()), mysql_error(handle()));
    if (MYSQL_RES* rows = mysql_store_result(handle())) mysql_free_result(rows);
}

void MariadbState::begin(const std::string& sql, std::string_view operation) {
    command(sql, operation);
    begun_ = true;
}

// A deadlock, which Galera also finds when it certifies, has undone the transaction; what the server refuses has not
// been done. After any other error only the witness row knows, and this connection must not hold the answer up.
void MariadbState::commit() {
    constexpr std::string_view operation = "commit", sql = "COMMIT";
    check_free(operation);
    sends();
    if (mysql_real_query(handle(), sql.data(), sql.size()) == 0) {
        begun_ = false;
        return;
    }
    const unsigned number = mysql_errno(handle());
    auto error = mariadb_error(store(), operation, number, mysql_error(handle()));
    if (number != 1213 && error.kind != StoreError::Kind::refused) {
        give_up();
        error.kind = StoreError::Kind::lost;
    }
    ended_ = begun_;
    throw error;
}

void MariadbState::rollback() {
    ended_ = false;
    if (!dead_) command("ROLLBACK", "roll back");
    begun_ = false;
}

void MariadbState::fail(std::string_view operation, unsigned number, std::string_view words) {
    using Kind = StoreError::Kind;
    auto error = mariadb_error(store(), operation, number, words);
    if (error.kind == Kind::lost) give_up();
    if (error.kind == Kind::busy && begun_) ended_ = true;
    const bool stopped = error.kind == Kind::busy || error.kind == Kind::failed;
    if (stopped && killed_) error.kind = Kind::cancelled; // by another name: 1969, 1028, 1105
    throw error;
}

void MariadbState::refuse(std::string_view operation, const std::string& what) const {
    throw StoreError(StoreError::Kind::failed, "store '" + store() + "': " + std::string(operation) + ": " + what);
}

void MariadbState::give_up() noexcept {
    dead_ = true;
    const auto socket = mysql_get_socket(handle());
    if (socket != MARIADB_INVALID_SOCKET) shutdown(socket, SHUT_RDWR);
}

void MariadbState::cancel(int times) noexcept {
    std::unique_lock lock(mutex_);
    const auto statement = running_;
    if (statement == 0) return;
    try {
        const MariadbHandle other(settings_, patience_);
        // Behind a proxy it may be another server, where the number is someone else's.
        if (server_.empty() || answer_of(other.get(), which_server) != server_) return;
        const auto kill = "KILL QUERY " + std::to_string(mysql_thread_id(handle()));
        for (int sent = 1; sent <= times; ++sent) {
            killed_ = true; // before it is sent, so that whoever gets its error knows
            mysql_real_query(other.get(), kill.data(), kill.size());
            if (sent == times ||
                over_.wait_for(lock, std::chrono::milliseconds(20), [&] { return running_ != statement; }))
                return;
        }
    } catch (const std::exception&) { // NOLINT(bugprone-empty-catch): its own timeout ends the statement
    }
}

// The kill may have come when the statement was over, and then waits for the next.
void MariadbState::absorb_kill() noexcept {
    constexpr std::string_view nothing = "DO 0";
    for (int tries = 0; tries < 3 && !dead_; ++tries) {
        if (mysql_real_query(handle(), nothing.data(), nothing.size()) == 0) return;
        if (mysql_errno(handle()) != 1317) break;
    }
    if (!dead_) give_up();
}

MariadbRunning::MariadbRunning(MariadbState& state, std::string_view operation) : state_(state) {
    state.check_free(operation);
    const std::lock_guard lock(state.mutex_);
    state.running_ = ++state.statements_;
}

MariadbRunning::~MariadbRunning() {
    const std::lock_guard lock(state_.mutex_);
    if (state_.killed_) state_.absorb_kill();
    state_.killed_ = false;
    state_.running_ = 0;
    state_.over_.notify_all();
}

} // namespace retention
