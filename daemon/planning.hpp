#pragma once
// The configuration with the live stores: one plan a category, judged and put in order. What check prints, report
// counts and purge executes starts here, so that they cannot disagree.

#include "connectors/check.hpp"
#include "connectors/connector.hpp"
#include "connectors/plan.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace retention {

struct StoppedCategory {
    std::string category;
    std::string reason;    // the first error, in one line
    std::string hint = {}; // what to do about it; may be empty, may have several lines
};

struct StorePlans {
    const StoreSettings* store = nullptr;
    std::unique_ptr<Connector> connector;
    std::vector<std::shared_ptr<Plan>> plans; // without errors, in the order in which they run
    std::vector<std::shared_ptr<Plan>> made;  // all whose names could be looked up, also those that are stopped
    std::vector<StoppedCategory> stopped;     // errors in its plan, in the order of the configuration
    Problems problems;                        // all, warnings too
    std::string failure;                      // the store is out of reach: why; every category is in `stopped` then
};

// How a store's connector is made: make_connector, or a test's own.
using OpenStore = std::function<std::unique_ptr<Connector>(const StoreSettings&, const Zone& here)>;

// All categories of one store are planned, because they bear on each other. Those that do so with the `wanted` ones
// (empty: all) are tried in the store; the wanted ones are then kept.
// Never throws StoreError: a store out of reach is an answer.
StorePlans plan_store(const Configuration&, const StoreSettings&, Date as_of, const std::vector<std::string>& wanted,
                      const OpenStore& = make_connector);
// Every store that a wanted category is in, in the order of their names.
std::vector<StorePlans> plan_stores(const Configuration&, Date as_of, const std::vector<std::string>& wanted,
                                    const OpenStore& = make_connector);

} // namespace retention
