#pragma once
// Room on the disk that is kept for the audit log's outcome and refusal lines, so that a full disk stops disposal
// before it stops the log. It is a file of random bytes beside the segments (zeros would be stored as nothing on a
// file system that compresses); it is removed when an outcome finds the disk full, and made anew before the next
// intent. A look at the free space alone would not do: others write between that look and the outcome, and quotas are
// not in it.

#include <cstdint>
#include <filesystem>

namespace retention {

class AuditReserve {
public:
    AuditReserve(const std::filesystem::path& audit_directory, std::uint64_t bytes);
    // Before an intent of so many bytes. Throws AuditError where the disk has not that and the reserve's size free, or
    // the reserve is not there and cannot be made. Nothing was written to the log then, and other lines can be.
    void require(std::uint64_t line_bytes);
    // Gives the room to the log; false where there is none to give.
    bool release() noexcept;

private:
    bool there() const;
    std::filesystem::path file_;
    std::uint64_t bytes_;
};

} // namespace retention
