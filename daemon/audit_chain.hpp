#pragma once
// Reads the whole audit log and checks every byte of it against the log itself: form, hashes, sequence, segments, one
// outcome an intent. A chain alone cannot say that its end is there, or that it is not another chain:
// daemon/audit_verify.hpp compares it with what is known outside. Reads only; memory grows with batches, not with
// lines.

#include "policies/zone.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace retention {

struct AuditPlace {
    std::string segment; // "audit-000001.jsonl"; empty where the log has none
    std::uint64_t line = 0, seq = 0;
};
struct AuditProblem {
    AuditPlace place;
    std::string what;
};

// A batch as the log tells it.
struct LoggedBatch {
    enum class Outcome { open, committed, rolled_back };
    std::string batch, store;
    std::int64_t records = 0;
    AuditPlace intent, outcome_at;
    std::string hash; // of the intent's line
    Instant time{};   // of the intent's line
    Outcome outcome = Outcome::open;
    std::string database = {}; // its mark; empty in older logs
};

struct AuditChain {
    std::uint64_t lines = 0, segments = 0; // whole, good lines
    AuditPlace last;
    Instant last_time{};
    std::optional<AuditProblem> problem;       // the first; nothing after it was read
    std::uint64_t torn_bytes = 0;              // after the last line end of the last segment; no problem in itself
    std::optional<AuditProblem> other_at_kept; // the line of that seq has another hash than `kept_hash`
    std::optional<AuditPlace> last_checkpoint; // of those that are signed with `checkpoint_key`
    std::vector<LoggedBatch> batches;          // in the order of their intents
    std::unordered_map<std::string, std::size_t> batch_index;
    std::vector<std::string> notes; // times that run backwards
};

// `kept_seq`, `kept_hash`: a line that is known from outside; 0 where there is none. Throws AuditError or
// std::filesystem::filesystem_error where the files cannot be read. `checkpoint_key`: what checkpoints have to be
// signed with; empty where that is not known, and they are then judged by the key that they name.
AuditChain read_chain(const std::filesystem::path& directory, std::uint64_t kept_seq, const std::string& kept_hash,
                      const std::string& checkpoint_key = {});

} // namespace retention
