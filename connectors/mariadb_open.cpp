#include "connectors/mariadb_open.hpp"

#include "connectors/mariadb_tls.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <soci/mysql/soci-mysql.h>
#include <soci/soci.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace retention {
namespace {

// What the next connect of this thread is to use; null: as its caller says.
struct Opening {
    const StoreSettings& settings;
    const Patience& patience;
    std::string password;
    unsigned number = 0; // of the error
    ~Opening() { explicit_bzero(password.data(), password.size()); }
};
thread_local Opening* opening = nullptr;

struct OpeningNow {
    explicit OpeningNow(Opening& now) { opening = &now; }
    ~OpeningNow() { opening = nullptr; }
};

unsigned whole_seconds(std::chrono::milliseconds time) {
    return static_cast<unsigned>(std::chrono::ceil<std::chrono::seconds>(time).count());
}

void set_timeouts(MYSQL* handle, const Patience& patience) {
    const unsigned connect = whole_seconds(patience.connect);
    mysql_options(handle, MYSQL_OPT_CONNECT_TIMEOUT, &connect);
    // The server ends a statement that takes too long; one that says nothing for longer than that is gone.
    if (patience.statement.count() == 0) return;
    const unsigned answer = whole_seconds(patience.statement + patience.lock) + 60;
    mysql_options(handle, MYSQL_OPT_READ_TIMEOUT, &answer);
    mysql_options(handle, MYSQL_OPT_WRITE_TIMEOUT, &answer);
}

void set_options(MYSQL* handle, const StoreSettings& settings, const Patience& patience) {
    const unsigned none = 0;
    const my_bool no = 0;
    mysql_options(handle, MYSQL_OPT_LOCAL_INFILE, &none);
    mysql_options(handle, MYSQL_OPT_RECONNECT, &no);
    mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    mysql_options4(handle, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "retentiond");
    set_timeouts(handle, patience);
    set_tls(handle, settings);
}

// Where the other machine has vanished, this one finds out in about two minutes, also without a statement's limit.
void watch_line(MYSQL* handle) {
    const int line = static_cast<int>(mysql_get_socket(handle));
    fcntl(line, F_SETFD, FD_CLOEXEC);
    const int on = 1, idle = 60, between = 15, times = 4;
    setsockopt(line, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    setsockopt(line, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    setsockopt(line, IPPROTO_TCP, TCP_KEEPINTVL, &between, sizeof between);
    setsockopt(line, IPPROTO_TCP, TCP_KEEPCNT, &times, sizeof times);
}

std::string place_of(const StoreSettings& settings) {
    if (settings.server.hosts.empty() || settings.server.hosts[0].name.empty()) return "this machine's own socket";
    const auto& host = settings.server.hosts[0];
    return host.port == 0 ? host.name : host.name + ":" + std::to_string(host.port);
}

const char* check_what(unsigned number) {
    switch (number) {
    case 1044:
    case 1045:
    case 1130:
    case 1698:
        return "the user, its password and the host that it may come from";
    case 1049:
        return "the database's name in `url`";
    case 1040:
    case 1203:
    case 1226:
        return "max_connections of the server, and of the user";
    case 2005:
        return "the host's name in `url`: this machine cannot resolve it";
    case 2026:
        return "`tls` and `ca`, and the server's certificate: its issuer, its name, its dates";
    default:
        return "whether the server runs, and host, port or socket in `url`";
    }
}

// Error 1698 is the plugin unix_socket's own word; without a password, through a socket, 1045 is likely its, too.
bool by_system_user(const StoreSettings& settings, unsigned number) {
    const auto& hosts = settings.server.hosts;
    const bool local = hosts.empty() || hosts[0].name.empty() || hosts[0].is_socket();
    return number == 1698 || (number == 1045 && !settings.password && local);
}

std::string hint_for(const StoreSettings& settings, unsigned number) {
    if (by_system_user(settings, number))
        return "the server knows a user by the operating system's (unix_socket): run this as the user that `url` "
               "names (systemd-run --uid=retentiond as in retentiond(8), EXAMPLES), or give the store its `password`";
    return std::string("check ") + check_what(number);
}

[[noreturn]] void refuse(const StoreSettings& settings, const std::string& what) {
    throw StoreError(StoreError::Kind::lost, "store '" + settings.name + "': " + what);
}

void check(const StoreSettings& settings) {
    const auto& hosts = settings.server.hosts;
    if (hosts.size() > 1)
        refuse(settings, "MariaDB takes one host, and `url` names " + std::to_string(hosts.size()) +
                             "\nhint: name the primary, or a proxy that knows it");
    // libmariadb copies it without looking.
    if (!hosts.empty() && hosts[0].is_socket() && hosts[0].name.size() >= sizeof sockaddr_un::sun_path)
        refuse(settings, "the socket's path is longer than " + std::to_string(sizeof sockaddr_un::sun_path - 1) +
                             " characters: " + hosts[0].name);
}

std::string password_of(const StoreSettings& settings) {
    if (!settings.password) return {};
    if (!settings.read_secret) refuse(settings, "nobody can read its password");
    try {
        return settings.read_secret(*settings.password);
    } catch (const std::runtime_error& error) {
        refuse(settings, std::string("read the password: ") + error.what());
    }
}

} // namespace

struct MariadbHandle::Session {
    // Everything else is told to mysql_real_connect itself.
    Session() : session(*soci::factory_mysql(), "charset=utf8mb4") {}
    soci::session session;
};

MariadbHandle::MariadbHandle(const StoreSettings& settings, const Patience& patience) {
    check(settings);
    Opening now{settings, patience, password_of(settings)};
    const OpeningNow in_force(now);
    try {
        session_ = std::make_unique<Session>();
    } catch (const soci::soci_error& error) {
        refuse(settings, "cannot connect to " + place_of(settings) + ": " + error.what() + " (mariadb error " +
                             std::to_string(now.number) + ")\nhint: " + hint_for(settings, now.number));
    }
    // SOCI hides the type's typeinfo, so it cannot be asked; the factory above makes no other.
    handle_ = static_cast<soci::mysql_session_backend*>(session_->session.get_backend())->conn_;
    watch_line(handle_);
    if (handle_->passwd) explicit_bzero(handle_->passwd, strlen(handle_->passwd)); // it never connects again
}

MariadbHandle::~MariadbHandle() = default;

} // namespace retention

// ld's --wrap gives it every call of mysql_real_connect in the program, SOCI's among them, and names it so.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {

MYSQL* __real_mysql_real_connect(MYSQL*, const char*, const char*, const char*, const char*, unsigned, const char*,
                                 unsigned long);

MYSQL* __wrap_mysql_real_connect(MYSQL* handle, const char* host, const char* user, const char* password,
                                 const char* database, unsigned port, const char* socket, unsigned long flags) {
    auto* now = retention::opening;
    if (!now) return __real_mysql_real_connect(handle, host, user, password, database, port, socket, flags);

    retention::set_options(handle, now->settings, now->patience);
    const auto& server = now->settings.server;
    const auto named = server.hosts.empty() ? retention::ServerAddress::Host() : server.hosts[0];
    const auto text = [](const std::string& what) { return what.empty() ? nullptr : what.c_str(); };
    // A port is meant: `localhost` alone would be the socket, which may be another server's.
    const unsigned tcp = MYSQL_PROTOCOL_TCP;
    if (!named.is_socket() && named.port != 0) mysql_options(handle, MYSQL_OPT_PROTOCOL, &tcp);
    MYSQL* opened = __real_mysql_real_connect(handle, named.is_socket() ? nullptr : text(named.name), text(server.user),
                                              text(now->password), text(server.database), named.port,
                                              named.is_socket() ? named.name.c_str() : nullptr, flags);
    if (!opened) now->number = mysql_errno(handle);
    return opened;
}
}
// NOLINTEND(bugprone-reserved-identifier)
