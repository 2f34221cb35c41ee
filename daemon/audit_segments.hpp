#pragma once
// The files of the audit log: audit-000001.jsonl and on. Their names, their lines, what the first line of each says of
// the one before it, and the one file that is written to. What the lines mean is not known here.

#include "daemon/audit_batches.hpp"
#include "daemon/audit_line.hpp"
#include "daemon/durable_file.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace retention {

std::string segment_name(unsigned number); // 1: "audit-000001.jsonl"
// Those that are there, in order. Other names are passed over; a directory that does not exist has none. Throws
// AuditError where one is no regular file.
std::vector<unsigned> segment_numbers(const std::filesystem::path& directory);

// Reads a segment line by line, byte for byte. Throws AuditError where it cannot be read.
class SegmentLines {
public:
    explicit SegmentLines(const std::filesystem::path&);
    bool next();                                      // false at the end
    const std::string& text() const { return text_; } // without its line end
    bool torn() const { return torn_; }               // it has no line end
    std::uint64_t number() const { return number_; }  // from 1
    std::uint64_t offset() const { return offset_; }  // of its first byte

private:
    std::ifstream file_;
    std::filesystem::path path_;
    std::string text_;
    std::uint64_t number_ = 0, offset_ = 0, next_offset_ = 0;
    bool torn_ = false;
};

// Where a segment ends: what the next one's first line repeats.
struct SegmentEnd {
    std::string segment;
    std::uint64_t bytes = 0;
    Head last;
    Instant time{}; // of the last line; not repeated
};
// The end of a segment that was closed. Throws AuditError where its last line cannot be read.
SegmentEnd read_segment_end(const std::filesystem::path& directory, unsigned number);

// The first line of a segment: `log.opened`, with the version where it begins the log, with `previous` and what there
// is to know of the batches before it where it goes on.
boost::json::object opening_members(const SegmentEnd* previous, const AuditBatches&);
// Empty, or what is wrong with a line as the first of its segment.
std::string misopened(const AuditLine&, const SegmentEnd* previous);

// The segment that is written to. Whole lines, appended; a line that could not be written whole is taken back.
class SegmentFile {
public:
    static SegmentFile create(const std::filesystem::path&); // 0640, durable with its name; throws where it exists
    static SegmentFile open(const std::filesystem::path&);
    // Throws std::system_error, and the length is then as before; AuditError where it could not be restored.
    void append(std::string_view line);
    void cut(std::uint64_t length); // durable; throws std::system_error, as sync() does
    void sync();
    // Throws AuditError where the file under this name is another one, or another length, than was written: moved,
    // removed, truncated or written by someone else.
    void require_untouched() const;
    std::uint64_t bytes() const { return bytes_; }

private:
    SegmentFile(std::filesystem::path, Descriptor);
    std::filesystem::path path_;
    Descriptor file_;
    std::uint64_t bytes_ = 0;
};

} // namespace retention
