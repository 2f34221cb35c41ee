#pragma once
// The file of the History: found whole, found lost, or made new. Not for anyone else.

#include "daemon/state.hpp"

#include <chrono>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>

namespace soci {
class session;
}

namespace retention {

struct HistoryFile {
    std::unique_ptr<soci::session> sql = {}; // null where it was lost; a busy one may still be read through it
    std::string lost = {};                   // why, and what to do
    bool busy = false;                       // it is not lost: another process has it locked
};

// For so long it waits for a lock of another process (a backup, somebody's shell).
using Patience = std::chrono::milliseconds;
void be_patient(soci::session&, Patience);
// Nobody else has it locked, not even to read: a reader lets nothing be committed. Waits as long as it is patient.
bool is_free(soci::session&);

// What a failure makes of it: "the state is lost: FILE cannot be used: …" or "the state is busy: …", with what to do.
HistoryFile unusable_history(const std::filesystem::path& state_directory, const std::exception&, HistoryFile = {});
// `past`: the audit log shows that the daemon has run before.
HistoryFile open_history(const std::filesystem::path& state_directory, bool past, Patience);
// What is there goes aside under a name that is free; a new one is made. Not for one that is only busy.
HistoryFile begin_history_anew(const std::filesystem::path& state_directory, Patience);

} // namespace retention
