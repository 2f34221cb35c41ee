#pragma once
// The promise that the audit log makes (design.md section 7, 3), as a judge of what happened: every disposal is in the
// log exactly once, intent before commit, and the log claims none that did not happen.

#include "daemon/digest.hpp"
#include "tests/support/failing_connector.hpp"

#include <boost/json/object.hpp>
#include <filesystem>

namespace retention::test {

using Lines = std::vector<boost::json::object>;

Lines read_log(const std::filesystem::path& directory); // every segment, in the order of their names
std::vector<std::string> events(const Lines&);
Lines with_event(const Lines&, std::string_view event);

// What is broken, one sentence each; empty where the promise holds. `stores` by name. An intent that is still open is
// broken too: judge after recovery.
std::vector<std::string> broken_promises(const std::map<std::string, NaiveStore>& stores, const Lines&,
                                         const AuditKey&);

} // namespace retention::test
