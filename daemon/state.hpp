#pragma once
// The state directory: the lock that makes one process the writer of the audit log, and the head that the log had when
// last written, kept beside it so that a log cut at its tail is found.

#include "daemon/durable_file.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>

namespace retention {

// The end of the audit log: its last line.
struct Head {
    std::uint64_t seq = 0; // 0: no line yet
    std::string hash = std::string(64, '0');
    bool operator==(const Head&) const = default;
};

// Another process holds the lock; what() says who: "… is held by process 123 (retentiond run)".
class StateHeld : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

class State {
public:
    // Creates the directory (0700) where it is missing and takes the lock, or throws StateHeld or std::runtime_error.
    // The lock ends with the process, however that ends.
    static State acquire(const std::filesystem::path& directory);
    State(State&&) noexcept;
    State& operator=(State&&) = delete;
    ~State();

    const std::filesystem::path& directory() const { return directory_; }
    // Durable when it returns: written aside, fsynced, renamed.
    void keep(const Head&);
    // As keep(), but not forced to the disk: it outlives the process, and a power cut leaves this head or an older one.
    // Each is a head that the log had: one sector, written in place.
    void note(const Head&);

private:
    State(std::filesystem::path directory, Descriptor lock);
    std::filesystem::path directory_;
    Descriptor lock_;
};

// Reads the head without the lock: for `audit verify`. Nothing where there is none; throws where it is damaged.
std::optional<Head> kept_head(const std::filesystem::path& state_directory);
// Who holds the lock now: "process 123 (retentiond run)". Nothing where it is free. Never takes it, not even for a
// moment: a daemon that starts just then must not find it held.
std::optional<std::string> state_holder(const std::filesystem::path& state_directory);

} // namespace retention
