#pragma once
// Where the audit log ends: what the writer must know to go on with it. Reads the last segment in full and of the one
// before it the last line; the rest is the verifier's work. Changes nothing.

#include "daemon/audit_segments.hpp"

#include <optional>

namespace retention {

struct AuditTail {
    unsigned segments = 0;
    Head head;
    Instant last_time{};
    std::optional<SegmentEnd> previous; // of the last segment
    bool opened = false;                // the last segment has its first line
    std::uint64_t good_bytes = 0;       // of the last segment: its whole lines
    std::uint64_t torn_bytes = 0;       // after them: of a line that a crash cut off
    AuditBatches batches;
};

// Throws AuditError, naming the line, where the log does not continue its chain, or where it is not what the state
// directory knows: `kept` is its head. A log that is ahead of it is fine, the log is written first.
// The torn end begins at the first line of the last segment without a line end or with a zero byte, which no line has:
// a file system may show blocks of zeros for what it had no time to write.
AuditTail read_tail(const std::filesystem::path& directory, const std::optional<Head>& kept);

} // namespace retention
