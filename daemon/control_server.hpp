#pragma once
// Listens at the control socket and counts who is connected. Runs on the service's io_context, on its one thread, and
// needs no lock. HTTP is the connection's business (daemon/control_connection.hpp), what is asked the api's
// (daemon/control_api.hpp).

#include "daemon/control_connection.hpp"
#include "daemon/control_socket.hpp"

#include <boost/asio/io_context.hpp>

namespace retention {

struct ControlServerSettings {
    ControlRights rights;
    ControlLimits limits = {};
    const UserDatabase& users = system_users();
    std::function<std::optional<Peer>(int)> peer = peer_of; // asked once, after accept
    ControlApi::Clock clock = std::chrono::steady_clock::now;
};

class ControlServer {
public:
    // Listens from here on. The Control must outlive it.
    ControlServer(boost::asio::io_context&, ControlSocket, Control&, ControlServerSettings);
    ~ControlServer(); // closes everything at once; no handler that is left over touches the Control

    void set_rights(ControlRights); // after a reload; of every later command
    // Takes no more connections or requests. Answers in hand, and news until the run's last line, still go out, for at
    // most `farewell`; then the io_context has nothing of it left.
    void stop();
    std::size_t connections() const; // without those turned away

private:
    struct Desk;
    std::shared_ptr<Desk> desk_;
};

} // namespace retention
