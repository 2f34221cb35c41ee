#include "tests/support/notify_listener.hpp"

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace retention::test {

NotifyListener::NotifyListener(const std::string& address)
    : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)), path_(address.front() == '@' ? "" : address) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path, address.data(), address.size());
    if (address.front() == '@') name.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&name), length) != 0)
        throw std::runtime_error("cannot listen at " + address + ": " + std::strerror(errno));
    const timeval patience{30, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setenv("NOTIFY_SOCKET", address.c_str(), 1);
}

NotifyListener::~NotifyListener() {
    ::unsetenv("NOTIFY_SOCKET");
    ::close(socket_);
    if (!path_.empty()) ::unlink(path_.c_str());
}

std::string NotifyListener::next() {
    char text[4096];
    const auto size = ::recv(socket_, text, sizeof text, 0);
    if (size < 0) throw std::runtime_error("nothing was heard");
    return {text, static_cast<std::size_t>(size)};
}

std::string NotifyListener::next_with(const std::string& text) {
    for (;;)
        if (auto message = next(); message.find(text) != std::string::npos) return message;
}

} // namespace retention::test
