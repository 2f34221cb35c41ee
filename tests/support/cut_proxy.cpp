#include "tests/support/cut_proxy.hpp"

#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <list>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <thread>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace retention::test {
namespace {

std::string socket_file(const StoreSettings& store) {
    const auto& host = store.server.hosts.at(0);
    return store.engine == Engine::postgresql ? host.name + "/.s.PGSQL." + std::to_string(host.port) : host.name;
}

int unix_socket(const std::string& file, bool listens) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (file.size() >= sizeof address.sun_path) throw std::runtime_error("too long for a socket: " + file);
    file.copy(address.sun_path, file.size());
    const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    if (listens ? ::bind(made, plain, sizeof address) == 0 && ::listen(made, 16) == 0
                : ::connect(made, plain, sizeof address) == 0)
        return made;
    ::close(made);
    throw std::runtime_error("no socket at " + file);
}

// False where the other side has gone.
bool pass_on(std::string_view bytes, int to) {
    while (!bytes.empty()) {
        const auto sent = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

} // namespace

struct CutProxy::Inside {
    StoreSettings to;
    std::filesystem::path folder;
    int listening = -1;
    std::atomic<Cut> cut = Cut::never;
    std::mutex mutex;
    std::list<int> left_open;
    std::list<std::jthread> connections; // the acceptor's own while it runs
    std::jthread acceptor;

    void accept(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            pollfd ready{listening, POLLIN, 0};
            if (::poll(&ready, 1, 20) <= 0) continue;
            const int program = ::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC);
            if (program < 0) continue;
            connections.emplace_back([this, program](const std::stop_token& ended) { serve(program, ended); });
        }
    }

    void serve(int program, const std::stop_token& stop) {
        int server = -1;
        try {
            server = unix_socket(socket_file(to), false);
        } catch (const std::runtime_error&) { // the server is down: so is the connection
        }
        bool keep = false;
        while (server >= 0 && !stop.stop_requested()) {
            std::array<pollfd, 2> ready{{{program, POLLIN, 0}, {server, POLLIN, 0}}};
            if (::poll(ready.data(), ready.size(), 20) <= 0) continue;
            if (ready[0].revents && !from_program(program, server, keep)) break;
            if (ready[1].revents && !forward(server, program)) break;
        }
        ::close(program);
        if (server < 0) return;
        if (!keep) {
            ::close(server);
            return;
        }
        const std::scoped_lock lock(mutex);
        left_open.push_back(server);
    }

    static bool forward(int from, int to) {
        std::array<char, 65536> bytes;
        const auto got = ::recv(from, bytes.data(), bytes.size(), 0);
        return got > 0 && pass_on({bytes.data(), static_cast<std::size_t>(got)}, to);
    }

    bool from_program(int program, int server, bool& keep) {
        std::array<char, 65536> bytes;
        const auto got = ::recv(program, bytes.data(), bytes.size(), 0);
        if (got <= 0) return false;
        const std::string_view text(bytes.data(), static_cast<std::size_t>(got));
        if (cut == Cut::never || text.find("COMMIT") == text.npos) return pass_on(text, server);
        const Cut now = cut.exchange(Cut::never);
        keep = now == Cut::towards_the_program;
        if (now == Cut::after_commit && pass_on(text, server)) ::recv(server, bytes.data(), bytes.size(), 0);
        return false;
    }
};

CutProxy::CutProxy(const StoreSettings& server) : inside_(std::make_unique<Inside>()) {
    std::string name = (std::filesystem::temp_directory_path() / "retentiond-cut-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("cannot make a folder like " + name);
    inside_->to = server;
    inside_->folder = name;
    inside_->listening = unix_socket(socket_file(settings()), true);
    inside_->acceptor = std::jthread([inside = inside_.get()](const std::stop_token& stop) { inside->accept(stop); });
}

CutProxy::~CutProxy() {
    inside_->acceptor = {};
    inside_->connections.clear();
    let_go();
    ::close(inside_->listening);
    std::error_code ignored;
    std::filesystem::remove_all(inside_->folder, ignored);
}

StoreSettings CutProxy::settings() const {
    StoreSettings settings = inside_->to;
    auto& host = settings.server.hosts.at(0);
    host.name = settings.engine == Engine::postgresql ? inside_->folder.string() : (inside_->folder / "s").string();
    return settings;
}

void CutProxy::at_next_commit(Cut cut) {
    inside_->cut = cut;
}

void CutProxy::let_go() {
    const std::scoped_lock lock(inside_->mutex);
    for (const int server : inside_->left_open) ::close(server);
    inside_->left_open.clear();
}

} // namespace retention::test
