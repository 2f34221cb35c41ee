#pragma once
// One table under [categories] in TOML, as a Rule.

#include "policies/load_reader.hpp"
#include "policies/load_settings.hpp"
#include "policies/rule.hpp"

namespace retention {

Rule read_category(const std::string& name, const TomlNode&, const Defaults&, Findings&);

} // namespace retention
