#include "connectors/postgres_link.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include <poll.h>

namespace retention {
namespace {

using Kind = StoreError::Kind;
using std::chrono::milliseconds;

// How often a statement that was cancelled is cancelled again: the first may come before the server has begun it.
constexpr milliseconds look_up{200};
// A cancel costs a connection of its own: rows that nobody reads are awaited for so long first.
constexpr milliseconds worth_waiting{20};

std::string field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text ? text : "";
}

// A notice may quote rows, and nobody reads it.
void ignore_notice(void*, const PGresult*) {}

SociPostgres& quiet(SociPostgres& soci) {
    PQsetNoticeReceiver(soci.handle(), ignore_notice, nullptr);
    return soci;
}

} // namespace

void PostgresClear::operator()(pg_result* result) const noexcept {
    PQclear(result);
}

PostgresLink::PostgresLink(std::string store, const std::string& uri, const Patience& patience, milliseconds grace,
                           std::shared_ptr<Others> others)
    : store_(std::move(store))
    , silence_(patience.statement.count() > 0 ? patience.statement + grace : milliseconds{})
    , others_(std::move(others))
    , soci_(uri)
    , handle_(quiet(soci_).handle())
    , canceller_(PQgetCancel(handle_)) {
    if (!canceller_) throw std::runtime_error("the connection gives no handle to cancel with");
    // The server's own transaction as it lets a session in, and SOCI's SET extra_float_digits.
    for (int i = 0; others_ && i < 2; ++i) others_->sent();
}

PostgresLink::~PostgresLink() {
    PQfreeCancel(canceller_);
}

PostgresText PostgresLink::text_of(const Sql& sql, const std::string& operation) const {
    try {
        return postgres_text(sql);
    } catch (const std::invalid_argument& error) {
        fail(Kind::refused, operation, error.what());
    }
}

std::uint64_t PostgresLink::start(const Sql& sql, const std::string& operation, bool row_by_row) {
    const PostgresText text = text_of(sql, operation);
    std::vector<const char*> values;
    for (const auto& value : text.values) values.push_back(value ? value->c_str() : nullptr);
    return start(
        [&](PGconn* connection) {
            const int count = static_cast<int>(values.size());
            return PQsendQueryParams(connection, text.text.c_str(), count, nullptr, values.data(), nullptr, nullptr, 0);
        },
        operation, row_by_row);
}

std::uint64_t PostgresLink::start(const std::function<int(pg_conn*)>& send, const std::string& operation,
                                  bool row_by_row) {
    if (dead()) fail(Kind::lost, operation, "the connection was lost before: " + lost_);
    if (statement_ != 0) fail(Kind::failed, operation, "the rows of another statement are still being read");
    operation_ = operation;
    statement_ = ++statements_;
    if (others_ && PQtransactionStatus(handle_) == PQTRANS_IDLE) others_->sent();
    const std::lock_guard lock(mutex_);
    if (send(handle_) != 1) {
        statement_ = 0;
        const bool gone = PQstatus(handle_) != CONNECTION_OK;
        fail_with({"", PQerrorMessage(handle_), "", gone, false});
    }
    if (row_by_row) PQsetSingleRowMode(handle_);
    activity_ = Activity::running;
    return statement_;
}

PostgresResult PostgresLink::run(const Sql& sql, const std::string& operation) {
    start(sql, operation);
    PostgresResult last;
    while (PostgresResult result = next()) last = std::move(result);
    return last;
}

PostgresResult PostgresLink::next() {
    PostgresResult result = receive();
    if (!result) {
        finish();
        return result;
    }
    const auto status = PQresultStatus(result.get());
    if (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return result;
    PostgresFault fault = fault_of(result.get());
    if (status == PGRES_EMPTY_QUERY) fault.message = "the statement is empty";
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
        fault.message = "COPY is not for a statement of this program";
        declare_dead(fault.message);
    }
    while (!dead() && receive()) {
    }
    fault.cancelled = was_cancelled();
    finish();
    fail_with(fault);
}

// Null: the statement has ended. Throws where the server says nothing for too long.
PostgresResult PostgresLink::receive() {
    while (PQisBusy(handle_)) {
        if (!wait_for_bytes()) {
            finish();
            fail_with({"", "the server has said nothing for too long", "", true, false});
        }
        if (!PQconsumeInput(handle_)) break; // PQgetResult has the reason
    }
    return PostgresResult(PQgetResult(handle_));
}

bool PostgresLink::wait_for_bytes() {
    const auto since = Clock::now();
    pollfd socket{PQsocket(handle_), POLLIN, 0};
    for (;;) {
        const int ready = ::poll(&socket, 1, static_cast<int>(look_up.count()));
        if (ready > 0 || (ready < 0 && errno != EINTR)) return true;
        if (was_cancelled()) cancel();
        if (silence_.count() > 0 && Clock::now() - since > silence_) return false;
    }
}

void PostgresLink::abandon(bool at_once) noexcept {
    if (statement_ == 0) return;
    const auto soon = Clock::now() + worth_waiting;
    try {
        do {
            if (at_once && !answers_before(soon)) {
                cancel();
                at_once = false;
            }
        } while (!dead() && receive());
    } catch (const std::exception&) { // the link is dead now
    }
    finish();
}

bool PostgresLink::answers_before(Clock::time_point deadline) {
    pollfd socket{PQsocket(handle_), POLLIN, 0};
    for (;;) {
        const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) return false;
        if (!PQisBusy(handle_)) return true;
        if (::poll(&socket, 1, static_cast<int>(left)) > 0 && !PQconsumeInput(handle_)) return true;
    }
}

void PostgresLink::cancel() noexcept {
    const std::lock_guard lock(mutex_);
    if (activity_ == Activity::idle) return;
    activity_ = Activity::cancelled;
    std::array<char, 256> why{};
    PQcancel(canceller_, why.data(), static_cast<int>(why.size()));
}

bool PostgresLink::was_cancelled() noexcept {
    const std::lock_guard lock(mutex_);
    return activity_ == Activity::cancelled;
}

void PostgresLink::finish() noexcept {
    const std::lock_guard lock(mutex_);
    activity_ = Activity::idle;
    statement_ = 0;
}

void PostgresLink::declare_dead(const std::string& why) {
    if (lost_.empty()) lost_ = why.empty() ? "no reason is known" : why;
}

bool PostgresLink::in_transaction() const noexcept {
    const auto status = PQtransactionStatus(handle_);
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

int PostgresLink::version() const noexcept {
    return PQserverVersion(handle_);
}

PostgresFault PostgresLink::fault_of(const pg_result* result) {
    PostgresFault fault;
    fault.sqlstate = field(result, PG_DIAG_SQLSTATE);
    fault.message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    fault.hint = field(result, PG_DIAG_MESSAGE_HINT);
    if (fault.message.empty()) fault.message = PQresultErrorMessage(result);
    const std::string severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    fault.fatal = severity == "FATAL" || severity == "PANIC" || PQstatus(handle_) != CONNECTION_OK;
    return fault;
}

void PostgresLink::fail_with(const PostgresFault& fault) {
    const StoreError error = postgres_error(store_, operation_, fault);
    if (error.kind == Kind::lost) declare_dead(fault.message);
    throw error;
}

void PostgresLink::fail(Kind kind, const std::string& operation, const std::string& what) const {
    throw StoreError(kind, "store '" + store_ + "': " + operation + ": " + what);
}

} // namespace retention
