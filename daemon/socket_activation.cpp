// What systemd hands over when it listens in the daemon's place: sd_listen_fds(3), without libsystemd.

#include "daemon/control_socket.hpp"

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace retention {
namespace {

constexpr const char* wanted_name = "control";

[[noreturn]] void fail(const std::string& why) {
    throw std::runtime_error("the socket that systemd handed over " + why +
                             "; hint: retentiond.socket has one ListenStream= with a path, and "
                             "FileDescriptorName=control");
}

std::optional<long> number(const char* text) {
    long value = 0;
    if (text == nullptr) return {};
    const char* end = text + std::strlen(text);
    const auto [at, error] = std::from_chars(text, end, value);
    return error == std::errc{} && at == end ? std::optional(value) : std::nullopt;
}

std::vector<std::string> names_of(const char* text) {
    std::vector<std::string> names;
    std::string rest = text == nullptr ? "" : text;
    for (std::size_t colon = 0; !rest.empty(); rest = colon == std::string::npos ? "" : rest.substr(colon + 1)) {
        colon = rest.find(':');
        names.push_back(rest.substr(0, colon));
    }
    return names;
}

// The place of ours among so many.
int chosen(int count, const std::vector<std::string>& names) {
    std::optional<int> found;
    for (int at = 0; at < count && at < static_cast<int>(names.size()); ++at) {
        if (names[static_cast<std::size_t>(at)] != wanted_name) continue;
        if (found) fail("is not one: two are named control");
        found = at;
    }
    if (found) return *found;
    if (count != 1) fail("is not one: there are " + std::to_string(count) + ", and none is named control");
    return 0;
}

int option(int descriptor, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    return ::getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

void require_listening_unix_stream(int descriptor) {
    if (option(descriptor, SO_DOMAIN) != AF_UNIX) fail("is no Unix socket");
    if (option(descriptor, SO_TYPE) != SOCK_STREAM) fail("is no stream socket");
    if (option(descriptor, SO_ACCEPTCONN) != 1) fail("does not listen (Accept=yes is not supported)");
}

} // namespace

std::optional<ControlSocket> ControlSocket::handed_over(int first) {
    const auto process = number(std::getenv("LISTEN_PID"));
    const auto count = number(std::getenv("LISTEN_FDS"));
    const auto names = names_of(std::getenv("LISTEN_FDNAMES"));
    for (const char* variable : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID"}) ::unsetenv(variable);
    if (process != ::getpid() || !count || *count <= 0) return {};
    if (*count > 1024) fail("is one of too many");
    for (int at = 0; at < *count; ++at) ::fcntl(first + at, F_SETFD, FD_CLOEXEC);
    const int descriptor = first + chosen(static_cast<int>(*count), names);
    require_listening_unix_stream(descriptor);
    return ControlSocket(descriptor, {});
}

} // namespace retention
