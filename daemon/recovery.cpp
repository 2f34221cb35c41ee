// What a crash left open is settled here, by the rows that committed batches leave in their stores. The two halves of
// the rule: the intent is durable before the commit, and the witness row commits with the disposal. So an intent
// without outcome has its truth in the store, and nothing that happened is without an intent. The third is that the
// intent names its database: a url that was edited meanwhile leads to no wrong answer.

#include "daemon/clock_guard.hpp"
#include "daemon/enforcement.hpp"
#include "daemon/evidence.hpp"
#include "daemon/open_intents.hpp"

#include <boost/json/array.hpp>

#include <map>
#include <set>

namespace retention {
namespace {

struct Recovered {
    std::int64_t committed = 0, rolled_back = 0;
    std::set<std::string> in_doubt; // names of stores
};

// One session a store: null where it cannot be had.
std::unique_ptr<Session> session_of(const Configuration& configuration, const RunContext& context,
                                    const std::string& store) {
    const auto found = configuration.stores.find(store);
    if (found == configuration.stores.end()) return nullptr;
    const auto connector = context.open_store(found->second, configuration.zone);
    return connector->open(Access::read_write);
}

Settled try_to_settle(RunContext& context, Session* session, const OpenIntent& intent) { // doubt is an answer
    try {
        return session ? settle(context, *session, intent) : Settled::in_doubt;
    } catch (const std::exception&) {
        return Settled::in_doubt;
    }
}

std::unique_ptr<Session> try_session_of(const Configuration& configuration, const RunContext& context,
                                        const std::string& store) {
    try {
        return session_of(configuration, context, store);
    } catch (const std::exception&) { // out of reach: said by the doubt that remains
        return nullptr;
    }
}

Recovered settle_all(const Configuration& configuration, RunContext& context) {
    Recovered recovered;
    std::map<std::string, std::unique_ptr<Session>> sessions;
    const auto intents = open_intents(context); // a copy: the list shrinks on the way
    for (const auto& intent : intents) {
        if (!sessions.contains(intent.store))
            sessions[intent.store] = try_session_of(configuration, context, intent.store);
        const auto settled = try_to_settle(context, sessions[intent.store].get(), intent);
        if (settled == Settled::in_doubt) {
            recovered.in_doubt.insert(intent.store);
            continue;
        }
        conclude(context, intent, settled, true, Durable::now);
        ++(settled == Settled::committed ? recovered.committed : recovered.rolled_back);
    }
    return recovered;
}

} // namespace

std::vector<std::string> recover(const Configuration& configuration, RunContext& context) {
    const bool first = !context.open_intents;
    if (open_intents(context).empty()) return {};
    const auto recovered = settle_all(configuration, context);
    const std::vector<std::string> stores(recovered.in_doubt.begin(), recovered.in_doubt.end());
    const Instant last = context.log.last_time();
    if (first || recovered.committed + recovered.rolled_back > 0)
        context.log.append("recovered",
                           {{"committed", recovered.committed},
                            {"rolled_back", recovered.rolled_back},
                            {"in_doubt", boost::json::array(stores.begin(), stores.end())}},
                           believable(context.now(), last, false));
    return stores;
}

} // namespace retention
