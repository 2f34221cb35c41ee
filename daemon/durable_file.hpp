#pragma once
// Files that are on the disk when the call returns: written whole, fsynced, and their directory entry fsynced too.
// What the state directory, the audit key and the audit log are made of. Everything throws std::system_error that
// names the file; nothing half written is left under the final name.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace retention {

// Owns a file descriptor.
class Descriptor {
public:
    explicit Descriptor(int number = -1) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor();
    int get() const { return number_; }
    int release();

private:
    int number_;
};

// `flags` as open(2) takes them; O_CLOEXEC is added.
Descriptor open_descriptor(const std::filesystem::path&, int flags, unsigned mode = 0);
// Whose a file is that root makes in another user's folder. By hand, as root, beside a service with a user of its own:
// what that service shall go on with must not become root's.
enum class Owner { of_folder, writer };
// The same with O_CREAT.
Descriptor make_descriptor(const std::filesystem::path&, int flags, unsigned mode, Owner = Owner::of_folder);
// Goes on after short writes and signals.
void write_fully(const Descriptor&, std::string_view, const std::filesystem::path&);
void sync_directory(const std::filesystem::path&);
// Creates it, and its parents, where missing; it belongs to its folder's owner, as above.
void ensure_directory(const std::filesystem::path&, unsigned mode);
// Over what was there, atomically: readers see the old text or the new one.
void replace_durably(const std::filesystem::path&, std::string_view text, unsigned mode, Owner = Owner::of_folder);
// Never over what was there: throws with EEXIST.
void create_durably(const std::filesystem::path&, std::string_view text, unsigned mode);
// Whose a file is that this process may not open in a folder of its own, and what to do: "\nhint: …"; "" where it is
// not so. What was thrown here says it.
std::string hint_of_owner(const std::filesystem::path&);
std::string read_fully(const std::filesystem::path&);

} // namespace retention
