#include "connectors/mariadb_tls.hpp"

#include <cstdio>
#include <errmsg.h>
#include <mysql.h>
#include <mysql/plugin_auth.h>

namespace retention {
namespace {

// As in <mysql/client_plugin.h>, which includes a header that Debian does not ship.
struct AuthenticationPlugin {
    st_mysql_client_plugin header;
    int (*authenticate_user)(MYSQL_PLUGIN_VIO*, MYSQL*);
};
constexpr int authentication_plugin = 2;
constexpr unsigned authentication_interface = 0x0100;

constexpr const char* system_authorities = "/etc/ssl/certs/ca-certificates.crt";
constexpr const char* speaks_first = "retentiond_tls_first";

// Proofs of a password that do not give it away. Not mysql_clear_password or dialog, which any server may ask for: they
// are for a server that has shown who it is.
constexpr const char* proofs =
    "retentiond_tls_first,mysql_native_password,client_ed25519,caching_sha2_password,sha256_password,parsec";

// The first answer to the server's greeting, without any proof: the server then asks for the one that it wants, and
// that goes through TLS, whose certificate has been checked by then.
int answer_through_tls(MYSQL_PLUGIN_VIO* line, st_mysql* handle) {
    if ((handle->server_capabilities & CLIENT_SSL) == 0) {
        handle->net.last_errno = CR_SSL_CONNECTION_ERROR;
        std::snprintf(handle->net.last_error, sizeof handle->net.last_error, "the server offers no TLS");
        return CR_ERROR;
    }
    return line->write_packet(line, nullptr, 0) == 0 ? CR_OK : CR_ERROR;
}

bool register_plugin(MYSQL* handle) {
    static AuthenticationPlugin plugin = [] {
        AuthenticationPlugin made{};
        made.header.type = authentication_plugin;
        made.header.interface_version = authentication_interface;
        made.header.name = speaks_first;
        made.header.author = "retentiond";
        made.header.desc = "sends nothing where TLS is demanded and not offered";
        made.header.license = "";
        made.authenticate_user = answer_through_tls;
        return made;
    }();
    static const bool known = mysql_client_register_plugin(handle, &plugin.header) != nullptr;
    return known;
}

void set_flag(MYSQL* handle, mysql_option option, bool on) {
    const my_bool value = on ? 1 : 0;
    mysql_options(handle, option, &value);
}

bool through_socket(const StoreSettings& settings) {
    const auto& hosts = settings.server.hosts;
    return hosts.empty() || hosts[0].is_socket() ||
           (hosts[0].port == 0 && (hosts[0].name.empty() || hosts[0].name == "localhost"));
}

} // namespace

Tls tls_of(const StoreSettings& settings) {
    if (settings.tls != Tls::automatic) return settings.tls;
    if (!settings.server.is_local()) return Tls::verify_full;
    return settings.cert.empty() ? Tls::disable : Tls::require;
}

void set_tls(MYSQL* handle, const StoreSettings& settings) {
    const Tls tls = tls_of(settings);
    const bool socket = through_socket(settings);
    const bool chain = !socket && (tls == Tls::verify_ca || tls == Tls::verify_full);
    if (!chain && !socket) mysql_options(handle, MARIADB_OPT_RESTRICTED_AUTH, proofs);
    set_flag(handle, MYSQL_OPT_SSL_ENFORCE, tls != Tls::disable);
    // Asks for the name in the certificate. The chain is checked wherever an authority is given.
    set_flag(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, chain && tls == Tls::verify_full);
    if (tls == Tls::disable) return;
    const auto text = [](const std::filesystem::path& path) { return path.empty() ? nullptr : path.c_str(); };
    const char* authorities = settings.ca.empty() ? system_authorities : settings.ca.c_str();
    mysql_ssl_set(handle, text(settings.key), text(settings.cert), chain ? authorities : nullptr, nullptr, nullptr);
    mysql_options(handle, MARIADB_OPT_TLS_VERSION, "TLSv1.2,TLSv1.3");
    // Where it is not known, libmariadb refuses to connect, or falls back to its own, which sends no proof.
    if (!socket && register_plugin(handle)) mysql_options(handle, MYSQL_DEFAULT_AUTH, speaks_first);
}

} // namespace retention
