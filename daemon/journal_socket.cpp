#include "daemon/journal_socket.hpp"

#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>

namespace retention {

std::string journal_name(std::string_view field) {
    std::string name = "RETENTIOND_";
    for (const char c : field) {
        const bool lower = c >= 'a' && c <= 'z', plain = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        name += lower ? static_cast<char>(c - 'a' + 'A') : plain ? c : '_';
    }
    return name;
}

std::string journal_entry(const std::vector<std::pair<std::string, std::string>>& fields) {
    std::string entry;
    for (const auto& [name, value] : fields) {
        if (value.find('\n') == std::string::npos) {
            entry += name + '=' + value + '\n';
            continue;
        }
        entry += name + '\n';
        for (std::uint64_t left = value.size(), byte = 0; byte < 8; ++byte, left >>= 8) // little endian
            entry += static_cast<char>(left & 0xff);
        entry += value + '\n';
    }
    return entry;
}

std::optional<JournalSocket> JournalSocket::connect(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.native().size() >= sizeof address.sun_path) return std::nullopt;
    std::memcpy(address.sun_path, path.c_str(), path.native().size());
    Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (socket.get() < 0) return std::nullopt;
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return std::nullopt;
    return JournalSocket(std::move(socket));
}

bool JournalSocket::send(const std::vector<std::pair<std::string, std::string>>& fields) const {
    const auto entry = journal_entry(fields);
    return ::send(socket_.get(), entry.data(), entry.size(), MSG_NOSIGNAL | MSG_DONTWAIT) ==
           static_cast<ssize_t>(entry.size());
}

} // namespace retention
