#pragma once
// Rules for tests, through the real loader: TOML text of categories in a store "shop", a SQLite file if nothing else is
// said.

#include "connectors/connector.hpp"
#include "connectors/plan.hpp"
#include "policies/configuration.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace retention::test {

struct Zones {
    std::string here = "UTC", store = "UTC";
};

// Throws std::runtime_error with every problem in the text. A category says store = "shop".
Configuration rules_from_toml(const std::string& categories, const std::filesystem::path& database, const Zones& = {});

// The same in a store of any engine, which is then called "shop".
Configuration rules_from_toml(const std::string& categories, const StoreSettings&, const Zones& = {});

// The rule on the session's own catalogue. Throws std::runtime_error with the problems.
std::shared_ptr<Plan> plan_on(Session&, const Rule&, Date as_of);

Date day(const std::string&); // "2026-11-21"

// A file, its only category "records", and a session that may write, with the witness table in place.
struct Bench {
    Bench(const std::filesystem::path& database, const std::string& category, const std::string& as_of,
          const Zones& = {}, Access = Access::read_write);

    Configuration configuration;
    std::unique_ptr<Connector> connector;
    std::unique_ptr<Session> session;
    std::shared_ptr<Plan> plan;

    // Disposes of all that is due in batches of `most`, each committed. Returns the keys, composite ones joined by a
    // comma, and adds to `related`.
    std::vector<std::string> purge(std::size_t most = 100);
    std::vector<RelatedCount> related;
    std::size_t batches = 0;
};

} // namespace retention::test
