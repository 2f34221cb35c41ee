#pragma once
// The file of the History: found whole, found lost, or made new. Not for anyone else.

#include "daemon/state.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace soci {
class session;
}

namespace retention {

struct HistoryFile {
    std::unique_ptr<soci::session> sql; // null where it was lost
    std::string lost;                   // why, and what to do
};

// "the state is lost: FILE why", with what to do.
std::string lost_history(const std::filesystem::path& state_directory, const std::string& why);
// `past`: the audit log shows that the daemon has run before.
HistoryFile open_history(const std::filesystem::path& state_directory, bool past);
// What is there goes aside under a name that is free; a new one is made.
HistoryFile begin_history_anew(const std::filesystem::path& state_directory);

} // namespace retention
