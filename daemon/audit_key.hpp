#pragma once
// The audit key: found where the configuration says, or made at the first start. The digests of the whole log depend on
// it, so a log that has lines never gets a new one. Call with the state's lock held.

#include "daemon/digest.hpp"
#include "policies/loader.hpp"

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>

namespace retention {

class AuditKeyError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct KeyPlaces {
    std::filesystem::path credentials;  // $CREDENTIALS_DIRECTORY; empty outside systemd's reach
    std::filesystem::path state, audit; // directories
};

struct FoundKey {
    AuditKey key{};
    bool created = false;
    std::string warning; // others may read the file; empty otherwise
};

// Where the file with the key is. A credential without a credentials directory is in the state directory, so that the
// default configuration works without systemd; nothing for an environment variable.
std::filesystem::path audit_key_file(const Secret&, const KeyPlaces&);

// Creates a missing file (0600, durable) where the log has no line yet. Never creates an environment variable or
// anything in systemd's credentials directory: what is written there is gone at the next start.
// Throws AuditKeyError; never says anything of the key.
FoundKey audit_key(const Secret&, const KeyPlaces&);
// The same from a configuration, for callers that have nobody to warn.
AuditKey obtain_audit_key(const Configuration&, const Directories&);
// The key where it is there and can be read; never creates one and never throws.
std::optional<AuditKey> known_audit_key(const Secret&, const KeyPlaces&) noexcept;

} // namespace retention
