#include "daemon/audit_log.hpp"

#include "daemon/audit_reserve.hpp"
#include "daemon/audit_tail.hpp"

#include <boost/json.hpp>
#include <cerrno>
#include <mutex>
#include <system_error>
#include <utility>

namespace retention {
namespace json = boost::json;
namespace {

// For so long a line may have waited while other threads' lines went to the disk.
constexpr std::chrono::minutes overtaken{1};

bool disk_full(const std::system_error& failure) {
    return failure.code().value() == ENOSPC || failure.code().value() == EDQUOT;
}

} // namespace

struct AuditLog::Impl {
    mutable std::mutex mutex = {}; // the public functions take it, nothing below does
    std::filesystem::path directory;
    State& state;
    std::uint64_t segment_bytes;
    AuditReserve reserve;
    std::optional<SegmentFile> file = {};
    unsigned segment = 0;
    Head head = {};
    Instant last_time{};
    AuditBatches batches = {};
    std::vector<OpenIntent> found = {};
    bool dirty = false;       // lines are written that may not be on the disk
    std::string failure = {}; // of a write or fsync: nothing is appended after it

    void open(Instant now);
    void enter_segment(const AuditTail&, Instant now);
    void record_repairs(const AuditTail&, bool head_was_kept, Instant now);
    void next_segment(Instant now);
    Head append(std::string_view event, const json::object&, Instant now, bool durably);
    void make_room(Instant now);
    Instant time_of_line(Instant now) const;
    void put(std::string_view event, const json::object&, Instant now);
    WrittenLine written(std::string_view event, const json::object&, Instant now) const;
    void write_intent(const std::string& line);
    void write(const std::string& line);
    void make_durable(bool witnessed = false);
    template <class Work>
    void guarded(const Work&);
};

// A failed write or fsync is final: the kernel may have dropped what it could not write, and a second fsync that
// succeeds says nothing of it (https://wiki.postgresql.org/wiki/Fsync_Errors).
template <class Work>
void AuditLog::Impl::guarded(const Work& work) {
    try {
        work();
    } catch (const AuditError& cause) {
        failure = cause.what();
        throw;
    } catch (const std::exception& cause) {
        failure = cause.what();
        throw AuditError("the audit log cannot be written: " + failure +
                         "\nhint: nothing more is disposed of; see to its disk, then restart");
    }
}

void AuditLog::Impl::open(Instant now) {
    ensure_directory(directory, 0750);
    const auto kept = kept_head(state.directory());
    auto tail = read_tail(directory, kept);
    segment = tail.segments;
    head = tail.head;
    last_time = tail.last_time;
    batches = tail.batches;
    found = batches.open();
    guarded([&] {
        enter_segment(tail, now);
        record_repairs(tail, kept.has_value(), now);
        if (dirty || kept != head) make_durable();
    });
}

void AuditLog::Impl::enter_segment(const AuditTail& tail, Instant now) {
    if (segment == 0) segment = 1;
    const auto path = directory / segment_name(segment);
    file = tail.segments == 0 ? SegmentFile::create(path) : SegmentFile::open(path);
    if (tail.torn_bytes > 0) file->cut(tail.good_bytes);
    if (!tail.opened) put("log.opened", opening_members(tail.previous ? &*tail.previous : nullptr, batches), now);
}

// What this start repaired, or had to take on trust, is part of the record.
void AuditLog::Impl::record_repairs(const AuditTail& tail, bool head_was_kept, Instant now) {
    if (tail.torn_bytes > 0)
        put("recovered", {{"what", "a torn last line was cut off"}, {"cut_bytes", tail.torn_bytes}}, now);
    if (!head_was_kept && tail.head.seq > 1)
        put("recovered", {{"what", "the state directory knew no head of this log"}, {"lines", tail.head.seq}}, now);
}

void AuditLog::Impl::next_segment(Instant now) {
    make_durable();
    const SegmentEnd end{segment_name(segment), file->bytes(), head, last_time};
    file = SegmentFile::create(directory / segment_name(segment + 1));
    ++segment;
    put("log.opened", opening_members(&end, batches), now);
}

// Before a line, which then follows `head`.
void AuditLog::Impl::make_room(Instant now) {
    if (!failure.empty()) throw AuditError("the audit log is closed since it could not be written: " + failure);
    guarded([&] {
        file->require_untouched();
        if (file->bytes() > segment_bytes) next_segment(time_of_line(now));
    });
}

Instant AuditLog::Impl::time_of_line(Instant now) const {
    return now < last_time && last_time - now < overtaken ? last_time : now;
}

Head AuditLog::Impl::append(std::string_view event, const json::object& members, Instant now, bool durably) {
    put(event, members, time_of_line(now));
    if (durably) guarded([&] { make_durable(event == "batch.intent"); });
    return head;
}

void AuditLog::Impl::put(std::string_view event, const json::object& members, Instant now) {
    auto line = written(event, members, now);
    auto after = batches;
    if (const auto wrong = after.take(event, members); !wrong.empty())
        throw AuditError("a line does not fit the audit log: " + wrong);
    if (event == "batch.intent")
        write_intent(line.text);
    else
        guarded([&] { write(line.text); });
    dirty = true;
    batches = std::move(after);
    head = {head.seq + 1, std::move(line.hash)};
    last_time = now;
}

WrittenLine AuditLog::Impl::written(std::string_view event, const json::object& members, Instant now) const {
    try {
        return write_line(head.seq + 1, now, event, members, head.hash);
    } catch (const std::invalid_argument& why) {
        throw AuditError("a line does not fit the audit log: " + std::string(why.what()));
    }
}

// A full disk refuses the intent, and with it the disposal, but not the lines that say so.
void AuditLog::Impl::write_intent(const std::string& line) {
    reserve.require(line.size());
    std::string full;
    guarded([&] {
        try {
            file->append(line);
        } catch (const std::system_error& why) {
            if (!disk_full(why)) throw;
            full = why.what();
        }
    });
    if (!full.empty()) throw AuditError("the disk of the audit log is full: " + full + "\nhint: make room on it");
}

void AuditLog::Impl::write(const std::string& line) {
    try {
        file->append(line);
    } catch (const std::system_error& why) {
        if (!disk_full(why) || !reserve.release()) throw;
        file->append(line); // in the room that was kept for it
    }
}

// A batch has its witness row in its store: for its intent the state directory need not wait for the disk a second
// time.
void AuditLog::Impl::make_durable(bool witnessed) {
    file->sync();
    dirty = false;
    witnessed ? state.note(head) : state.keep(head);
}

AuditLog::AuditLog(const std::filesystem::path& directory, State& state, Instant now, std::uint64_t segment_bytes,
                   std::uint64_t reserve_bytes)
    : impl_(new Impl{{}, directory, state, segment_bytes, AuditReserve(directory, reserve_bytes)}) {
    impl_->open(now);
}

AuditLog::~AuditLog() {
    if (!impl_->dirty || !impl_->failure.empty()) return;
    try {
        impl_->make_durable();
    } catch (const std::exception&) { // what was lazily appended is not promised to be there
        impl_->dirty = false;
    }
}

Head AuditLog::append(std::string_view event, const json::object& members, Instant now) {
    const std::scoped_lock lock(impl_->mutex);
    impl_->make_room(now);
    return impl_->append(event, members, now, true);
}
Head AuditLog::append_lazily(std::string_view event, const json::object& members, Instant now) {
    const std::scoped_lock lock(impl_->mutex);
    impl_->make_room(now);
    return impl_->append(event, members, now, false);
}
Head AuditLog::append_checkpoint(const std::function<json::object(const Head&)>& members, Instant now) {
    const std::scoped_lock lock(impl_->mutex);
    impl_->make_room(now);
    return impl_->append("checkpoint", members(impl_->head), now, true);
}
Head AuditLog::head() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->head;
}
Instant AuditLog::last_time() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->last_time;
}
std::optional<std::set<std::string>> AuditLog::stores_since_checkpoint() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->batches.stores_since_checkpoint();
}
const std::vector<OpenIntent>& AuditLog::open_intents() const {
    return impl_->found;
}

} // namespace retention
