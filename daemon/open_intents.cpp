#include "daemon/open_intents.hpp"

#include "daemon/clock_guard.hpp"
#include "daemon/evidence.hpp"

#include <algorithm>

namespace retention {

std::vector<OpenIntent>& open_intents(RunContext& context) {
    if (!context.open_intents) context.open_intents = context.log.open_intents();
    return *context.open_intents;
}

const OpenIntent* doubt_about(RunContext& context, const std::string& store) {
    for (const auto& intent : open_intents(context))
        if (intent.store == store) return &intent;
    return nullptr;
}

std::string in_doubt(const OpenIntent& intent) {
    return "store " + intent.store + " is in doubt until batch " + intent.batch +
           " can be settled; hint: bring the store back, then run again";
}

void conclude(RunContext& context, const OpenIntent& intent, Settled settled, bool recovered, Durable durable) {
    const auto* event = settled == Settled::committed ? "batch.committed" : "batch.rolled_back";
    auto line = line_of_batch(intent);
    if (recovered) line["recovered"] = true;
    const Instant time = believable(context.now(), context.log.last_time(), false);
    if (durable == Durable::now)
        context.log.append(event, line, time);
    else
        context.log.append_lazily(event, line, time);
    std::erase_if(open_intents(context), [&](const OpenIntent& open) { return open.batch == intent.batch; });
}

} // namespace retention
