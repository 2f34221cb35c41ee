#include "policies/configuration.hpp"

#include <algorithm>
#include <cctype>

namespace retention {
namespace {

std::string lower_case(std::string text) {
    for (char& letter : text) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    return text;
}

// "127." and nothing but digits and dots after it: a name like 127.example.com is another machine.
bool is_loopback_address(const std::string& name) {
    if (name == "::1") return true;
    return name.compare(0, 4, "127.") == 0 && name.find_first_not_of("0123456789.") == name.npos;
}

bool is_here(const ServerAddress::Host& host) {
    return host.name.empty() || host.is_socket() || lower_case(host.name) == "localhost" ||
           is_loopback_address(host.name);
}

} // namespace

bool ServerAddress::is_local() const {
    return std::all_of(hosts.begin(), hosts.end(), is_here);
}

} // namespace retention
