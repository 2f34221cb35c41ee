#pragma once
// What the daemon says of its own work: one line each, with its priority and fields (category, run, …) that a search
// can use: `journalctl -u retentiond RETENTIOND_CATEGORY=contacts`. Evidence is not here but in the audit log; no key
// or column value enters either. Thread-safe.

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace retention {

enum class LogFormat {
    automatic, // the journal where $JOURNAL_STREAM says that it reads our error stream, otherwise text
    journal,   // its native protocol, with fields; "<6>text" on the error stream where its socket is not there
    text,      // on the error stream, with the time
    json       // on the error stream: {"time", "level", "message", and the fields}
};

// Once, before the first line. `socket`: of the journal.
void open_journal(LogFormat = LogFormat::automatic,
                  const std::filesystem::path& socket = "/run/systemd/journal/socket");

// Names in lower case: "category". In the journal they are RETENTIOND_CATEGORY, in JSON as they are.
using Fields = std::vector<std::pair<std::string, std::string>>;

void tell(std::string_view, const Fields& = {});  // <6> info
void warn(std::string_view, const Fields& = {});  // <4> warning: a person should look at it
void alarm(std::string_view, const Fields& = {}); // <3> error: something was not done

// For what is said before the journal is open. Whether it is what reads our error stream (not a terminal or a pipe of a
// process that inherited the variable), and a text as it takes it from there: the priority before each line.
bool journal_reads_errors();
std::string with_priority(char, std::string_view text); // '3', '4'

} // namespace retention
