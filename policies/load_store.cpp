#include "policies/load_store.hpp"

#include "policies/load_hint.hpp"
#include "policies/load_server.hpp"
#include "policies/server_url.hpp"

#include <algorithm>
#include <functional>
#include <map>

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

// What other programs call them.
const std::map<std::string, std::string, std::less<>> other_names{
    {"postgres", "postgresql"}, {"pgsql", "postgresql"}, {"mysql", "mariadb"}, {"sqlite3", "sqlite"}};

// What stands before "://", and nothing else of a url that may hold a password.
std::string scheme_of(std::string_view url) {
    const auto end = url.find("://");
    return end == std::string_view::npos ? std::string{} : std::string(url.substr(0, end));
}

void refuse_scheme(TableReader& from, const std::string& scheme) {
    const auto other = other_names.find(scheme);
    const auto hint = other != other_names.end() ? "write " + other->second + "://…" : did_you_mean(scheme, schemes);
    from.error(from.value_place("url"),
               "`url` of " + from.owner() + " is of no known kind" + (scheme.empty() ? "" : ": \"" + scheme + "\""),
               hint.empty() ? "sqlite:///path, postgresql://… and mariadb://… are known" : hint);
}

void read_server(TableReader& from, std::string_view rest, StoreSettings& store) {
    std::vector<UrlFault> faults;
    store.server = read_server_url(store.engine, rest, faults).value_or(ServerAddress{});
    for (const auto& [what, hint] : faults)
        from.error(from.value_place("url"), "`url` of " + from.owner() + " " + what, hint);
}

// Nothing where the url names no engine.
std::optional<Engine> read_url(TableReader& from, const std::filesystem::path& folder, StoreSettings& store) {
    if (!from.require("url", "url = \"sqlite:///path\", \"postgresql://…\" or \"mariadb://…\"")) return {};
    const auto text = from.name("url");
    if (!text) return {};
    store.url = *text;
    const auto engine = engine_of(*text);
    if (!engine) {
        refuse_scheme(from, scheme_of(*text));
        return {};
    }
    store.engine = *engine;
    const auto rest = std::string_view(*text).substr(text->find(':') + 1);
    if (store.engine == Engine::sqlite)
        read_sqlite(from, rest, folder, store);
    else
        read_server(from, rest, store);
    return engine;
}

void read_workers(TableReader& from, StoreSettings& store) {
    const auto workers = from.count("workers").value_or(0);
    if (workers > 64)
        from.error(from.value_place("workers"), "`workers` of " + from.owner() + " is more than 64",
                   "a few are enough: leave it out for a number that fits");
    else
        store.workers = static_cast<std::size_t>(workers);
}

void check_sqlite(TableReader& from, StoreSettings& store) {
    refuse_server_keys(from);
    if (store.workers > 1)
        from.warning(from.value_place("workers"), "SQLite has one writer: one worker does the work",
                     "leave `workers` out");
    store.workers = std::min<std::size_t>(store.workers, 1);
}

} // namespace

std::optional<Engine> engine_of(std::string_view url) {
    const auto scheme = std::find(schemes.begin(), schemes.end(), url.substr(0, url.find(':')));
    if (scheme == schemes.end() || scheme->size() == url.size()) return {};
    return static_cast<Engine>(scheme - schemes.begin());
}

std::optional<Secret> read_secret(TableReader& from, std::string_view key, const std::filesystem::path& folder) {
    const auto* node = from.find(key);
    if (!node) return {};
    if (node->kind != TomlNode::Kind::table || node->entries.empty()) { // whatever stands there is not repeated
        from.error(node->place,
                   "`" + std::string(key) + "` of " + from.owner() +
                       " wants a table that says where the secret is, not the secret itself",
                   "exactly one of { credential = \"…\" }, { file = \"…\" }, { env = \"…\" }");
        return {};
    }
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
    const auto engine = read_url(from, folder, store);
    read_workers(from, store);
    if (engine == Engine::sqlite)
        check_sqlite(from, store);
    else
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
