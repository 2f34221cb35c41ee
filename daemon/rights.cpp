#include "daemon/rights.hpp"

#include <algorithm>
#include <sys/socket.h>

namespace retention {
namespace {

constexpr auto nobody_known = static_cast<uid_t>(-1);
// What the kernel shows for a user or group of another user namespace that has no number in ours (user_namespaces(7)):
// many people at once, so it is nobody.
constexpr uid_t from_elsewhere = 65534;

bool is_someone(uid_t number) { // a group's number likewise
    return number != nobody_known && number != from_elsewhere;
}

// Looked up once, and only where an entry asks for them.
class Groups {
public:
    Groups(const Peer& peer, const UserDatabase& users) : peer_(peer), users_(users) {}
    bool contain(gid_t group) {
        if (!known_) known_ = users_.groups_of(peer_).value_or(std::vector<gid_t>{});
        return is_someone(group) && std::find(known_->begin(), known_->end(), group) != known_->end();
    }

private:
    const Peer& peer_;
    const UserDatabase& users_;
    std::optional<std::vector<gid_t>> known_;
};

bool names(const std::string& entry, const Peer& peer, Groups& groups, const UserDatabase& users) {
    if (entry.empty() || entry == "@") return false;
    if (entry.front() != '@') return users.uid_of(entry) == peer.uid;
    const auto group = users.gid_of(entry.substr(1));
    return group && groups.contain(*group);
}

} // namespace

std::string_view to_string(Verb verb) {
    switch (verb) {
    case Verb::status:
        return "status";
    case Verb::report:
        return "report";
    case Verb::explain:
        return "explain";
    case Verb::runs:
        return "runs";
    case Verb::purge:
        return "purge";
    case Verb::cancel:
        return "cancel";
    case Verb::approve:
        return "approve";
    case Verb::hold:
        return "hold";
    case Verb::erase:
        return "erase";
    }
    return "";
}

std::optional<Peer> peer_of(int socket) noexcept {
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return {};
    if (size != sizeof credentials || credentials.uid == nobody_known) return {};
    return Peer{credentials.uid, credentials.gid};
}

std::string refusal(const ControlRights& rights, const Peer& peer, Verb verb, const UserDatabase& users) {
    if (to_string(verb).empty()) return "nobody has a right of this name";
    if (!is_someone(peer.uid)) return "it is not known who asks";
    Groups groups(peer, users);
    const auto is_in = [&](const std::vector<std::string>& entries) {
        return std::any_of(entries.begin(), entries.end(),
                           [&](const std::string& entry) { return names(entry, peer, groups, users); });
    };
    if (is_in(rights.operators)) return "";
    if (is_for_viewers(verb) && is_in(rights.viewers)) return "";
    return actor(peer) + " has no right to " + std::string(to_string(verb));
}

} // namespace retention
