#pragma once
// The whole configuration: retentiond.toml and the policy files that it names, read and validated. An immutable
// snapshot: a run keeps the one it started with.

#include "policies/rule.hpp"
#include "policies/zone.hpp"

#include <chrono>
#include <filesystem>
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

enum class Engine { sqlite, postgresql, mariadb };

struct StoreSettings {
    std::string name;
    Engine engine = Engine::sqlite;
    std::string url;
    std::filesystem::path file; // SQLite: absolute, or relative to the configuration file's folder
    Zone zone = Zone::utc();    // of columns without one
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

struct Configuration {
    std::filesystem::path file;
    Zone zone = Zone::utc();
    std::filesystem::path state;
    AuditSettings audit;
    std::map<std::string, StoreSettings> stores;
    std::vector<Rule> rules; // in the order of the files' names, then of the text

    const Rule* find_rule(std::string_view category) const;
};

} // namespace retention
