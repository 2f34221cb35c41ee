#include "daemon/audit_tail.hpp"

#include <boost/json.hpp>

namespace retention {
namespace {

const std::string advice = "\nhint: `retentiond audit verify` says what is wrong; nothing is disposed of until the log "
                           "is put back, or moved away and begun anew by decision of its owner";

unsigned count_segments(const std::filesystem::path& directory) {
    unsigned count = 0;
    for (const auto number : segment_numbers(directory))
        if (number != ++count)
            throw AuditBroken("the audit log's segment " + (directory / segment_name(count)).string() +
                              " is missing, " + segment_name(number) +
                              " is there\nhint: put it back from a backup; if something rotates or compresses these "
                              "files, stop it: only this program may");
    return count;
}

class TailReader {
public:
    TailReader(const std::filesystem::path& directory, const std::optional<Head>& kept)
        : directory_(directory), kept_(kept) {}
    AuditTail read();

private:
    void read_last_segment();
    void take(const SegmentLines&);
    void read_open_batches();
    void compare_with_state();
    std::string hash_of_line(std::uint64_t seq) const;
    void note(const Head&);
    [[noreturn]] void refuse(unsigned segment, const SegmentLines&, const std::string& why) const;

    const std::filesystem::path& directory_;
    const std::optional<Head>& kept_;
    AuditTail tail_;
    std::string hash_at_kept_; // of the line that the state directory knows
};

AuditTail TailReader::read() {
    tail_.segments = count_segments(directory_);
    if (tail_.segments > 1) {
        tail_.previous = read_segment_end(directory_, tail_.segments - 1);
        tail_.head = tail_.previous->last;
        tail_.last_time = tail_.previous->time;
        note(tail_.head);
    }
    if (tail_.segments > 0) read_last_segment();
    if (tail_.previous && !tail_.opened) read_open_batches();
    compare_with_state();
    return std::move(tail_);
}

void TailReader::note(const Head& head) {
    if (kept_ && kept_->seq == head.seq) hash_at_kept_ = head.hash;
}

void TailReader::refuse(unsigned segment, const SegmentLines& lines, const std::string& why) const {
    throw AuditBroken("the audit log's " + (directory_ / segment_name(segment)).string() + " line " +
                      std::to_string(lines.number()) + ": " + why + advice);
}

void TailReader::read_last_segment() {
    const auto path = directory_ / segment_name(tail_.segments);
    const auto size = std::filesystem::file_size(path);
    SegmentLines lines(path);
    while (lines.next()) {
        if (lines.torn() || lines.text().find('\0') != std::string::npos) break;
        take(lines);
        tail_.good_bytes = lines.offset() + lines.text().size() + 1;
    }
    tail_.torn_bytes = size - tail_.good_bytes;
}

void TailReader::take(const SegmentLines& lines) {
    std::string why;
    const auto line = read_line(lines.text(), why);
    if (line) why = misfit(*line, tail_.head);
    const bool first = lines.number() == 1;
    if (why.empty() && first) why = misopened(*line, tail_.previous ? &*tail_.previous : nullptr);
    if (why.empty() && first && tail_.previous) why = tail_.batches.restore(line->members);
    if (why.empty()) why = tail_.batches.take(line->event, line->members);
    if (!why.empty()) refuse(tail_.segments, lines, why);
    tail_.opened = true;
    tail_.head = {line->seq, line->hash};
    tail_.last_time = line->time;
    note(tail_.head);
}

// A crash came between the new segment and its first line: what is open stands in the segment before.
void TailReader::read_open_batches() {
    SegmentLines lines(directory_ / segment_name(tail_.segments - 1));
    std::string why;
    while (lines.next()) {
        const auto line = read_line(lines.text(), why);
        if (line && lines.number() == 1 && line->members.contains("open")) why = tail_.batches.restore(line->members);
        if (line) why = tail_.batches.take(line->event, line->members);
        if (!why.empty()) refuse(tail_.segments - 1, lines, why);
    }
}

// The state's head lies before the last two segments only where an old copy of it was put back.
std::string TailReader::hash_of_line(std::uint64_t seq) const {
    for (unsigned number = 1; number <= tail_.segments; ++number) {
        SegmentLines lines(directory_ / segment_name(number));
        std::string why;
        while (lines.next())
            if (const auto line = read_line(lines.text(), why); line && line->seq == seq) return line->hash;
    }
    return {};
}

void TailReader::compare_with_state() {
    if (!kept_ || kept_->seq == 0) return;
    if (kept_->seq > tail_.head.seq)
        throw AuditBroken("the audit log " + directory_.string() + " was cut: the state directory knows line " +
                          std::to_string(kept_->seq) + ", the log ends after line " + std::to_string(tail_.head.seq) +
                          advice);
    if (hash_at_kept_.empty()) hash_at_kept_ = hash_of_line(kept_->seq);
    if (hash_at_kept_ != kept_->hash)
        throw AuditBroken("the audit log " + directory_.string() + " was replaced: its line " +
                          std::to_string(kept_->seq) + " is not the one that the state directory knows" + advice);
}

} // namespace

AuditTail read_tail(const std::filesystem::path& directory, const std::optional<Head>& kept) {
    return TailReader(directory, kept).read();
}

} // namespace retention
