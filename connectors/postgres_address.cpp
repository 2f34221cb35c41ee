#include "connectors/postgres_address.hpp"

#include <utility>
#include <vector>

namespace retention {
namespace {

// Cannot exist: libpq then does without the file, and does not look in the home directory for another.
constexpr char no_file[] = "/dev/null/none";
constexpr char system_authorities[] = "/etc/ssl/certs/ca-certificates.crt";
constexpr std::uint16_t usual_port = 5432;

std::string encoded(std::string_view text) {
    constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    constexpr char digits[] = "0123456789ABCDEF";
    std::string safe;
    for (const char byte : text) {
        if (plain.find(byte) != plain.npos) {
            safe += byte;
            continue;
        }
        const auto value = static_cast<unsigned char>(byte);
        safe += {'%', digits[value >> 4], digits[value & 15]};
    }
    return safe;
}

std::uint16_t port_of(const ServerAddress::Host& host) {
    return host.port == 0 ? usual_port : host.port;
}

Tls protection(const StoreSettings& store) {
    if (store.tls != Tls::automatic || store.server.is_local()) return store.tls;
    return Tls::verify_full;
}

const char* mode(Tls tls) {
    switch (tls) {
    case Tls::automatic:
        return "prefer";
    case Tls::disable:
        return "disable";
    case Tls::require:
        return "require";
    case Tls::verify_ca:
        return "verify-ca";
    case Tls::verify_full:
        return "verify-full";
    }
    return "verify-full";
}

std::string file_or_none(const std::filesystem::path& file) {
    return file.empty() ? no_file : file.string();
}

// libpq counts whole seconds, and 0 is no limit.
std::string seconds(std::chrono::milliseconds time) {
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(time).count());
}

using Options = std::vector<std::pair<const char*, std::string>>;

void add_server(Options& options, const ServerAddress& server) {
    std::string names, ports;
    for (const auto& host : server.hosts) {
        const char* comma = &host == &server.hosts.front() ? "" : ",";
        names += comma + host.name;
        ports += comma + std::to_string(port_of(host));
    }
    options.insert(options.end(), {{"host", names}, {"hostaddr", ""}, {"port", ports}, {"dbname", server.database}});
    // Of several hosts the one that takes writes: never a standby, nor a server that is read-only by its settings.
    options.emplace_back("target_session_attrs", server.hosts.size() > 1 ? "read-write" : "any");
    if (!server.user.empty()) options.emplace_back("user", server.user);
}

void add_protection(Options& options, const StoreSettings& store) {
    options.emplace_back("sslmode", mode(protection(store)));
    options.emplace_back("sslrootcert", file_or_none(postgres_authorities(store)));
    options.emplace_back("sslcert", file_or_none(store.cert));
    options.emplace_back("sslkey", file_or_none(store.key.empty() ? store.cert : store.key));
    options.insert(options.end(), {{"sslcrl", no_file}, {"sslcrldir", ""}});
    options.insert(options.end(), {{"ssl_min_protocol_version", "TLSv1.2"}, {"ssl_max_protocol_version", ""}});
    options.insert(options.end(), {{"gssencmode", "disable"}, {"requirepeer", ""}});
}

// A peer that has gone is noticed within a minute: after 30 s of silence it is asked three times, every 10 s.
void add_patience(Options& options, const Patience& patience) {
    options.emplace_back("connect_timeout", seconds(patience.connect));
    options.insert(options.end(), {{"keepalives", "1"}, {"keepalives_idle", "30"}, {"keepalives_interval", "10"}});
    options.insert(options.end(), {{"keepalives_count", "3"}, {"tcp_user_timeout", "60000"}});
}

std::string shown(const ServerAddress::Host& host) {
    const std::string port = std::to_string(port_of(host));
    if (host.name.empty()) return "the default socket, port " + port;
    return host.is_socket() ? host.name + "/.s.PGSQL." + port : host.name + ":" + port;
}

} // namespace

std::filesystem::path postgres_authorities(const StoreSettings& store) {
    const Tls tls = protection(store);
    if (tls == Tls::disable) return {};
    if (!store.ca.empty()) return store.ca; // libpq verifies the chain under `require` as well, then
    return tls == Tls::verify_ca || tls == Tls::verify_full ? system_authorities : "";
}

std::string postgres_uri(const StoreSettings& store, const std::string& password, const Patience& patience) {
    Options options;
    add_server(options, store.server);
    add_protection(options, store);
    add_patience(options, patience);
    options.insert(options.end(), {{"password", password}, {"passfile", no_file}, {"options", ""}});
    options.insert(options.end(), {{"client_encoding", "UTF8"}, {"application_name", "retentiond"}});
    std::string uri = "postgresql://";
    for (const auto& [name, value] : options)
        uri += (&name == &options.front().first ? "?" : "&") + std::string(name) + "=" + encoded(value);
    return uri;
}

std::string postgres_hosts(const ServerAddress& server) {
    if (server.hosts.empty()) return shown({});
    std::string hosts;
    for (const auto& host : server.hosts) hosts += (hosts.empty() ? "" : ", ") + shown(host);
    return hosts;
}

} // namespace retention
