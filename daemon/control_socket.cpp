#include "daemon/control_socket.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace retention {
namespace {

using std::filesystem::path;

constexpr int waiting_line = 64;

[[noreturn]] void fail(const path& file, const std::string& why, const std::string& hint) {
    throw std::runtime_error("the control socket " + file.string() + " " + why + "; hint: " + hint);
}

[[noreturn]] void fail_for(int error, const path& file, const std::string& what) {
    fail(file, what + ": " + std::strerror(error),
         "look at its folder and who may write there, or set [control] socket");
}

// A descriptor that is closed unless someone takes it.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }
    int taken() { return std::exchange(number_, -1); }

private:
    int number_;
};

sockaddr_un address_of(const path& file) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string& text = file.native();
    if (text.empty() || text.front() != '/') fail(file, "has no absolute path", "set [control] socket to one");
    if (text.size() >= sizeof address.sun_path)
        fail(file, "has a path of more than " + std::to_string(sizeof address.sun_path - 1) + " bytes",
             "set [control] socket to a shorter one");
    std::memcpy(address.sun_path, text.data(), text.size());
    return address;
}

int new_socket(const path& file) {
    const int number = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (number < 0) fail_for(errno, file, "cannot be made");
    return number;
}

void make_folder(const path& folder) {
    if (::mkdir(folder.c_str(), 0755) == 0) {
        ::chmod(folder.c_str(), 0755); // whatever the umask says: everybody must get through
    } else if (errno != EEXIST) {
        const int error = errno;
        fail_for(error, folder, "has no folder");
    }
}

// Only a socket at which nobody listens goes.
void make_way(const path& file, const sockaddr_un& address) {
    struct stat found {};
    if (::lstat(file.c_str(), &found) != 0) {
        if (errno == ENOENT) return;
        fail_for(errno, file, "cannot be looked at");
    }
    if (!S_ISSOCK(found.st_mode))
        fail(file, "is a file that is no socket", "it is left alone: remove it, or set [control] socket");
    const Descriptor caller(new_socket(file));
    if (::connect(caller.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 || errno == EAGAIN)
        fail(file, "is another daemon's, and it answers", "stop that one, or set [control] socket");
    if (errno != ECONNREFUSED) fail_for(errno, file, "is there, and whether someone listens cannot be told");
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) fail_for(errno, file, "is a dead one and cannot be removed");
}

} // namespace

ControlSocket::ControlSocket(ControlSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1))
    , path_(std::exchange(other.path_, {}))
    , device_(other.device_)
    , inode_(other.inode_) {}

ControlSocket::~ControlSocket() {
    if (descriptor_ >= 0) ::close(descriptor_);
    struct stat found {};
    if (path_.empty() || ::lstat(path_.c_str(), &found) != 0) return;
    if (found.st_dev == device_ && found.st_ino == inode_) ::unlink(path_.c_str());
}

int ControlSocket::release() {
    return std::exchange(descriptor_, -1);
}

ControlSocket ControlSocket::open(const path& file) {
    if (auto given = handed_over()) return std::move(*given);
    return made_at(file);
}

ControlSocket ControlSocket::made_at(const path& file) {
    const sockaddr_un address = address_of(file);
    make_folder(file.parent_path());
    make_way(file, address);
    Descriptor made(new_socket(file));
    if (::bind(made.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        fail_for(errno, file, "cannot be bound");
    ControlSocket result(made.taken(), file);
    struct stat found {};
    if (::lstat(file.c_str(), &found) != 0) fail_for(errno, file, "cannot be looked at");
    result.device_ = found.st_dev;
    result.inode_ = found.st_ino;
    if (::chmod(file.c_str(), 0666) != 0) fail_for(errno, file, "cannot be opened to everybody");
    if (::listen(result.descriptor_, waiting_line) != 0) fail_for(errno, file, "cannot be listened at");
    return result;
}

} // namespace retention
