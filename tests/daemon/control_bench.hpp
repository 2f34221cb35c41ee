#pragma once
// A control server on a socket in a folder of its own, its io_context driven by the test, and the other ends of its
// connections. Time passes only where something is waited for, and never longer than `patience`.

#include "daemon/control_server.hpp"
#include "tests/daemon/scripted_control.hpp"

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace retention::test {

constexpr std::chrono::seconds patience{30};

class OwnFolder {
public:
    OwnFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "retention-control-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder for the test");
        path = name;
    }
    ~OwnFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    OwnFolder(const OwnFolder&) = delete;
    OwnFolder& operator=(const OwnFolder&) = delete;
    std::filesystem::path path;
};

// A client's end. Never blocks: what it cannot read or write now is not there yet.
class Caller {
public:
    explicit Caller(const std::filesystem::path& file, int receive_buffer = 0)
        : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        if (receive_buffer > 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, file.c_str(), file.native().size());
        connected = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    ~Caller() { hang_up(); }
    Caller(Caller&& other) noexcept
        : connected(other.connected)
        , heard(std::move(other.heard))
        , ended(other.ended)
        , socket_(std::exchange(other.socket_, -1)) {}
    Caller& operator=(Caller&&) = delete;

    bool say(std::string_view text) { // false: the other end is closed, or takes no more
        return ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
    }
    void say_no_more() { ::shutdown(socket_, SHUT_WR); }
    void hang_up() {
        if (socket_ >= 0) ::close(std::exchange(socket_, -1));
    }
    void listen() {
        char bytes[4096];
        for (ssize_t size = 1; size > 0 && !ended;) {
            size = ::recv(socket_, bytes, sizeof bytes, 0);
            if (size > 0) heard.append(bytes, static_cast<std::size_t>(size));
            if (size == 0 || (size < 0 && errno != EAGAIN)) ended = true;
        }
    }

    bool connected;
    std::string heard;
    bool ended = false; // the server closed its end

private:
    int socket_;
};

class ControlBench {
public:
    explicit ControlBench(const ControlLimits& limits = {}) : ControlBench(limits, [](int) { return olga; }) {}
    ControlBench(const ControlLimits& limits, std::function<std::optional<Peer>(int)> peer) {
        server.emplace(io, ControlSocket::made_at(file()), control,
                       ControlServerSettings{house_rights, limits, house, std::move(peer), [this] { return time; }});
    }

    std::filesystem::path file() const { return folder.path / "run" / "control.sock"; }
    Caller call() { return Caller(file()); }

    // Lets the server work until it holds.
    template <class Holds>
    bool wait_until(Holds holds) {
        const auto end = std::chrono::steady_clock::now() + patience;
        while (!holds()) {
            if (std::chrono::steady_clock::now() > end) return false;
            if (io.stopped()) io.restart();
            if (io.poll() == 0) io.run_one_for(std::chrono::milliseconds(5));
        }
        return true;
    }
    bool hear(Caller& caller, const std::string& text) {
        return wait_until([&] { return caller.listen(), caller.heard.find(text) != std::string::npos; });
    }
    bool hear_the_end(Caller& caller) {
        return wait_until([&] { return caller.listen(), caller.ended; });
    }
    // One request on a connection of its own; everything that is answered.
    std::string ask(const std::string& request) {
        Caller caller = call();
        caller.say(request);
        caller.say_no_more();
        BOOST_TEST(hear_the_end(caller));
        return caller.heard;
    }

    boost::asio::io_context io{1};
    OwnFolder folder;
    ScriptedControl control;
    SmallHouse house;
    RefusalBook::Time time{};
    std::optional<ControlServer> server;
};

inline std::string get(const std::string& target, const std::string& more = "") {
    return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
}

inline std::string post(const std::string& target, const std::string& body, const std::string& more = "") {
    return "POST " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n" + more + "\r\n" + body;
}

inline std::size_t open_descriptors() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
    return count;
}

} // namespace retention::test
