#include "policies/server_url.hpp"

#include "policies/server_url_parameter.hpp"
#include "policies/text_parts.hpp"
#include "policies/utf8.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace retention {
namespace {

using Host = ServerAddress::Host;

const char* const postgresql_folder = "/var/run/postgresql";
const char* const mariadb_socket = "/run/mysqld/mysqld.sock";

std::string lower_case(std::string_view text) {
    std::string result(text);
    for (auto& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Clients take a list of hosts apart at its commas, so no host may hold one.
bool is_host(std::string_view name) {
    if (name.size() > 1 && name.front() == '/') return name.find(',') == std::string_view::npos;
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return is_letter_or_digit(c) || c == '.' || c == '-' || c == '_';
    });
}

// Colons, hex digits and dots, and after a % the zone: fe80::1%eth0.
bool is_ipv6(std::string_view name) {
    const auto address = name.substr(0, name.find('%'));
    const auto zone = name.substr(address.size());
    return std::count(address.begin(), address.end(), ':') >= 2 &&
           std::all_of(address.begin(), address.end(),
                       [](char c) { return hex_digit(c) >= 0 || c == ':' || c == '.'; }) &&
           (zone.empty() || (zone.size() > 1 && is_host(zone.substr(1))));
}

class Url {
public:
    Url(Engine engine, std::vector<UrlFault>& faults) : engine_(engine), faults_(faults) {}

    ServerAddress read(std::string_view rest) {
        if (rest.substr(0, 2) != "//") {
            fault("has no // after its scheme", "write " + url_example(engine_));
            return {};
        }
        rest.remove_prefix(2);
        const auto authority = rest.substr(0, rest.find_first_of("/?#"));
        rest.remove_prefix(authority.size());
        // An @ back there ends a password with a / or a ? in it: nothing of such a url is looked at, or repeated.
        if (rest.find('@') != std::string_view::npos)
            fault("has an @ after its hosts", "write %40 for an @ in a name; a password never stands in the url: "
                                              "password = { credential = \"…\" }");
        else if (rest.find('#') != std::string_view::npos)
            fault("has a # in it", "write it as %23");
        else
            parts(authority, rest);
        return address_;
    }

private:
    void fault(std::string what, std::string hint) { faults_.push_back({std::move(what), std::move(hint)}); }
    bool is_postgresql() const { return engine_ == Engine::postgresql; }

    void parts(std::string_view authority, std::string_view rest) {
        const auto at = authority.rfind('@');
        if (at != std::string_view::npos) read_user(authority.substr(0, at));
        read_hosts(at == std::string_view::npos ? authority : authority.substr(at + 1));
        const auto question = rest.find('?');
        read_database(rest.substr(0, question));
        if (question != std::string_view::npos) read_parameters(rest.substr(question + 1));
        complete();
    }

    std::string decoded(std::string_view text, const std::string& part) {
        const auto result = percent_decoded(text);
        if (!result)
            fault("has a % in " + part + " that no two hex digits follow", "write %25 for a %");
        else if (has_control(*result) || !is_utf8(*result))
            fault("has a control character, or what is no UTF-8, in " + part, "write " + url_example(engine_));
        else
            return *result;
        return {};
    }

    void read_user(std::string_view text) {
        if (text.find(':') != std::string_view::npos)
            fault("has a password in it", "use password = { credential = \"…\" }");
        else if (text.find('@') != std::string_view::npos)
            fault("has an @ in its user", "write it as %40");
        else
            address_.user = decoded(text, "its user");
    }

    void read_hosts(std::string_view text) {
        const auto list = split(text, ',');
        for (const auto one : list) read_host(one, list.size() > 1);
        if (list.size() > 1 && !is_postgresql())
            fault("names more than one host", "MariaDB takes one: name the server that is written to");
    }

    void read_host(std::string_view text, bool one_of_many) {
        Host host;
        const bool bracketed = text.substr(0, 1) == "[";
        const auto end = bracketed ? text.find(']') : text.find(':');
        const auto name = text.substr(bracketed ? 1 : 0, bracketed && end != std::string_view::npos ? end - 1 : end);
        auto port = end == std::string_view::npos ? std::string_view{} : text.substr(end + (bracketed ? 1 : 0));
        if (bracketed && end == std::string_view::npos)
            return fault("has a [ without its ]", "write an IPv6 address as [::1]:5432");
        if (!bracketed && std::count(text.begin(), text.end(), ':') > 1)
            return fault("has a host with several colons", "write an IPv6 address in brackets: [::1]:5432");
        if (!port.empty()) {
            if (port.front() != ':') return fault("has something between ] and its port", "write [::1]:5432");
            host.port = read_port(port.substr(1));
        }
        host.name = name.empty() ? std::string{} : decoded(name, "its host");
        if (host.name.empty() && !name.empty()) return; // said already
        if (name.empty() && one_of_many)
            fault("has an empty host in its list", "write host1:5432,host2:5432");
        else if (bracketed ? !is_ipv6(host.name) : !name.empty() && !is_host(host.name))
            fault("has a host that is none", "a name, an address, or one in brackets: [::1]:5432");
        address_.hosts.push_back(std::move(host));
    }

