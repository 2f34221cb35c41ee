#include "daemon/audit_reserve.hpp"

#include "daemon/audit_log.hpp"
#include "daemon/durable_file.hpp"

#include <openssl/rand.h>
#include <system_error>
#include <unistd.h>

namespace retention {

AuditReserve::AuditReserve(const std::filesystem::path& audit_directory, std::uint64_t bytes)
    : file_(audit_directory / ".reserve"), bytes_(bytes) {}

bool AuditReserve::there() const {
    std::error_code none;
    return std::filesystem::file_size(file_, none) == bytes_ && !none;
}

void AuditReserve::require(std::uint64_t line_bytes) {
    std::error_code unknown;
    const auto free = std::filesystem::space(file_.parent_path(), unknown).available;
    if (unknown) throw AuditError("the free space of the audit log's disk is unknown: " + unknown.message());
    if (free < bytes_ || free - bytes_ < line_bytes)
        throw AuditError("the disk of the audit log " + file_.parent_path().string() + " is almost full: " +
                         std::to_string(free) + " bytes are free, nothing is disposed of with less than " +
                         std::to_string(bytes_ + line_bytes) + "\nhint: make room on it");
    if (there()) return;
    std::string noise(bytes_, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(noise.data()), static_cast<int>(noise.size())) != 1)
        throw AuditError("openssl has no random bytes");
    try {
        replace_durably(file_, noise, 0600);
    } catch (const std::system_error& failure) {
        throw AuditError("the audit log's reserve cannot be kept: " + std::string(failure.what()) +
                         "\nhint: make room on its disk");
    }
}

bool AuditReserve::release() noexcept {
    return ::unlink(file_.c_str()) == 0;
}

} // namespace retention
