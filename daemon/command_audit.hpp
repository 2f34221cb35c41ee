#pragma once
// `audit verify` and `audit show`. Both read only, take no lock, and work beside a daemon that is writing.

#include "daemon/exit_code.hpp"
#include "daemon/planning.hpp"
#include "daemon/terminal.hpp"

#include <cstddef>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

namespace retention {

struct AuditVerifyRequest {
    std::filesystem::path directory = {}; // empty: the configuration's
    bool json = false;
    OpenStore open_store = make_connector;
    std::filesystem::path credentials = {}; // where the audit key may be
};
// Without a configuration the directory alone is read (an export, elsewhere), and its end cannot be anchored.
// Ends done, log_broken or unanchored; incomplete where the log cannot be read; usage where there is no directory.
//
// JSON: { "verdict": "whole", "lines": 42, "segments": 1, "anchored_to": 42, "anchors": ["the state directory"],
//         "problem": null, "notes": [] }, a problem being { "segment", "line", "seq", "what" }.
ExitCode audit_verify(const Configuration*, const AuditVerifyRequest&, std::ostream& out, std::ostream& err);

struct AuditShowRequest {
    std::filesystem::path directory = {};            // empty: the configuration's
    std::string run = {}, category = {}, event = {}; // empty: any. A category's batches are shown with their outcomes
    std::optional<std::size_t> last = {};            // only so many, the last of those that match
    bool json = false;                               // the lines as they are, JSON Lines; otherwise a table
    Terminal terminal = {};
};
// Shows what can be read; a line that cannot is named on `err`, and the end is then log_broken.
ExitCode audit_show(const Configuration*, const AuditShowRequest&, std::ostream& out, std::ostream& err);

} // namespace retention
