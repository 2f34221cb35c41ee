#include "daemon/durable_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace retention {
namespace {

// With the hint at the end, where system_error itself puts the reason.
class FileError : public std::system_error {
public:
    FileError(int why, const std::string& what, const std::string& hint)
        : std::system_error(why, std::generic_category(), what), text_(std::system_error::what() + hint) {}
    const char* what() const noexcept override { return text_.c_str(); }

private:
    std::string text_;
};

[[noreturn]] void fail(const std::string& doing, const std::filesystem::path& path) {
    throw std::system_error(errno, std::generic_category(), "cannot " + doing + " " + path.string());
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

// Only by root, and only what is root's and has no other name: the folder's owner might have put a link to another
// file there. Where the kernel refuses it (a container that does not know the owner) it stays root's, as anything does.
void give_to_owner_of(const std::filesystem::path& folder, const Descriptor& made) {
    struct stat owner {
    }, ours{};
    if (::geteuid() != 0 || ::stat(folder.c_str(), &owner) != 0 || owner.st_uid == 0) return;
    if (::fstat(made.get(), &ours) != 0 || ours.st_uid != 0) return;
    if (!S_ISDIR(ours.st_mode) && (!S_ISREG(ours.st_mode) || ours.st_nlink != 1)) return;
    [[maybe_unused]] const int refused = ::fchown(made.get(), owner.st_uid, owner.st_gid);
}

// The text beside its final place, fsynced.
std::filesystem::path write_aside(const std::filesystem::path& path, std::string_view text, unsigned mode,
                                  Owner owner = Owner::of_folder) {
    auto aside = path;
    aside += ".new";
    ::unlink(aside.c_str()); // of a process that was killed here
    const auto file = make_descriptor(aside, O_WRONLY | O_EXCL | O_NOFOLLOW, mode, owner);
    write_fully(file, text, aside);
    if (::fsync(file.get()) != 0) fail("fsync", aside);
    return aside;
}

} // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    if (this != &other) {
        if (number_ >= 0) ::close(number_);
        number_ = other.release();
    }
    return *this;
}

Descriptor::~Descriptor() {
    if (number_ >= 0) ::close(number_);
}

int Descriptor::release() {
    return std::exchange(number_, -1);
}

Descriptor open_descriptor(const std::filesystem::path& path, int flags, unsigned mode) {
    Descriptor file(::open(path.c_str(), flags | O_CLOEXEC, mode));
    if (file.get() >= 0) return file;
    const int why = errno;
    throw FileError(why, "cannot open " + path.string(), why == EACCES ? hint_of_owner(path) : "");
}

std::string hint_of_owner(const std::filesystem::path& path) {
    struct stat file {
    }, folder{};
    if (::stat(path.c_str(), &file) != 0 || ::stat(folder_of(path).c_str(), &folder) != 0) return "";
    if (file.st_uid == ::geteuid() || folder.st_uid != ::geteuid()) return "";
    return "\nhint: " + std::string(file.st_uid == 0 ? "root" : "another user") +
           " wrote it in the folder of this one; as root: chown --reference=" + folder_of(path).string() + " " +
           path.string();
}

Descriptor make_descriptor(const std::filesystem::path& path, int flags, unsigned mode, Owner owner) {
    auto file = open_descriptor(path, flags | O_CREAT, mode);
    if (owner == Owner::of_folder) give_to_owner_of(folder_of(path), file);
    return file;
}

void write_fully(const Descriptor& file, std::string_view text, const std::filesystem::path& path) {
    while (!text.empty()) {
        const auto written = ::write(file.get(), text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail("write", path);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

void sync_directory(const std::filesystem::path& directory) {
    const auto opened = open_descriptor(directory, O_RDONLY | O_DIRECTORY);
    if (::fsync(opened.get()) != 0) fail("fsync", directory);
}

void ensure_directory(const std::filesystem::path& directory, unsigned mode) {
    if (std::filesystem::is_directory(directory)) return;
    const auto parent = folder_of(directory);
    if (!std::filesystem::exists(parent)) std::filesystem::create_directories(parent);
    const bool made = ::mkdir(directory.c_str(), mode) == 0;
    if (!made && errno != EEXIST) fail("create", directory);
    if (!std::filesystem::is_directory(directory)) fail("create", directory);
    if (made) give_to_owner_of(parent, open_descriptor(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    sync_directory(parent);
}

void replace_durably(const std::filesystem::path& path, std::string_view text, unsigned mode, Owner owner) {
    const auto aside = write_aside(path, text, mode, owner);
    if (::rename(aside.c_str(), path.c_str()) != 0) fail("replace", path);
    sync_directory(folder_of(path));
}

void create_durably(const std::filesystem::path& path, std::string_view text, unsigned mode) {
    const auto aside = write_aside(path, text, mode);
    const bool linked = ::link(aside.c_str(), path.c_str()) == 0; // rename would replace what another one wrote
    const int why = errno;
    ::unlink(aside.c_str());
    errno = why;
    if (!linked) fail("create", path);
    sync_directory(folder_of(path));
}

std::string read_fully(const std::filesystem::path& path) {
    const auto file = open_descriptor(path, O_RDONLY);
    std::string text;
    char buffer[4096];
    for (;;) {
        const auto had = ::read(file.get(), buffer, sizeof buffer);
        if (had < 0 && errno == EINTR) continue;
        if (had < 0) fail("read", path);
        if (had == 0) return text;
        text.append(buffer, static_cast<std::size_t>(had));
    }
}

} // namespace retention
