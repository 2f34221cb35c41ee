#include "daemon/lost_history.hpp"

#include "daemon/clock_guard.hpp"
#include "daemon/evidence.hpp"
#include "daemon/wording.hpp"

namespace retention {

bool go_on_without_history(RunMemory& memory, AuditLog& log, const std::string& by,
                           const std::function<Instant()>& now) {
    memory.look_again();
    if (memory.busy() || memory.lost().empty()) return !memory.busy();
    const auto lost = memory.lost();
    memory.accept_loss();
    if (!memory.lost().empty()) return false;
    const Instant last = log.last_time();
    log.append("recovered", {{"what", "went on without the lost history"}, {"lost", lost}, {"by", by}},
               believable(now(), last, true));
    return true;
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
