#pragma once
// The journal of this process, for as long as this lives: a socket at which a NotifyListener hears its lines.

#include "daemon/journal.hpp"

namespace retention::test {

struct JournalAt {
    explicit JournalAt(const std::filesystem::path& socket) { open_journal(LogFormat::journal, socket); }
    ~JournalAt() { open_journal(LogFormat::text, "/nowhere"); }
    JournalAt(const JournalAt&) = delete;
    JournalAt& operator=(const JournalAt&) = delete;
};

} // namespace retention::test
