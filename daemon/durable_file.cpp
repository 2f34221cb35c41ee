#include "daemon/durable_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace retention {
namespace {

[[noreturn]] void fail(const std::string& doing, const std::filesystem::path& path) {
    throw std::system_error(errno, std::generic_category(), "cannot " + doing + " " + path.string());
}

// The text beside its final place, fsynced.
std::filesystem::path write_aside(const std::filesystem::path& path, std::string_view text, unsigned mode) {
    auto aside = path;
    aside += ".new";
    ::unlink(aside.c_str()); // of a process that was killed here
    const auto file = open_descriptor(aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
    write_fully(file, text, aside);
    if (::fsync(file.get()) != 0) fail("fsync", aside);
    return aside;
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
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
    if (file.get() < 0) fail("open", path);
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
    if (::mkdir(directory.c_str(), mode) != 0 && errno != EEXIST) fail("create", directory);
    if (!std::filesystem::is_directory(directory)) fail("create", directory);
    sync_directory(parent);
}

void replace_durably(const std::filesystem::path& path, std::string_view text, unsigned mode) {
    const auto aside = write_aside(path, text, mode);
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
