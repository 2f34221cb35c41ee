#pragma once
// The journal's native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): one datagram an entry. Without libsystemd, which
// would be a dependency for forty lines.

#include "daemon/durable_file.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace retention {

// "category" -> "RETENTIOND_CATEGORY": upper case letters, digits and underscores, as the journal wants them.
std::string journal_name(std::string_view field);
// A value with line ends goes with its length in front, so that it can forge no field.
std::string journal_entry(const std::vector<std::pair<std::string, std::string>>& fields);

class JournalSocket {
public:
    // Nothing where no journal listens there.
    static std::optional<JournalSocket> connect(const std::filesystem::path&);
    // False where it was not taken: too long for a datagram, or the journal is gone. Never blocks for long.
    bool send(const std::vector<std::pair<std::string, std::string>>& fields) const;

private:
    explicit JournalSocket(Descriptor socket) : socket_(std::move(socket)) {}
    Descriptor socket_;
};

} // namespace retention
