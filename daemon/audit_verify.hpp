#pragma once
// Verifies an audit log without trusting the machine that wrote it: the chain itself, then what is known outside it,
// the head in the state directory and the witness rows in the stores. A log that is whole but whose end nothing
// confirms is called unanchored, never fine. Reads only.

#include "connectors/connector.hpp"
#include "daemon/audit_chain.hpp"
#include "daemon/state.hpp"

#include <optional>
#include <string>
#include <vector>

namespace retention {

struct StoreWitnesses {
    std::string store;
    bool reachable = false;
    std::string failure; // why it is not
    std::vector<Witness> witnesses;
};

// What is known outside the log. To be gathered in this order, and all before the log is read: a batch that commits
// meanwhile is then in the log, and not the other way round.
struct AuditEvidence {
    std::optional<Head> kept;   // the state directory's head
    bool being_written = false; // a process holds the state's lock: lines after `kept` are its work in hand
    std::vector<StoreWitnesses> stores;
    bool configuration_read = false; // `stores` are all that it names: any other is configured no more
    std::string checkpoint_key = {}; // public, where the audit key can be read; empty otherwise
};

enum class AuditVerdict { whole, broken, unanchored };
std::string to_string(AuditVerdict);

struct AuditReport {
    AuditVerdict verdict = AuditVerdict::unanchored;
    std::uint64_t lines = 0, segments = 0;
    std::uint64_t anchored_to = 0;        // the last line that something outside confirms
    std::vector<std::string> anchors;     // "the state directory", "17 witness rows (crm)"
    std::optional<AuditProblem> problem;  // the first bad line, or the first missing one
    std::vector<std::string> left_stores; // the log has batches of them, and they are configured no more: not asked
    std::vector<std::string> notes;
};

// Broken: a line is bad; the state's head or a witness row is not in the log as it should be; an outcome says other
// than its store. A torn last line is broken too, unless the state's head is the line before it (then nothing that was
// acknowledged is missing, and the next start repairs it) or a process is writing just now.
// Unanchored: nothing confirms the last line, or a store that the log names cannot be compared; anchored_to then stops
// before its first batch that no later witness covers (a witness confirms its intent and every line before it). A store
// that is configured no more need not be compared where a later witness of another store, or a later checkpoint signed
// with `checkpoint_key`, covers all its batches: nobody can ask it again.
AuditReport verify_audit_log(const std::filesystem::path& directory, const AuditEvidence&);

} // namespace retention
