#pragma once
// One table under [stores] in TOML.

#include "policies/configuration.hpp"
#include "policies/load_reader.hpp"

namespace retention {

// What its scheme says, up to the first colon.
std::optional<Engine> engine_of(std::string_view url);
// A secret under a key: { credential = "…" }, { file = "…" } or { env = "…" }. A file is relative to `folder`.
std::optional<Secret> read_secret(TableReader&, std::string_view key, const std::filesystem::path& folder);
// A zone by its IANA name; UTC, and a problem, where the system does not know it.
std::optional<Zone> read_zone(TableReader&, std::string_view key);

StoreSettings read_store(const std::string& name, const TomlNode&, const std::filesystem::path& folder, Findings&);

} // namespace retention
