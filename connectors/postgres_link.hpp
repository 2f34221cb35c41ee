#pragma once
// A live connection and the one statement that may run on it: sent, its answers taken one by one, so that a result of
// any size needs the memory of a row; ended by itself, by cancel() from another thread, or by being abandoned. No
// opinion on transactions.
//
// Once the connection is lost it stays lost: every later statement fails at once and says why.

#include "connectors/others.hpp"
#include "connectors/patience.hpp"
#include "connectors/postgres_error.hpp"
#include "connectors/postgres_soci.hpp"
#include "connectors/postgres_text.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

struct pg_cancel;
struct pg_result;

namespace retention {

struct PostgresClear {
    void operator()(pg_result*) const noexcept;
};
using PostgresResult = std::unique_ptr<pg_result, PostgresClear>;

class PostgresLink {
public:
    // Throws std::runtime_error with libpq's message where no connection can be made. A server that says nothing for
    // `grace` beyond its own timeout of statements counts as lost. `others`, where there is one, is told of each
    // transaction.
    PostgresLink(std::string store, const std::string& uri, const Patience&,
                 std::chrono::milliseconds grace = std::chrono::seconds{30}, std::shared_ptr<Others> others = nullptr);
    ~PostgresLink();
    PostgresLink(const PostgresLink&) = delete;
    PostgresLink& operator=(const PostgresLink&) = delete;

    // As it is sent. Refused where it holds a zero byte.
    PostgresText text_of(const Sql&, const std::string& operation) const;
    // Sends a statement and returns its number; rows come one at a time. Fails where one still runs.
    std::uint64_t start(const Sql&, const std::string& operation, bool row_by_row = true);
    // Sends what libpq's function sends, which must return 1.
    std::uint64_t start(const std::function<int(pg_conn*)>& send, const std::string& operation, bool row_by_row = true);
    // The next answer of the statement; null: it has ended. After a StoreError it has ended as well.
    PostgresResult next();
    // Runs it to its end and drops its rows. The last answer that it gave.
    PostgresResult run(const Sql&, const std::string& operation);

    std::uint64_t running() const noexcept { return statement_; } // 0: none
    // Ends the statement that runs, if one does. `at_once`: by cancelling it, unless its end is in sight, which aborts
    // an open transaction; otherwise its rows are read and dropped.
    void abandon(bool at_once) noexcept;
    // From any thread: the statement that runs, if one does, ends with StoreError cancelled; never the next one.
    void cancel() noexcept;

    bool dead() const noexcept { return !lost_.empty(); }
    void declare_dead(const std::string& why);
    bool in_transaction() const noexcept; // by the server's word; only while no statement runs
    int version() const noexcept;         // 150003
    const std::string& store() const noexcept { return store_; }
    [[noreturn]] void fail(StoreError::Kind, const std::string& operation, const std::string& what) const;

private:
    using Clock = std::chrono::steady_clock;
    enum class Activity { idle, running, cancelled };

    PostgresResult receive();
    bool wait_for_bytes();
    bool answers_before(Clock::time_point);
    void finish() noexcept;
    bool was_cancelled() noexcept;
    [[noreturn]] void fail_with(const PostgresFault&);
    PostgresFault fault_of(const pg_result*);

    std::string store_;
    std::chrono::milliseconds silence_; // how long the server may say nothing; zero: for ever
    const std::shared_ptr<Others> others_;
    SociPostgres soci_;
    pg_conn* const handle_;
    pg_cancel* const canceller_;
    std::string operation_, lost_;
    std::uint64_t statement_ = 0, statements_ = 0;
    std::mutex mutex_; // of activity_: a cancel that is under way holds up the end of its statement
    Activity activity_ = Activity::idle;
};

} // namespace retention
