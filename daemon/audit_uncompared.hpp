#pragma once
// The part of the verifier (daemon/audit_verify.hpp) about stores that the log names and nobody could ask for their
// witness rows: those out of reach, and those that are configured no more. Pure.

#include "daemon/audit_verify.hpp"

#include <unordered_set>

namespace retention {

struct Uncompared {
    bool any = false;                   // something of them is not confirmed
    std::optional<std::uint64_t> first; // the first line that may be another than it was; nothing: none
    std::vector<std::string> left;      // stores that are configured no more, and could not be asked
    std::vector<std::string> notes;
};

// What the stores that were asked confirm.
struct Witnessed {
    std::uint64_t to = 0; // the last line that a witness row has, and with it every line before
    const std::unordered_set<std::string>& batches;
};

Uncompared find_uncompared(const AuditChain&, const AuditEvidence&, const Witnessed&);

} // namespace retention
