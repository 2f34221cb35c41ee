#pragma once
// Word to systemd of how the service is (sd_notify(3)): one datagram to the socket that $NOTIFY_SOCKET names.
// Without libsystemd, which would be a dependency for thirty lines.

#include <string_view>

namespace retention {

// "READY=1\nSTATUS=next run …". False where nobody listens (no such variable) or the datagram could not be sent: a
// service never fails for that.
bool notify_service_manager(std::string_view state);

} // namespace retention
