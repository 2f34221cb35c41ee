#pragma once
// The socket at which the daemon listens: handed over by systemd (sd_listen_fds(3)), or made at a path. Made, it takes
// the place of a dead daemon's file, never of a living one's and never of a file that is no socket. Everybody may
// connect (mode 0666): rights come from the peer's credentials.

#include <filesystem>
#include <optional>
#include <sys/types.h>

namespace retention {

class ControlSocket {
public:
    // systemd's where there is one, otherwise made at the path. Throws std::runtime_error, with a hint.
    static ControlSocket open(const std::filesystem::path&);
    // The one that systemd named "control", or the only one. Takes the variables out of the environment. Throws where
    // what was handed over is no listening Unix stream socket.
    static std::optional<ControlSocket> handed_over(int first = 3);
    static ControlSocket made_at(const std::filesystem::path&);

    ControlSocket(ControlSocket&&) noexcept;
    ControlSocket& operator=(ControlSocket&&) = delete;
    ~ControlSocket(); // closed; the file is removed if it is the one that was made

    int descriptor() const { return descriptor_; }
    bool is_own() const { return !path_.empty(); }
    int release(); // the descriptor is the caller's; the file stays this object's

private:
    ControlSocket(int descriptor, std::filesystem::path path) : descriptor_(descriptor), path_(std::move(path)) {}

    int descriptor_;
    std::filesystem::path path_; // empty: systemd's
    dev_t device_ = 0;           // of the file that was made
    ino_t inode_ = 0;
};

} // namespace retention
