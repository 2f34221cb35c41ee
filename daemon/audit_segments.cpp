#include "daemon/audit_segments.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace retention {
namespace json = boost::json;
namespace {

constexpr std::string_view prefix = "audit-", suffix = ".jsonl";

std::optional<unsigned> number_in(std::string_view name) {
    if (!name.starts_with(prefix) || !name.ends_with(suffix) || name.size() < prefix.size() + 6 + suffix.size())
        return std::nullopt;
    const auto digits = name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
    unsigned number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc() || end != digits.data() + digits.size() || segment_name(number) != name)
        return std::nullopt;
    return number;
}

struct stat status_of(const Descriptor& file, const std::filesystem::path& path) {
    struct stat status {};
    if (::fstat(file.get(), &status) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot look at " + path.string());
    return status;
}

} // namespace

std::string segment_name(unsigned number) {
    const auto digits = std::to_string(number);
    return std::string(prefix) + std::string(6 - std::min<std::size_t>(6, digits.size()), '0') + digits +
           std::string(suffix);
}

std::vector<unsigned> segment_numbers(const std::filesystem::path& directory) {
    std::vector<unsigned> numbers;
    if (!std::filesystem::exists(directory)) return numbers;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        const auto number = number_in(entry.path().filename().string());
        if (!number) continue;
        if (!entry.is_regular_file() || entry.is_symlink())
            throw AuditError("the audit log's " + entry.path().string() + " is no regular file");
        numbers.push_back(*number);
    }
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

SegmentLines::SegmentLines(const std::filesystem::path& path) : file_(path, std::ios::binary), path_(path) {
    if (!file_) throw AuditError("cannot open the audit log's " + path.string() + hint_of_owner(path));
}

bool SegmentLines::next() {
    offset_ = next_offset_;
    const bool had = static_cast<bool>(std::getline(file_, text_));
    if (file_.bad()) throw AuditError("cannot read the audit log's " + path_.string());
    if (!had) return false;
    torn_ = file_.eof();
    next_offset_ += text_.size() + (torn_ ? 0 : 1);
    ++number_;
    return true;
}

SegmentEnd read_segment_end(const std::filesystem::path& directory, unsigned number) {
    const auto name = segment_name(number);
    SegmentEnd end{name, std::filesystem::file_size(directory / name), {}, {}};
    SegmentLines lines(directory / name);
    std::string last, why = "it has no line";
    while (lines.next()) last = lines.text();
    const auto line = lines.torn() ? std::nullopt : read_line(last, why);
    if (!line)
        throw AuditBroken("the audit log's " + (directory / name).string() + " line " + std::to_string(lines.number()) +
                          ": " + (lines.torn() ? "it is torn, and not the last of the log" : why));
    end.last = {line->seq, line->hash};
    end.time = line->time;
    return end;
}

json::object opening_members(const SegmentEnd* previous, const AuditBatches& batches) {
    if (!previous) return {{"version", RETENTION_VERSION}};
    json::object members{{"previous",
                          {{"segment", previous->segment},
                           {"bytes", previous->bytes},
                           {"seq", previous->last.seq},
                           {"hash", previous->last.hash}}}};
    for (const auto& member : batches.as_json()) members.insert(member);
    return members;
}

std::string misopened(const AuditLine& line, const SegmentEnd* previous) {
    if (line.event != "log.opened") return "a segment begins with log.opened, this one with " + line.event;
    const auto* said = line.members.if_contains("previous");
    if (!previous) return said ? "the first segment names one before it" : "";
    if (!said || !said->is_object()) return "the segment does not name the one before it";
    const auto& members = said->get_object();
    const auto bytes = number_member(members, "bytes"), seq = number_member(members, "seq");
    if (text_member(members, "segment") != previous->segment || text_member(members, "hash") != previous->last.hash ||
        !seq || static_cast<std::uint64_t>(*seq) != previous->last.seq)
        return "the segment names another one before it than " + previous->segment + " as it is";
    if (!bytes || static_cast<std::uint64_t>(*bytes) != previous->bytes)
        return previous->segment + " has " + std::to_string(previous->bytes) + " bytes, and had " +
               std::to_string(bytes.value_or(0)) + " when it was closed";
    const auto* open = line.members.if_contains("open");
    return open && open->is_array() ? "" : "the segment does not say which batches are open";
}

SegmentFile::SegmentFile(std::filesystem::path path, Descriptor file)
    : path_(std::move(path))
    , file_(std::move(file))
    , bytes_(static_cast<std::uint64_t>(status_of(file_, path_).st_size)) {}

SegmentFile SegmentFile::create(const std::filesystem::path& path) {
    auto file = make_descriptor(path, O_WRONLY | O_EXCL | O_APPEND | O_NOFOLLOW, 0640);
    sync_directory(path.parent_path());
    return SegmentFile(path, std::move(file));
}

SegmentFile SegmentFile::open(const std::filesystem::path& path) {
    return SegmentFile(path, open_descriptor(path, O_WRONLY | O_APPEND | O_NOFOLLOW));
}

void SegmentFile::append(std::string_view line) {
    try {
        write_fully(file_, line, path_);
    } catch (const std::system_error& failure) {
        if (::ftruncate(file_.get(), static_cast<off_t>(bytes_)) == 0) throw;
        throw AuditError(std::string(failure.what()) + ", and half a line could not be taken back" +
                         "\nhint: see to its disk, then restart: that cuts the half line off");
    }
    bytes_ += line.size();
}

void SegmentFile::cut(std::uint64_t length) {
    if (::ftruncate(file_.get(), static_cast<off_t>(length)) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot cut the torn line off " + path_.string());
    bytes_ = length;
    sync();
}

void SegmentFile::sync() {
    if (::fdatasync(file_.get()) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot fsync " + path_.string());
}

void SegmentFile::require_untouched() const {
    struct stat named {};
    const auto ours = status_of(file_, path_);
    const bool same = ::lstat(path_.c_str(), &named) == 0 && named.st_ino == ours.st_ino && named.st_dev == ours.st_dev;
    if (same && static_cast<std::uint64_t>(ours.st_size) == bytes_) return;
    const auto what =
        same ? " is " + std::to_string(ours.st_size) + " bytes long where " + std::to_string(bytes_) + " were written"
             : std::string(" was moved or replaced");
    throw AuditError("the audit log's " + path_.string() + what +
                     "\nhint: something else rotates, truncates or writes it; only this program may. See `retentiond "
                     "audit verify`, then restart");
}

} // namespace retention