    std::uint16_t read_port(std::string_view text) {
        std::uint16_t port = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
        if (error == std::errc{} && end == text.data() + text.size() && port > 0) return port;
        fault("has a port that is none", "a number from 1 to 65535");
        return 0;
    }

    void read_database(std::string_view path) {
        if (path.size() <= 1) return fault("names no database", "write " + url_example(engine_));
        path.remove_prefix(1);
        if (path.find('/') != std::string_view::npos)
            return fault("has a / in its database's name", "write it as %2F, or leave it out");
        address_.database = decoded(path, "its database");
    }

    void read_parameters(std::string_view text) {
        std::set<std::string_view> seen;
        for (const auto one : split(text, '&')) {
            const auto name = one.substr(0, one.find('='));
            const auto value = name.size() < one.size() ? one.substr(name.size() + 1) : std::string_view{};
            const bool known = is_postgresql() ? name == "host" || name == "port" : name == "socket";
            if (!known)
                faults_.push_back(refused_parameter(engine_, name));
            else if (!seen.insert(name).second)
                fault("has a parameter twice: " + std::string(name), "leave one of them out");
            else if (value.empty())
                fault("has a parameter without a value: " + std::string(name), "give it one, or leave it out");
            else
                read_parameter(name, value);
        }
    }

    void read_parameter(std::string_view name, std::string_view value) {
        if (name == "port") {
            port_ = read_port(value);
            return;
        }
        const auto text = decoded(value, "a parameter");
        if (text.empty()) return;
        if (name == "socket" && (text.front() != '/' || !is_host(text)))
            return fault("has a socket that is no path", "use socket=/run/mysqld/mysqld.sock");
        if (!is_host(text) && !is_ipv6(text))
            return fault("has a host that is none",
                         "several hosts stand before the database: postgresql://user@host1,host2/database");
        named_ = text;
    }

    // Puts together what the parameters and what stands before the database say, and fills in what neither does.
    void complete() {
        auto& hosts = address_.hosts;
        if (!named_.empty()) {
            if (hosts.size() == 1 && hosts.front().name.empty())
                hosts.front().name = named_;
            else
                fault(is_postgresql() ? "names its host twice" : "names both a host and a socket",
                      "leave the parameter out, or the host before the database");
        }
        if (port_ > 0) {
            if (hosts.size() == 1 && hosts.front().port == 0)
                hosts.front().port = port_;
            else
                fault("names its port twice, or one for several hosts", "write it after each host: host:5432");
        }
        for (auto& host : hosts) complete(host);
    }

    void complete(Host& host) {
        if (host.name.empty()) host.name = is_postgresql() ? postgresql_folder : mariadb_socket;
        const bool file = !is_postgresql() && host.is_socket();
        if (file && host.port > 0) fault("has a port beside a socket", "name the host as well, or leave the port out");
        if (is_postgresql() && host.port == 0) host.port = 5432;
        // MariaDB's clients take localhost without a port for the socket, and so do its accounts.
        if (!is_postgresql() && !file && host.port == 0 && lower_case(host.name) != "localhost") host.port = 3306;
    }

    Engine engine_;
    std::vector<UrlFault>& faults_;
    ServerAddress address_;
    std::string named_; // host, folder or socket, by a parameter
    std::uint16_t port_ = 0;
};

// The common names of one place as one: localhost is 127.0.0.1 and ::1, /var/run is /run.
std::string place_of(const Host& host) {
    std::string name = host.is_socket() ? host.name : lower_case(host.name);
    if (name == "127.0.0.1" || name == "::1") name = "localhost";
    if (name == "localhost" && host.port == 0) name = mariadb_socket;
    if (name.rfind("/var/run/", 0) == 0) name.erase(0, 4);
    while (name.size() > 1 && name.back() == '/') name.pop_back();
    return name + ":" + std::to_string(host.port);
}

} // namespace

std::optional<ServerAddress> read_server_url(Engine engine, std::string_view rest, std::vector<UrlFault>& faults) {
    const auto before = faults.size();
    auto address = Url(engine, faults).read(rest);
    return faults.size() == before ? std::optional(std::move(address)) : std::nullopt;
}

bool same_database(const ServerAddress& a, const ServerAddress& b) {
    if (a.database != b.database) return false;
    return std::any_of(a.hosts.begin(), a.hosts.end(), [&](const Host& host) {
        return std::any_of(b.hosts.begin(), b.hosts.end(),
                           [&](const Host& other) { return place_of(host) == place_of(other); });
    });
}

} // namespace retention
