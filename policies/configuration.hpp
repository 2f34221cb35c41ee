#pragma once
// The whole configuration: retentiond.toml and the policy files that it names, read and validated. An immutable
// snapshot: a run keeps the one it started with.

#include "policies/engine.hpp"
#include "policies/rule.hpp"
#include "policies/zone.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace retention {

// Where a secret is: named, never held here.
struct Secret {
    enum class Kind { credential, file, environment } kind = Kind::credential;
    std::string name; // of the credential or variable, or the path
};

// How a connection to a server is protected. `automatic`: verify_full for a host that is not this machine; on this
// machine (a Unix socket, localhost, 127.0.0.1, ::1) whatever the server offers.
enum class Tls { automatic, disable, require, verify_ca, verify_full };

// What a server's url says: postgresql://user@host:port,host2:port2/database?host=/run/postgresql&port=5432 and
// mariadb://user@host:port/database?socket=/run/mysqld/mysqld.sock. The loader leaves nothing of it open but the user.
struct ServerAddress {
    struct Host {
        std::string name; // a host name, an address, or a folder (PostgreSQL) or file (MariaDB) of a Unix socket
        // Of a folder too, whose socket is named for it; 0: of a file, or of MariaDB's localhost, which is its socket.
        std::uint16_t port = 0;
        bool is_socket() const { return !name.empty() && name.front() == '/'; }
    };
    std::vector<Host> hosts; // tried in order; PostgreSQL alone takes more than one
    std::string user;        // empty: whom the engine's client takes then (PostgreSQL: the process's own)
    std::string database;
    bool is_local() const; // every host is this machine
};

struct StoreSettings {
    std::string name;
    Engine engine = Engine::sqlite;
    std::string url;
    std::filesystem::path file; // SQLite: absolute, or relative to the configuration file's folder
    ServerAddress server;       // the other engines
    std::optional<Secret> password;
    Tls tls = Tls::automatic;
    std::filesystem::path ca, cert, key; // PEM files; may be empty
    std::size_t workers = 0;             // sessions that dispose of one category's rows at once; 0: not stated
    std::optional<std::chrono::milliseconds> max_replica_lag;
    // How a secret is read; set by whoever has the credentials' directory. Throws std::runtime_error.
    std::function<std::string(const Secret&)> read_secret = {};
    Zone zone = Zone::utc(); // of columns without one
    std::chrono::milliseconds batch_time{100};
    std::optional<std::int64_t> rows_per_second;
    std::optional<std::pair<std::chrono::minutes, std::chrono::minutes>> window; // local time of day: from, until
    bool weak_durability = false;
    Place place;
};

struct AuditSettings {
    std::filesystem::path directory;
    Secret key; // 64 hex digits
};

// Who may ask the running daemon, and where. An entry is a user, or @group.
struct ControlSettings {
    std::filesystem::path socket;
    std::vector<std::string> operators{"root"}; // everything
    std::vector<std::string> viewers;           // status and reports
    Place place;
};

struct MetricsSettings {
    std::string listen; // "127.0.0.1:9188"; empty: nobody asks
};

struct Configuration {
    std::filesystem::path file;
    Zone zone = Zone::utc();
    std::filesystem::path state;
    AuditSettings audit;
    ControlSettings control;
    MetricsSettings metrics;
    std::map<std::string, StoreSettings> stores;
    std::vector<Rule> rules; // in the order of the files' names, then of the text

    const Rule* find_rule(std::string_view category) const;
};

} // namespace retention
