#pragma once
// Looks the names of one rule up in a catalogue. Each name that is not there becomes a problem that says what is.

#include "connectors/plan.hpp"

#include <optional>
#include <string>
#include <vector>

namespace retention {

class Names {
public:
    Names(const Catalogue& catalogue, std::string category, Problems& problems)
        : catalogue_(catalogue), category_(std::move(category)), problems_(problems) {}

    const Table* table(const std::string& name, const Place&);
    const Column* column(const Table&, const std::string& name, const Place&);
    // A link from a row of `from`, whose key is `key`. Nothing where a name in it is unknown or the columns do not
    // pair.
    std::optional<PlannedLink> link(const Link&, const Table& from, const std::vector<std::string>& key);

    void error(const Place&, std::string what, std::string hint);

private:
    std::optional<PlannedHop> hop(const Hop&, const Table& from, const std::vector<std::string>& key);

    const Catalogue& catalogue_;
    std::string category_;
    Problems& problems_;
};

} // namespace retention
