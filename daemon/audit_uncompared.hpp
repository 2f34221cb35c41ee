#pragma once
// The part of the verifier (daemon/audit_verify.hpp) about stores that the log names and nobody could ask for their
// witness rows: those out of reach, and those that are configured no more. Pure.

#include "daemon/audit_verify.hpp"

namespace retention {

struct Uncompared {
    bool any = false;                   // something of them is not confirmed
    std::optional<std::uint64_t> first; // the first line that may be another than it was; nothing: none
    std::vector<std::string> notes;
};

// `witnessed_to`: the last line that a witness row of another store confirms, and with it every line before.
Uncompared find_uncompared(const AuditChain&, const AuditEvidence&, std::uint64_t witnessed_to);

} // namespace retention
