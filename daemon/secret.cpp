#include "daemon/secret.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <stdexcept>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace retention {
namespace {

constexpr std::size_t largest = 64 * 1024;

[[noreturn]] void refuse(const std::string& what, const std::string& hint) {
    throw std::runtime_error(what + "\nhint: " + hint);
}

std::string message(int error) {
    return std::generic_category().message(error);
}

class Descriptor {
public:
    explicit Descriptor(const char* path) : fd_(::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    operator int() const { return fd_; } // NOLINT: it is one

private:
    int fd_;
};

// At most one byte more than may be, and a line end.
std::string content(int file, const std::string& place) {
    std::string text(largest + 3, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const auto count = ::read(file, text.data() + size, text.size() - size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) refuse(place + " cannot be read: " + message(errno), "see to the file and its file system");
        if (count == 0) break;
        size += static_cast<std::size_t>(count);
    }
    text.resize(size);
    return text;
}

std::string from_file(const std::filesystem::path& path, const std::string& place, const std::string& hint) {
    const Descriptor file(path.c_str());
    if (file < 0) refuse(place + " cannot be opened: " + message(errno), hint);
    struct stat status {};
    if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) refuse(place + " is no regular file", hint);
    return content(file, place);
}

std::string place_of(const Secret& secret, const std::filesystem::path& credentials) {
    switch (secret.kind) {
    case Secret::Kind::environment:
        return "the secret in the environment variable " + secret.name;
    case Secret::Kind::file:
        return "the secret in the file " + secret.name;
    case Secret::Kind::credential:
        break;
    }
    return "the credential " + (credentials.empty() ? secret.name : credential_file(credentials, secret.name).string());
}

std::string from_environment(const std::string& name) {
    const char* const text = std::getenv(name.c_str());
    if (!text)
        refuse("the environment variable " + name + " with a secret is not set",
               "set it for the daemon, or use { credential = \"…\" } or { file = \"…\" }, which are safer");
    return text;
}

std::string from_credential(const Secret& secret, const std::filesystem::path& credentials, const std::string& place) {
    const std::string hint =
        "put it into /etc/retentiond/credentials/" + secret.name + " and restart the service, or use { file = \"…\" }";
    if (credentials.empty())
        refuse(place + " is out of reach: systemd did not start this process, and CREDENTIALS_DIRECTORY is not set",
               "root reads /etc/retentiond/credentials itself; or use { file = \"…\" }");
    return from_file(credential_file(credentials, secret.name), place, hint);
}

std::string found(const Secret& secret, const std::filesystem::path& credentials, const std::string& place) {
    switch (secret.kind) {
    case Secret::Kind::environment:
        return from_environment(secret.name);
    case Secret::Kind::file:
        return from_file(secret.name, place, "it must be there, and the daemon's user must be allowed to read it");
    case Secret::Kind::credential:
        break;
    }
    return from_credential(secret, credentials, place);
}

} // namespace

std::optional<OpenFile> open_to_others(const std::filesystem::path& file, const std::filesystem::path& credentials) {
    struct stat status {};
    if (file.empty() || ::stat(file.c_str(), &status) != 0) return std::nullopt;
    const auto inside = file.lexically_relative(credentials);
    if (!credentials.empty() && !inside.empty() && *inside.begin() != "..") return std::nullopt;
    const auto others = status.st_mode & (S_IRWXG | S_IRWXO);
    const bool shared = status.st_uid == 0 && status.st_gid != 0 && (others & ~S_IRGRP) == 0;
    if (others == 0 || shared) return std::nullopt;
    char mode[8];
    std::snprintf(mode, sizeof mode, "%04o", static_cast<unsigned>(status.st_mode & 07777));
    return OpenFile{"others than its owner have rights on " + file.string() + " (mode " + mode +
                        "), which holds a secret",
                    "chmod 600 " + file.string() + ", and let it belong to the service's user"};
}

std::filesystem::path credential_file(const std::filesystem::path& credentials, const std::string& name) {
    std::error_code unknown;
    const auto loaded_with_others = credentials / ("retentiond_" + name);
    const bool bare =
        std::filesystem::exists(credentials / name, unknown) || !std::filesystem::exists(loaded_with_others, unknown);
    return bare ? credentials / name : loaded_with_others;
}

std::string read_secret(const Secret& secret, const std::filesystem::path& credentials) {
    const auto place = place_of(secret, credentials);
    auto text = found(secret, credentials, place);
    if (text.ends_with('\n')) text.erase(text.size() - (text.ends_with("\r\n") ? 2 : 1));
    if (text.empty()) refuse(place + " is empty", "put the secret there, on one line");
    if (text.size() > largest) refuse(place + " is longer than 64 KiB", "name the file with the secret itself");
    if (text.find('\0') != std::string::npos)
        refuse(place + " has a NUL byte in it", "a secret is text: write it again, as plain UTF-8");
    return text;
}

} // namespace retention
