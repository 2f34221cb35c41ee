#include "daemon/control_people.hpp"

namespace retention {
namespace {

void check_list(Problems& problems, const ControlSettings& control, const std::string& key,
                const std::vector<std::string>& entries, const UserDatabase& users) {
    for (const std::string& entry : entries) {
        const bool is_group = entry.front() == '@';
        const bool known = is_group ? users.gid_of(entry.substr(1)).has_value() : users.uid_of(entry).has_value();
        if (!known)
            problems.push_back({Severity::warning, control.place, "",
                                std::string(is_group ? "group" : "user") + " \"" + entry + "\" of `" + key +
                                    "` does not exist on this machine",
                                is_group ? "groupadd it, or correct the name" : "useradd it, or correct the name"});
    }
}

} // namespace

Problems check_people(const ControlSettings& control, const UserDatabase& users) {
    Problems problems;
    check_list(problems, control, "operators", control.operators, users);
    check_list(problems, control, "viewers", control.viewers, users);
    return problems;
}

} // namespace retention
