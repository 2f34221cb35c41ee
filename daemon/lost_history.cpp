#include "daemon/lost_history.hpp"

#include "daemon/clock_guard.hpp"
#include "daemon/evidence.hpp"
#include "daemon/wording.hpp"

namespace retention {

bool go_on_without_history(RunMemory& memory, AuditLog& log, const std::string& by,
                           const std::function<Instant()>& now) {
    if (memory.busy()) return false;
    const Instant last = log.last_time();
    log.append("recovered", {{"what", "went on without the lost history"}, {"lost", memory.lost()}, {"by", by}},
               believable(now(), last, true));
    memory.accept_loss();
    return memory.lost().empty();
}

std::string refuse_without_history(const RunMemory& memory, AuditLog& log, const Unremembered& order,
                                   const std::function<Instant()>& now) {
    const auto lost = memory.lost();
    const Instant last = log.last_time();
    log.append("refused", line_of_refusal({order.run, "", order.store, lost, order.actor}),
               believable(now(), last, false));
    return on_one_line(parted(lost));
}

} // namespace retention
