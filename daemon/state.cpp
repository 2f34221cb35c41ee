#include "daemon/state.hpp"

#include <boost/json.hpp>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace retention {
namespace {

// "process 123 (retentiond run)\n": what the lock file holds.
std::string who_we_are() {
    std::string command = read_fully("/proc/self/cmdline");
    while (command.ends_with('\0')) command.pop_back();
    for (char& c : command)
        if (static_cast<unsigned char>(c) < ' ') c = ' ';
    const auto program_ends = std::min(command.find(' '), command.size());
    const auto folder = command.rfind('/', program_ends);
    if (folder != std::string::npos && folder < program_ends) command.erase(0, folder + 1);
    return "process " + std::to_string(::getpid()) + " (" + command + ")\n";
}

std::string said_in(const std::filesystem::path& lock) {
    auto text = read_fully(lock);
    if (text.ends_with('\n')) text.pop_back();
    return text.empty() ? "another process" : text;
}

// A lock on the open file: like flock(2) it ends with the process, but it can be asked for without being taken.
struct flock whole_file() {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    return lock;
}

bool try_lock(const Descriptor& file) {
    auto lock = whole_file();
    if (::fcntl(file.get(), F_OFD_SETLK, &lock) == 0) return true;
    if (errno == EAGAIN || errno == EACCES) return false;
    throw std::system_error(errno, std::generic_category(), "cannot lock the state directory");
}

// Someone may have removed the file between our open and our lock: a lock on it would then keep nobody out.
bool still_there(const Descriptor& file, const std::filesystem::path& path) {
    struct stat ours {
    }, named{};
    return ::fstat(file.get(), &ours) == 0 && ::stat(path.c_str(), &named) == 0 && ours.st_ino == named.st_ino &&
           ours.st_dev == named.st_dev;
}

bool is_hash(std::string_view text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

[[noreturn]] void damaged(const std::filesystem::path& file) {
    throw std::runtime_error("the state file " + file.string() +
                             " is damaged\nhint: compare the audit log with its stores (`retentiond audit verify`), "
                             "then remove the file; the next start keeps a new one and records that");
}

} // namespace

State State::acquire(const std::filesystem::path& directory) {
    ensure_directory(directory, 0700);
    const auto path = directory / "lock";
    for (;;) {
        auto lock = make_descriptor(path, O_RDWR | O_NOFOLLOW, 0600);
        if (!try_lock(lock))
            throw StateHeld("the state directory " + directory.string() + " is held by " + said_in(path) +
                            "\nhint: ask that process, or wait until it has ended");
        if (!still_there(lock, path)) continue;
        if (::ftruncate(lock.get(), 0) != 0)
            throw std::system_error(errno, std::generic_category(), "cannot write " + path.string());
        write_fully(lock, who_we_are(), path);
        return State(directory, std::move(lock));
    }
}

State::State(std::filesystem::path directory, Descriptor lock)
    : directory_(std::move(directory)), lock_(std::move(lock)) {}
State::State(State&&) noexcept = default;
State::~State() = default;

namespace {

// Of one length whatever the number: written over the old one it never leaves a rest of it.
std::string text_of(const Head& head) {
    const auto seq = std::to_string(head.seq);
    return "{\"seq\":" + std::string(20 - seq.size(), ' ') + seq + ",\"hash\":\"" + head.hash + "\"}\n";
}

} // namespace

void State::keep(const Head& head) {
    replace_durably(directory_ / "head", text_of(head), 0600);
}

void State::note(const Head& head) {
    const auto path = directory_ / "head";
    const auto text = text_of(head);
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0 || found.st_size != static_cast<off_t>(text.size())) return keep(head);
    const auto file = open_descriptor(path, O_WRONLY | O_NOFOLLOW);
    if (::pwrite(file.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
        throw std::system_error(errno, std::generic_category(), "cannot write " + path.string());
}

std::optional<Head> kept_head(const std::filesystem::path& state_directory) {
    const auto file = state_directory / "head";
    if (!std::filesystem::exists(file)) return std::nullopt;
    boost::json::error_code error;
    const auto value = boost::json::parse(read_fully(file), error);
    if (error || !value.is_object()) damaged(file);
    const auto* seq = value.get_object().if_contains("seq");
    const auto* hash = value.get_object().if_contains("hash");
    if (!seq || !seq->is_int64() || seq->get_int64() < 0 || !hash || !hash->is_string()) damaged(file);
    const std::string text(hash->get_string());
    if (!is_hash(text)) damaged(file);
    return Head{static_cast<std::uint64_t>(seq->get_int64()), text};
}

std::optional<std::string> state_holder(const std::filesystem::path& state_directory) {
    const auto path = state_directory / "lock";
    if (!std::filesystem::exists(path)) return std::nullopt;
    const auto file = open_descriptor(path, O_RDWR);
    auto lock = whole_file();
    if (::fcntl(file.get(), F_OFD_GETLK, &lock) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot ask for the lock " + path.string());
    if (lock.l_type == F_UNLCK) return std::nullopt;
    return said_in(path);
}

} // namespace retention
