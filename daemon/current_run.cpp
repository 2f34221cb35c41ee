#include "daemon/current_run.hpp"

#include "daemon/clock_guard.hpp"
#include "daemon/courtesy.hpp"
#include "daemon/digest.hpp"
#include "daemon/evidence.hpp"
#include "daemon/retry.hpp"

#include <algorithm>

namespace retention {

Instant CurrentRun::time() const {
    return std::max(context.now(), context.log.last_time());
}

void CurrentRun::refuse(CategoryOutcome& category, const std::string& reason) {
    category.outcome = Outcome::refused;
    category.reason = reason;
    const Refusal refusal{outcome.run, category.category, category.store, reason, request.actor};
    const Instant last = context.log.last_time();
    context.log.append("refused", line_of_refusal(refusal), believable(context.now(), last, false));
}

std::optional<std::string> CurrentRun::clock_fault(bool approved) const {
    const Instant last = context.log.last_time(); // first: another store's line may be written at any moment
    return refuse_clock(context.now(), last, approved);
}

Session& StoreInHand::open() {
    if (session) return *session;
    auto opened = connector.open(Access::read_write);
    opened->prepare_witnesses();
    look_at_others(*opened, courtesy, std::chrono::steady_clock::now());
    if (!courtesy.why().empty()) opened->spare_processors(); // to count what is due
    mark_.clear();                                           // a new connection may have led to another server
    session = std::move(opened);
    return *session;
}

const std::string& StoreInHand::database(const CurrentRun& run) {
    Session& here = open();
    if (!mark_.empty()) return mark_;
    const auto name = unlike_any_other();
    for (int retry = 0;; ++retry) {
        try {
            here.mark(name);
            return mark_ = name;
        } catch (const StoreError& error) {
            if (error.kind == StoreError::Kind::refused) // no record of a batch is at fault
                throw StoreError(StoreError::Kind::failed, error.what());
            if (error.kind != StoreError::Kind::busy || retry == most_retries || run.context.stop) throw;
        }
        run.pause(back_off(retry));
    }
}

std::unique_ptr<Session> StoreInHand::another() {
    auto opened = connector.open(Access::read_write);
    if (!opened->has_mark(mark_))
        throw StoreError(StoreError::Kind::lost, "store " + settings.name + ": a second connection led elsewhere");
    return opened;
}

} // namespace retention
