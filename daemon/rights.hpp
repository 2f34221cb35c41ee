#pragma once
// Who may do what over the control socket. A right comes from the peer's credentials as the kernel knew them at
// connect(2) (SO_PEERCRED, unix(7)), read once and kept as numbers: never from a name that the peer sent, never from a
// process id. Groups are looked up anew for each command. Any doubt (no credentials, a name that cannot be looked up,
// an unknown verb) is a refusal.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace retention {

// Viewers may the first four. A hold or an approval is an operator's too: their requests come with an issue of their
// own and have their place in this list.
enum class Verb { status, report, explain, runs, purge, cancel, approve, hold, erase };
std::string_view to_string(Verb);
constexpr bool is_for_viewers(Verb verb) {
    return verb == Verb::status || verb == Verb::report || verb == Verb::explain || verb == Verb::runs;
}

// Not someone, until the kernel said who: -1 is no user's number.
struct Peer {
    uid_t uid = static_cast<uid_t>(-1);
    gid_t gid = static_cast<gid_t>(-1);
};
std::optional<Peer> peer_of(int socket) noexcept; // nothing: it is not known
std::string actor(const Peer&);                   // "user anna (uid 1000)"

// user, or @group, as [control] names them.
struct ControlRights {
    std::vector<std::string> operators, viewers;
};

// What the user database says; tests have one of their own.
class UserDatabase {
public:
    virtual ~UserDatabase() = default;
    virtual std::optional<uid_t> uid_of(const std::string& user) const = 0;
    virtual std::optional<gid_t> gid_of(const std::string& group) const = 0;
    // Every group that the user belongs to now, the one of the credentials among them. Nothing: it is not known.
    virtual std::optional<std::vector<gid_t>> groups_of(const Peer&) const = 0;
};
const UserDatabase& system_users();

// Empty: it may. Otherwise why it may not, without saying who may.
std::string refusal(const ControlRights&, const Peer&, Verb, const UserDatabase& = system_users());

} // namespace retention
