#pragma once
// The other end of the control socket: what the commands ask the running daemon. One request a connection, as
// `curl --unix-socket` makes them. No rights here: the daemon judges by the credentials of this process.

#include "daemon/exit_code.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace retention {

// Nobody answers there; what() says where, why and what to do.
class DaemonUnreachable : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The daemon answered with a problem (RFC 9457): its words and hint, and how a command ends that meets it.
class DaemonRefused : public std::runtime_error {
public:
    DaemonRefused(const std::string& what, ExitCode with) : std::runtime_error(what), code(with) {}
    ExitCode code;
};

class ControlClient {
public:
    // `patience`: behind systemd's socket a request waits for a daemon that may never start; an answer that needs no
    // counting begins within this time, or there is none.
    explicit ControlClient(std::filesystem::path socket, std::chrono::milliseconds patience = std::chrono::minutes(1))
        : socket_(std::move(socket)), patience_(patience) {}

    // The body of the answer. `target` is "/v1/status", or with a query whose values went through in_query().
    // Throw DaemonUnreachable, DaemonRefused.
    std::string get(const std::string& target) const;
    std::string post(const std::string& target, const std::string& body) const;
    // As get, of what the daemon counts first, for as long as that takes.
    std::string get_counted(const std::string& target) const;

    // Each line of a stream as it comes, until the daemon ends it. SIGINT and SIGTERM do not end this process
    // meanwhile, but call `interrupted`, each time.
    void follow(const std::string& target, const std::function<void(const std::string&)>& line,
                const std::function<void()>& interrupted) const;

private:
    std::filesystem::path socket_;
    std::chrono::milliseconds patience_;
};

std::string in_query(std::string_view value); // percent-encoded, RFC 3986

} // namespace retention
