#include "daemon/open_intents.hpp"

#include "connectors/witness_table.hpp"
#include "daemon/clock_guard.hpp"
#include "daemon/evidence.hpp"

#include <algorithm>

namespace retention {

std::vector<OpenIntent>& open_intents(RunContext& context) {
    if (!context.open_intents) {
        context.open_intents = context.log.open_intents();
        if (!context.store.empty())
            std::erase_if(*context.open_intents, [&](const OpenIntent& open) { return open.store != context.store; });
    }
    return *context.open_intents;
}

const OpenIntent* doubt_about(RunContext& context, const std::string& store) {
    for (const auto& intent : open_intents(context))
        if (intent.store == store) return &intent;
    return nullptr;
}

std::string in_doubt(const OpenIntent& intent) {
    const auto what = "store " + intent.store + " is in doubt until batch " + intent.batch + " can be settled";
    if (!intent.elsewhere) return what + "; hint: bring the store back, then run again";
    return what + ": its url names a database now that the batch was not in, or a copy from before it; hint: correct " +
           "the url; where this is the right one, restored from a backup, say so in it: INSERT INTO " + witness_table +
           " (batch, records, at, head) VALUES ('" + mark_row(intent.database) + "', 0, CURRENT_TIMESTAMP, ''); " +
           "then run again";
}

Settled settle(RunContext& context, Session& session, const OpenIntent& intent) {
    const auto mark = intent.database.empty() ? Settled::committed : session.settle(mark_row(intent.database));
    for (auto& open : open_intents(context))
        if (open.batch == intent.batch) open.elsewhere = mark == Settled::rolled_back;
    return mark == Settled::committed ? session.settle(intent.batch) : Settled::in_doubt;
}

void conclude(RunContext& context, const OpenIntent& intent, Settled settled, bool recovered, Durable durable) {
    const auto* event = settled == Settled::committed ? "batch.committed" : "batch.rolled_back";
    auto line = line_of_batch(intent);
    if (recovered) line["recovered"] = true;
    const Instant last = context.log.last_time();
    const Instant time = believable(context.now(), last, false);
    if (durable == Durable::now)
        context.log.append(event, line, time);
    else
        context.log.append_lazily(event, line, time);
    std::erase_if(open_intents(context), [&](const OpenIntent& open) { return open.batch == intent.batch; });
}

} // namespace retention
