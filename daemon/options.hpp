#pragma once
// The command line, read strictly: what is not understood in full is refused before anything is opened. An unknown or
// shortened option, a second value, an excess word or a number with a tail are all errors. Pure; no I/O.

#include "daemon/journal.hpp"
#include "policies/calendar.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace retention {

enum class Command {
    nothing, // `retentiond` alone
    help,
    version,
    run,
    check,
    report,
    explain,
    purge,
    approve,
    hold,
    erase,
    status,
    audit_verify,
    audit_show,
    audit_prove,
    audit_export
};

enum class Format { text, json, csv, html };

struct Options {
    Command command = Command::nothing;
    Command topic = Command::nothing; // of help: the command that it is about
    std::filesystem::path config = "/etc/retentiond/retentiond.toml";
    Format format = Format::text;
    std::optional<Date> as_of;
    std::vector<std::string> categories; // --category, or the words after purge and approve
    std::string key;
    std::filesystem::path output; // empty: standard output
    bool all = false, yes = false, local = false;
    std::optional<std::int64_t> limit;
    bool offline = false, grants = false;
    bool once = false;               // of run: no daemon, each category once
    bool config_named = false;       // --config was given
    std::filesystem::path directory; // of an audit log, where it is not the configuration's
    std::string run, event;          // of audit show: only these
    LogFormat log_format = LogFormat::automatic;
    std::filesystem::path socket; // of the daemon; empty: the configuration's
    std::optional<std::int64_t> last;
};

class UsageError : public std::runtime_error {
public:
    UsageError(const std::string& what, std::string what_to_do)
        : std::runtime_error(what), hint(std::move(what_to_do)) {}
    std::string hint;
};

// The words after the program's name. Throws UsageError.
Options read_options(const std::vector<std::string>& words);
// What --help prints: commands, options and exit codes; of one command its own.
std::string help_text(Command topic);
std::string name_of(Command); // "purge", "audit verify"

} // namespace retention
