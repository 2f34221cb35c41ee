#include "daemon/audit_chain.hpp"

#include "daemon/audit_segments.hpp"
#include "daemon/checkpoint.hpp"
#include "daemon/wording.hpp"

#include <boost/json.hpp>

namespace retention {
namespace {

class ChainReader {
public:
    ChainReader(std::filesystem::path directory, std::uint64_t kept_seq, const std::string& kept_hash,
                const std::string& checkpoint_key)
        : directory_(std::move(directory))
        , kept_seq_(kept_seq)
        , kept_hash_(kept_hash)
        , checkpoint_key_(checkpoint_key) {}
    AuditChain read();

private:
    bool read_segment(unsigned number, bool last);
    std::string take(const SegmentLines&);
    std::string check_opening(const AuditLine&, bool first) const;
    std::string take_batch(const AuditLine&);
    void compare_times(const AuditLine&);
    bool stop(const AuditPlace&, const std::string& what);

    std::filesystem::path directory_;
    std::uint64_t kept_seq_;
    const std::string& kept_hash_;
    const std::string& checkpoint_key_;
    AuditChain chain_;
    AuditBatches open_;
    Head head_;
    std::string segment_;
    std::optional<SegmentEnd> previous_;
    std::uint64_t backwards_ = 0, first_backwards_ = 0;
};

AuditChain ChainReader::read() {
    const auto numbers = segment_numbers(directory_);
    for (unsigned number = 1; number <= numbers.size(); ++number)
        if (numbers[number - 1] != number) {
            stop({segment_name(number), 1, head_.seq + 1}, "the segment is missing");
            break;
        } else if (!read_segment(number, number == numbers.size())) {
            break;
        }
    if (backwards_ > 0)
        chain_.notes.push_back(counted(static_cast<std::int64_t>(backwards_), "line") +
                               " earlier than the one before, the first is line " + std::to_string(first_backwards_));
    return std::move(chain_);
}

bool ChainReader::stop(const AuditPlace& place, const std::string& what) {
    chain_.problem = AuditProblem{place, what};
    return false;
}

bool ChainReader::read_segment(unsigned number, bool last) {
    segment_ = segment_name(number);
    ++chain_.segments;
    SegmentLines lines(directory_ / segment_);
    std::uint64_t bytes = 0;
    while (lines.next()) {
        if (lines.torn() && last) {
            chain_.torn_bytes = lines.text().size();
            return true;
        }
        const AuditPlace place{segment_, lines.number(), head_.seq + 1};
        if (lines.torn()) return stop(place, "it has no line end, and is not the last of the log");
        if (const auto wrong = take(lines); !wrong.empty()) return stop(place, wrong);
        chain_.last = place;
        bytes = lines.offset() + lines.text().size() + 1;
    }
    if (lines.number() == 0 && !last) return stop({segment_, 1, head_.seq + 1}, "the segment is empty");
    previous_ = SegmentEnd{segment_, bytes, head_, {}};
    return true;
}

std::string ChainReader::take(const SegmentLines& lines) {
    std::string why;
    const auto line = read_line(lines.text(), why);
    if (!line) return why;
    if (auto wrong = misfit(*line, head_); !wrong.empty()) return wrong;
    if (auto wrong = check_opening(*line, lines.number() == 1); !wrong.empty()) return wrong;
    if (line->event == "checkpoint")
        if (auto wrong = checkpoint_fault(line->members, head_, checkpoint_key_); !wrong.empty()) return wrong;
    compare_times(*line);
    head_ = {line->seq, line->hash};
    ++chain_.lines;
    chain_.last = {segment_, lines.number(), line->seq};
    if (auto wrong = take_batch(*line); !wrong.empty()) {
        --chain_.lines;
        return wrong;
    }
    if (line->event == "checkpoint" && !checkpoint_key_.empty()) chain_.last_checkpoint = chain_.last;
    if (line->seq == kept_seq_ && line->hash != kept_hash_)
        chain_.other_at_kept = AuditProblem{chain_.last, "it is not the line that the state directory knows"};
    return {};
}

std::string ChainReader::check_opening(const AuditLine& line, bool first) const {
    if (!first) return line.event == "log.opened" ? "log.opened stands at the head of a segment only" : "";
    if (auto wrong = misopened(line, previous_ ? &*previous_ : nullptr); !wrong.empty()) return wrong;
    if (previous_ && !open_.agree_with(line.members)) return "it names other batches than the lines before it";
    return {};
}

std::string ChainReader::take_batch(const AuditLine& line) {
    const auto batch = text_member(line.members, "batch");
    const auto known = chain_.batch_index.find(batch);
    const bool intent = line.event == "batch.intent";
    if (intent && known != chain_.batch_index.end()) return "batch " + batch + " has an intent already";
    if (auto wrong = open_.take(line.event, line.members); !wrong.empty()) return wrong;
    if (intent) {
        chain_.batch_index[batch] = chain_.batches.size();
        chain_.batches.push_back({batch,
                                  text_member(line.members, "store"),
                                  *number_member(line.members, "records"),
                                  chain_.last,
                                  {},
                                  line.hash,
                                  line.time,
                                  LoggedBatch::Outcome::open,
                                  text_member(line.members, "database")});
    } else if (line.event == "batch.committed" || line.event == "batch.rolled_back") {
        auto& told = chain_.batches[known->second];
        told.outcome_at = chain_.last;
        told.outcome =
            line.event == "batch.committed" ? LoggedBatch::Outcome::committed : LoggedBatch::Outcome::rolled_back;
    }
    return {};
}

// A clock that was set back is no break: the line that records its refusal is as early as the clock.
void ChainReader::compare_times(const AuditLine& line) {
    if (chain_.lines > 0 && line.time < chain_.last_time && ++backwards_ == 1) first_backwards_ = line.seq;
    chain_.last_time = line.time;
}

} // namespace

AuditChain read_chain(const std::filesystem::path& directory, std::uint64_t kept_seq, const std::string& kept_hash,
                      const std::string& checkpoint_key) {
    return ChainReader(directory, kept_seq, kept_hash, checkpoint_key).read();
}

} // namespace retention
