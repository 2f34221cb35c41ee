#include "daemon/left_stores.hpp"

#include "daemon/checkpoint.hpp"

#include <boost/json/object.hpp>

#include <algorithm>

namespace retention {

// The log of an older program does not say whose batches it has: one checkpoint covers them all, and is written once.
void confirm_left_stores(AuditLog& log, const AuditKey& key, const Configuration& configuration, Instant time) {
    const auto stores = log.stores_since_checkpoint();
    const auto left = [&](const std::string& store) { return !configuration.stores.contains(store); };
    if (stores && std::ranges::none_of(*stores, left)) return;
    log.append_checkpoint([&](const Head& head) { return line_of_checkpoint(key, head); }, time);
}

} // namespace retention
