#include "policies/load_settings.hpp"

#include "policies/load_period.hpp"
#include "policies/load_store.hpp"
#include "policies/server_url.hpp"

#include <algorithm>

namespace retention {
namespace {

using std::filesystem::path;

path or_default(const path& given, const char* otherwise) {
    return given.empty() ? path(otherwise) : given;
}

void read_audit(TableReader& main, const Directories& directories, const path& folder, AuditSettings& audit) {
    audit.directory = or_default(directories.logs, "/var/log/retentiond");
    audit.key = {Secret::Kind::credential, "audit.key"};
    const auto* node = main.table("audit");
    if (!node) return;
    TableReader from(*node, "[audit]", main.findings());
    if (const auto directory = from.name("directory")) audit.directory = (folder / *directory).lexically_normal();
    if (auto key = read_secret(from, "key", folder)) audit.key = std::move(*key);
    from.finish();
}

// Users and groups as [control] names them; whether this machine knows them is for `check` to say. "nobody listed" may
// be written out for viewers; without an operator nothing could ever be ordered.
std::optional<std::vector<std::string>> read_people(TableReader& from, std::string_view key, bool may_be_empty) {
    const auto* node = from.find(key);
    if (!node) return {};
    if (may_be_empty && node->kind == TomlNode::Kind::list && node->items.empty()) return std::vector<std::string>{};
    auto people = from.names(key);
    for (const auto& entry : people)
        if (entry == "@" || entry.find_first_of(" \t:,") != std::string::npos ||
            entry.find('@', 1) != std::string::npos)
            from.error(from.value_place(key), "\"" + entry + "\" names no user and no group",
                       "write a user as \"anna\" and a group as \"@staff\"");
    return people;
}

void read_control(TableReader& main, const Directories& directories, const path& folder, ControlSettings& control) {
    control.socket = or_default(directories.runtime, "/run/retentiond") / "control.sock";
    const auto* node = main.table("control");
    if (!node) return;
    TableReader from(*node, "[control]", main.findings());
    control.place = from.place();
    if (const auto socket = from.name("socket")) control.socket = (folder / *socket).lexically_normal();
    if (auto operators = read_people(from, "operators", false)) control.operators = std::move(*operators);
    if (auto viewers = read_people(from, "viewers", true)) control.viewers = std::move(*viewers);
    from.finish();
}

bool is_address(const std::string& text) { // host:port
    const auto colon = text.rfind(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == text.size() || text.size() - colon > 6) return false;
    const auto port = text.substr(colon + 1);
    const bool digits = std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
    return digits && std::stoi(port) > 0 && std::stoi(port) < 65536;
}

void read_metrics(TableReader& main, MetricsSettings& metrics) {
    const auto* node = main.table("metrics");
    if (!node) return;
    TableReader from(*node, "[metrics]", main.findings());
    const auto listen = from.name("listen");
    if (listen && !is_address(*listen))
        from.error(from.value_place("listen"), "`listen` is no address with a port: \"" + *listen + "\"",
                   "write it as \"127.0.0.1:9188\"");
    from.finish();
    metrics.listen = listen.value_or("");
}

// Also behind a link. A file that is not there yet is itself alone.
bool same_file(const path& a, const path& b) {
    std::error_code unknown;
    return !a.empty() && !b.empty() && (a == b || std::filesystem::equivalent(a, b, unknown));
}

bool same_store(const StoreSettings& a, const StoreSettings& b) {
    if (a.engine != b.engine) return false;
    return a.engine == Engine::sqlite ? same_file(a.file, b.file) : same_database(a.server, b.server);
}

// One database under two names would hide two categories from each other.
void check_same(const StoreSettings& store, const Configuration& configuration, Findings& findings) {
    for (const auto& [name, other] : configuration.stores)
        if (same_store(store, other))
            findings.error(store.place, "store '" + store.name + "' is the same database as store '" + name + "'",
                           "give both one name");
}

std::optional<std::map<std::string, std::optional<Engine>>> read_stores(TableReader& main, const path& folder,
                                                                        Configuration& configuration) {
    if (!main.require("stores", "add [stores.NAME] with a url")) return {};
    const auto* node = main.table("stores");
    if (!node) return {};
    std::map<std::string, std::optional<Engine>> known;
    for (const auto& entry : node->entries) {
        known[entry.key] = std::nullopt;
        if (!is_one_line(entry.key)) main.error(entry.place, "a store without a usable name");
        if (entry.value.kind != TomlNode::Kind::table) {
            main.error(entry.value.place, "store '" + entry.key + "' wants a table, not " + entry.value.describe(),
                       "write [stores." + entry.key + "]");
            continue;
        }
        auto store = read_store(entry.key, entry.value, folder, main.findings());
        known[entry.key] = engine_of(store.url);
        check_same(store, configuration, main.findings());
        configuration.stores.emplace(entry.key, std::move(store));
    }
    return known;
}

} // namespace

const std::vector<std::string>& main_keys() {
    static const std::vector<std::string> keys{
        "timezone", "policies", "schedule", "overdue_after", "financial_year_ends",
        "state",    "audit",    "control",  "metrics",       "stores"};
    return keys;
}

Defaults read_settings(TableReader& main, const Directories& directories, Configuration& configuration) {
    const auto folder = configuration.file.parent_path();
    Defaults defaults;
    defaults.known = true;
    if (main.require("timezone", "days are counted in it: timezone = \"Europe/London\""))
        if (const auto zone = read_zone(main, "timezone")) configuration.zone = *zone;
    main.names("policies");
    defaults.schedule = main.name("schedule").value_or("");
    defaults.schedule_place = main.value_place("schedule");
    defaults.overdue_after = read_period_text(main, "overdue_after").value_or(defaults.overdue_after);
    defaults.financial_year_ends = read_month_day(main, "financial_year_ends");
    defaults.financial_year_named = main.has("financial_year_ends");
    configuration.state = or_default(directories.state, "/var/lib/retentiond");
    if (const auto state = main.name("state")) configuration.state = (folder / *state).lexically_normal();
    read_audit(main, directories, folder, configuration.audit);
    read_control(main, directories, folder, configuration.control);
    read_metrics(main, configuration.metrics);
    defaults.stores = read_stores(main, folder, configuration);
    return defaults;
}

} // namespace retention
