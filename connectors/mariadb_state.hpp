#pragma once
// What one connection's parts share: the handle, whether it is dead, which statement runs, and how that is cancelled.
//
// KILL QUERY ends whatever a connection runs when it arrives, and nothing where it is between two commands, as from
// prepare to execute. So it is sent while a statement holds the connection, again where that goes on; and a statement
// that was killed gives the connection back only when one without effect has taken what may be left of a kill. The next
// one is therefore never hit.

#include "connectors/mariadb_open.hpp"
#include "connectors/others.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace retention {

class MariadbStatement;

class MariadbState {
public:
    MariadbState(const StoreSettings&, const Patience&, std::shared_ptr<Others> = nullptr);

    const std::string& store() const noexcept { return settings_.name; }
    st_mysql* handle() const noexcept { return connection_.get(); }
    const Patience& patience() const noexcept { return patience_; }
    bool dead() const noexcept { return dead_; }
    bool was_cancelled() const noexcept { return killed_; } // the statement that runs

    // Another statement goes to the server, which counts it.
    void sends() noexcept {
        if (others_) others_->sent();
    }
    // Text without values and without rows: BEGIN, ROLLBACK, SET. Cannot be cancelled.
    void command(const std::string& sql, std::string_view operation);
    void begin(const std::string& sql, std::string_view operation);
    void commit();
    void rollback();
    // Throws the handle's error. Lost: the connection is dead from then on.
    [[noreturn]] void fail(std::string_view operation, unsigned number, std::string_view words);
    [[noreturn]] void refuse(std::string_view operation, const std::string& what) const;
    // The server ends its side too, and rolls back.
    void give_up() noexcept;

    // From any thread: KILL QUERY over a connection of its own, where a statement runs; again while it goes on.
    void cancel(int times = 5) noexcept;

    MariadbStatement* open = nullptr; // whose rows are being read

private:
    friend class MariadbRunning;
    void check_free(std::string_view operation);
    void absorb_kill() noexcept;

    StoreSettings settings_;
    Patience patience_;
    std::shared_ptr<Others> others_;
    MariadbHandle connection_;
    std::string server_; // which one it is: behind one name there may be several
    bool dead_ = false;
    bool begun_ = false; // a transaction
    bool ended_ = false; // by an error: the server has undone it, and a further statement would stand for itself
    std::mutex mutex_;
    std::uint64_t statements_ = 0, running_ = 0; // under the mutex: counted; the one that runs, 0: none
    std::condition_variable over_;
    std::atomic<bool> killed_ = false;
};

// The connection is a statement's for as long as this lives.
class MariadbRunning {
public:
    // Throws StoreError where the connection is dead, or rows of another statement are still being read.
    MariadbRunning(MariadbState&, std::string_view operation);
    ~MariadbRunning();
    MariadbRunning(const MariadbRunning&) = delete;
    MariadbRunning& operator=(const MariadbRunning&) = delete;

private:
    MariadbState& state_;
};

} // namespace retention
