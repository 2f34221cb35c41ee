#include "daemon/audit_key.hpp"

#include "daemon/audit_segments.hpp"
#include "daemon/durable_file.hpp"
#include "daemon/secret.hpp"

#include <cstdlib>
#include <openssl/rand.h>
#include <system_error>

namespace retention {
namespace {

bool log_has_lines(const std::filesystem::path& audit) {
    for (const auto number : segment_numbers(audit))
        if (std::filesystem::file_size(audit / segment_name(number)) > 0) return true;
    return false;
}

constexpr const char* put_it_back =
    "\nhint: put the key back from its backup; with a new one no record's disposal could be proved any more";

// A log that cannot be looked at may well be one.
bool may_have_lines(const std::filesystem::path& audit) {
    try {
        return log_has_lines(audit);
    } catch (const std::exception&) {
        return true;
    }
}

AuditKey parsed(std::string_view text, const std::string& place, const KeyPlaces& places) {
    try {
        return parse_audit_key(text);
    } catch (const std::runtime_error& why) {
        throw AuditKeyError(
            "the audit key in " + place + " cannot be used: " + why.what() +
            (may_have_lines(places.audit) ? put_it_back : "\nhint: it is what `openssl rand -hex 32` prints"));
    }
}

FoundKey from_environment(const std::string& name, const KeyPlaces& places) {
    const char* const text = std::getenv(name.c_str());
    if (!text)
        throw AuditKeyError("the environment variable " + name + " with the audit key is not set" +
                            (may_have_lines(places.audit)
                                 ? put_it_back
                                 : "\nhint: set it to what `openssl rand -hex 32` prints, and keep that; a file is "
                                   "safer"));
    return {parsed(text, "the environment variable " + name, places), false, {}};
}

void require_may_create(const Secret& secret, const KeyPlaces& places, const std::filesystem::path& file) {
    if (log_has_lines(places.audit))
        throw AuditKeyError("the audit key " + file.string() + " is missing, and the audit log " +
                            places.audit.string() + " was written with it" + put_it_back);
    if (secret.kind == Secret::Kind::credential && !places.credentials.empty())
        throw AuditKeyError("the credential " + file.string() + " with the audit key is missing" +
                            "\nhint: put what `openssl rand -hex 32` prints into /etc/retentiond/credentials/" +
                            secret.name + ", mode 0600, and restart the service");
}

FoundKey created(const std::filesystem::path& file) {
    AuditKey key;
    if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1)
        throw AuditKeyError("openssl has no random bytes for an audit key");
    ensure_directory(std::filesystem::absolute(file).parent_path(), 0700);
    create_durably(file, hex({reinterpret_cast<const char*>(key.data()), key.size()}) + "\n", 0600);
    return {key, true, {}};
}

FoundKey from_file(const std::filesystem::path& file, const KeyPlaces& places) {
    const auto key = parsed(read_fully(file), file.string(), places);
    const auto open = open_to_others(file, places.credentials);
    return {key, false, open ? open->what + "\nhint: " + open->hint : ""};
}

} // namespace

std::filesystem::path audit_key_file(const Secret& secret, const KeyPlaces& places) {
    switch (secret.kind) {
    case Secret::Kind::environment:
        return {};
    case Secret::Kind::file:
        return secret.name;
    case Secret::Kind::credential:
        break;
    }
    return places.credentials.empty() ? places.state / secret.name : credential_file(places.credentials, secret.name);
}

FoundKey audit_key(const Secret& secret, const KeyPlaces& places) {
    if (secret.kind == Secret::Kind::environment) return from_environment(secret.name, places);
    const auto file = audit_key_file(secret, places);
    try {
        if (std::filesystem::exists(file)) return from_file(file, places);
        require_may_create(secret, places, file);
        return created(file);
    } catch (const std::system_error& failure) { // of the file system, too
        throw AuditKeyError("the audit key is out of reach: " + std::string(failure.what()));
    }
}

std::optional<AuditKey> known_audit_key(const Secret& secret, const KeyPlaces& places) noexcept {
    try {
        if (secret.kind == Secret::Kind::environment) return from_environment(secret.name, places).key;
        const auto file = audit_key_file(secret, places);
        if (std::filesystem::exists(file)) return from_file(file, places).key;
    } catch (const std::exception&) { // out of reach for whoever asks
        return std::nullopt;
    }
    return std::nullopt;
}

AuditKey obtain_audit_key(const Configuration& configuration, const Directories& directories) {
    const KeyPlaces places{directories.credentials, configuration.state, configuration.audit.directory};
    return audit_key(configuration.audit.key, places).key;
}

} // namespace retention
