#include "policies/configuration.hpp"

#include <algorithm>

namespace retention {

const Rule* Configuration::find_rule(std::string_view category) const {
    const auto found =
        std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) { return rule.category == category; });
    return found == rules.end() ? nullptr : &*found;
}

} // namespace retention
