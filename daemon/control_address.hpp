#pragma once
// Which daemon a command speaks to, and whether it has to: a person who may use the control socket need not be able to
// read the configuration, which names where the passwords are.

#include "daemon/context.hpp"
#include "daemon/options.hpp"

#include <filesystem>

namespace retention {

// --socket, or what the configuration says where it can be read, or /run/retentiond/control.sock.
std::filesystem::path control_socket(const Options&, const Context&);
// "/v1/report?category=…&as_of=…"
std::string report_target(const Options&);
// Report and explain work in this process unless that is said, or the configuration may not be read.
bool asks_daemon(const Options&);

} // namespace retention
