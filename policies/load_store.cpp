#include "policies/load_store.hpp"

#include "policies/load_hint.hpp"

#include <algorithm>

namespace retention {
namespace {

using std::chrono::milliseconds;

const std::vector<std::string> schemes{"sqlite", "postgresql", "mariadb"};

// "22:00" in minutes of the day.
std::optional<std::chrono::minutes> read_clock(std::string_view text) {
    const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
    if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) return {};
    const int hour = (text[0] - '0') * 10 + (text[1] - '0');
    const int minute = (text[3] - '0') * 10 + (text[4] - '0');
    if (hour > 23 || minute > 59) return {};
    return std::chrono::minutes(hour * 60 + minute);
}

void read_window(TableReader& from, StoreSettings& store) {
    const auto text = from.name("window");
    if (!text) return;
    const std::string_view view = *text;
    const auto opens = read_clock(view.substr(0, 5));
    const auto closes = view.size() == 11 && view[5] == '-' ? read_clock(view.substr(6)) : std::nullopt;
    if (opens && closes && *opens != *closes)
        store.window = {*opens, *closes};
    else
        from.error(from.value_place("window"),
                   "`window` of " + from.owner() + " is no span of the day: \"" + *text + "\"",
                   "write it as \"22:00-05:00\", or leave it out for any time");
}

// sqlite:///srv/crm.db, or sqlite://./crm.db beside the configuration.
void read_sqlite(TableReader& from, std::string_view rest, const std::filesystem::path& folder, StoreSettings& store) {
    const auto fault = [&](const std::string& what) {
        from.error(from.value_place("url"), "`url` of " + from.owner() + " " + what,
                   "write sqlite:///path/to/file, or sqlite://./file for one relative to this file");
    };
    if (rest.substr(0, 2) != "//") return fault("has no // after sqlite:");
    rest.remove_prefix(2);
    const bool absolute = rest.size() > 1 && rest.front() == '/';
    const bool relative =
        (rest.substr(0, 2) == "./" && rest.size() > 2) || (rest.substr(0, 3) == "../" && rest.size() > 3);
    if (!absolute && !relative) return fault("names no file after sqlite://");
    if (rest.find('?') != std::string_view::npos) return fault("has parameters, which no store takes");
    if (rest.back() == '/') return fault("names a folder, not a file");
    store.file = (absolute ? std::filesystem::path(rest) : folder / std::filesystem::path(rest)).lexically_normal();
}

// postgresql://user@host:port/database
void read_server(TableReader& from, std::string_view rest) {
    const auto fault = [&](const std::string& what, const std::string& hint) {
        from.error(from.value_place("url"), "`url` of " + from.owner() + " " + what, hint);
    };
    const auto slash = rest.substr(0, 2) == "//" ? rest.find('/', 2) : std::string_view::npos;
    if (slash == std::string_view::npos || slash + 1 == rest.size())
        return fault("names no database", "write postgresql://user@host/database");
    const auto authority = rest.substr(2, slash - 2);
    const auto at = authority.rfind('@');
    if (at != std::string_view::npos && authority.substr(0, at).find(':') != std::string_view::npos)
        fault("has a password in it", "use password = { credential = \"…\" }");
    if (rest.find("password=") != std::string_view::npos)
        fault("has a password in it", "use password = { credential = \"…\" }");
}

void read_url(TableReader& from, const std::filesystem::path& folder, StoreSettings& store) {
    if (!from.require("url", "url = \"sqlite:///path\", \"postgresql://…\" or \"mariadb://…\"")) return;
    const auto text = from.name("url");
    if (!text) return;
    store.url = *text;
    const auto colon = text->find(':');
    const auto scheme = text->substr(0, colon);
    const auto known = std::find(schemes.begin(), schemes.end(), scheme);
    if (colon == std::string::npos || known == schemes.end()) {
        const auto meant = did_you_mean(scheme, schemes);
        return from.error(from.value_place("url"),
                          "`url` of " + from.owner() + " is of no known kind: \"" + *text + "\"",
                          meant.empty() ? "sqlite:///path, postgresql://… and mariadb://… are known" : meant);
    }
    const auto rest = std::string_view(*text).substr(colon + 1);
    store.engine = static_cast<Engine>(known - schemes.begin());
    if (store.engine == Engine::sqlite) return read_sqlite(from, rest, folder, store);
    read_server(from, rest);
    from.error(from.value_place("url"), "a " + scheme + " store is not supported yet",
               "SQLite stores are: sqlite:///path");
}

// Keys of stores that are servers.
void read_server_keys(TableReader& from, const std::filesystem::path& folder, const StoreSettings& store) {
    read_secret(from, "password", folder);
    from.choice("tls", {"disable", "require", "verify-ca", "verify-full"});
    for (const auto* key : {"ca", "cert", "key"}) from.name(key);
    from.duration("max_replica_lag", milliseconds(3600000));
    const auto workers = from.count("workers");
    if (workers.value_or(1) > 64)
        from.error(from.value_place("workers"), "`workers` of " + from.owner() + " is more than 64");
    if (store.engine != Engine::sqlite) return;
    from.refuse({"password", "tls", "ca", "cert", "key", "max_replica_lag"}, "does not apply to SQLite",
                "leave it out");
    if (workers.value_or(1) > 1)
        from.warning(from.value_place("workers"), "SQLite has one writer: one worker does the work",
                     "leave `workers` out");
}

} // namespace

