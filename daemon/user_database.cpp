// The users and groups of this machine, through whatever nsswitch.conf names. Whatever cannot be answered is nothing.

#include "daemon/rights.hpp"

#include <algorithm>
#include <cerrno>
#include <grp.h>
#include <pwd.h>

namespace retention {
namespace {

constexpr std::size_t most_memory = 4 << 20; // a group of a large house lists all its members
constexpr int most_groups = 65536;           // NGROUPS_MAX of Linux

// Calls one of the get…_r functions, with more memory where it asks for more. Nothing: not found, or an error.
template <class Entry, class Get>
std::optional<Entry> looked_up(std::vector<char>& memory, Get get) {
    for (memory.resize(4096); memory.size() <= most_memory; memory.resize(memory.size() * 4)) {
        Entry entry{};
        Entry* found = nullptr;
        const int error = get(&entry, memory.data(), memory.size(), &found);
        if (error == ERANGE) continue;
        if (error != 0 || found == nullptr) return {};
        return entry;
    }
    return {};
}

std::optional<std::string> name_of(uid_t uid, gid_t* primary) {
    std::vector<char> memory;
    const auto entry = looked_up<passwd>(memory, [&](auto... rest) { return ::getpwuid_r(uid, rest...); });
    if (!entry || entry->pw_uid != uid || entry->pw_name == nullptr || *entry->pw_name == '\0') return {};
    if (primary != nullptr) *primary = entry->pw_gid;
    return entry->pw_name;
}

std::optional<std::vector<gid_t>> groups_of_user(const std::string& user, gid_t primary) {
    int count = 64;
    for (std::vector<gid_t> groups; count <= most_groups;) {
        const int before = count;
        groups.resize(static_cast<std::size_t>(count));
        if (::getgrouplist(user.c_str(), primary, groups.data(), &count) >= 0) {
            groups.resize(static_cast<std::size_t>(count));
            return groups;
        }
        count = std::max(count, before * 2);
    }
    return {};
}

class SystemUsers : public UserDatabase {
public:
    std::optional<uid_t> uid_of(const std::string& user) const override {
        std::vector<char> memory;
        const auto entry = looked_up<passwd>(memory, [&](auto... rest) { return ::getpwnam_r(user.c_str(), rest...); });
        if (!entry || user != entry->pw_name) return {};
        return entry->pw_uid;
    }
    std::optional<gid_t> gid_of(const std::string& name) const override {
        std::vector<char> memory;
        const auto entry = looked_up<group>(memory, [&](auto... rest) { return ::getgrnam_r(name.c_str(), rest...); });
        if (!entry || name != entry->gr_name) return {};
        return entry->gr_gid;
    }
    std::optional<std::vector<gid_t>> groups_of(const Peer& peer) const override {
        gid_t primary = peer.gid;
        const auto user = name_of(peer.uid, &primary);
        if (!user) return {};
        auto groups = groups_of_user(*user, primary);
        if (groups) groups->push_back(peer.gid);
        return groups;
    }
};

// A name that is not plain would let one user look like another in a line of the log.
bool is_plain(const std::string& name) {
    return std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < '\x7f' && c != '(' && c != ')'; });
}

} // namespace

const UserDatabase& system_users() {
    static const SystemUsers users;
    return users;
}

std::string actor(const Peer& peer) {
    const auto name = name_of(peer.uid, nullptr);
    return "user " + (name && is_plain(*name) ? *name : "unknown") + " (uid " +
           (peer.uid == static_cast<uid_t>(-1) ? "unknown" : std::to_string(peer.uid)) + ")";
}

} // namespace retention