std::optional<Secret> read_secret(TableReader& from, std::string_view key, const std::filesystem::path& folder) {
    const auto* node = from.table(key);
    if (!node) return {};
    TableReader table(*node, "`" + std::string(key) + "` of " + from.owner(), from.findings());
    const auto credential = table.name("credential"), file = table.name("file"), variable = table.name("env");
    const int ways = table.has("credential") + table.has("file") + table.has("env");
    table.finish();
    if (ways != 1) {
        table.error(node->place,
                    table.owner() + " names " + (ways == 0 ? "no" : "more than one") + " place of the secret",
                    "exactly one of { credential = \"…\" }, { file = \"…\" }, { env = \"…\" }");
        return {};
    }
    if (credential && (credential->find('/') != std::string::npos || *credential == "." || *credential == ".."))
        table.error(table.value_place("credential"), "a credential has a name, not a path: \"" + *credential + "\"",
                    "use { file = \"…\" }");
    if (variable && variable->find('=') != std::string::npos)
        table.error(table.value_place("env"), "no name of a variable: \"" + *variable + "\"");
    if (credential) return Secret{Secret::Kind::credential, *credential};
    if (file) return Secret{Secret::Kind::file, (folder / *file).lexically_normal().string()};
    if (variable) return Secret{Secret::Kind::environment, *variable};
    return {};
}

std::optional<Zone> read_zone(TableReader& from, std::string_view key) {
    const auto name = from.name(key);
    if (!name) return {};
    auto zone = Zone::load(*name);
    if (!zone)
        from.error(from.value_place(key), "the system knows no time zone \"" + *name + "\"",
                   "an IANA name like \"Europe/London\", or \"UTC\"; tzdata must be installed");
    return zone;
}

StoreSettings read_store(const std::string& name, const TomlNode& node, const std::filesystem::path& folder,
                         Findings& findings) {
    TableReader from(node, "store '" + name + "'", findings);
    StoreSettings store;
    store.name = name;
    store.place = node.place;
    read_url(from, folder, store);
    read_server_keys(from, folder, store);
    if (const auto zone = read_zone(from, "timezone")) store.zone = *zone;
    read_window(from, store);
    if (const auto time = from.duration("batch_time", milliseconds(60000))) store.batch_time = *time;
    store.rows_per_second = from.count("rows_per_second");
    store.weak_durability = from.flag("weak_durability").value_or(false);
    from.finish();
    return store;
}

} // namespace retention
