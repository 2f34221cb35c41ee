#include "daemon/history.hpp"

#include "daemon/audit_line.hpp"
#include "daemon/history_file.hpp"
#include "daemon/journal.hpp"
#include "daemon/purge_report.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <deque>
#include <soci/soci.h>
#include <type_traits>
#include <variant>

namespace retention {
namespace {

namespace json = boost::json;

constexpr int most_runs = 10'000;

std::string text_of(const RunRecord& record) {
    json::object object{
        {"actor", record.actor}, {"started", audit_time(record.started)}, {"account", purge_json(record.outcome)}};
    if (record.finished) object["finished"] = audit_time(*record.finished);
    return json::serialize(object);
}

std::optional<Instant> instant_in(const json::object& from, std::string_view member) {
    const auto* value = from.if_contains(member);
    return value ? parse_audit_time(value->as_string()) : std::nullopt;
}

RunRecord record_of(const std::string& text) {
    const auto object = json::parse(text).as_object();
    return {purge_from_json(object.at("account").as_string()), std::string(object.at("actor").as_string()),
            instant_in(object, "started").value(), instant_in(object, "finished")};
}

// A category's last outcome travels as the account of a run of its own.
std::string text_of(const CategoryHistory& category) {
    RunOutcome account;
    account.run = category.run;
    account.outcome = category.last.outcome;
    account.categories = {category.last};
    json::object object{{"finished", audit_time(category.finished)},
                        {"account", purge_json(account)},
                        {"disposed", category.disposed},
                        {"batches", category.batches},
                        {"seconds", category.seconds}};
    if (category.last_success) object["last_success"] = audit_time(*category.last_success);
    return json::serialize(object);
}

CategoryHistory category_of(const std::string& text) {
    const auto object = json::parse(text).as_object();
    const auto account = purge_from_json(object.at("account").as_string());
    CategoryHistory category;
    category.run = account.run;
    category.finished = instant_in(object, "finished").value();
    category.last = account.categories.at(0);
    category.last_success = instant_in(object, "last_success");
    category.disposed = object.at("disposed").as_int64();
    category.batches = object.at("batches").as_int64();
    category.seconds = object.at("seconds").to_number<double>();
    return category;
}

} // namespace

struct History::Impl {
    std::filesystem::path folder;
    Patience patience;
    mutable HistoryFile file; // reading may find that it is lost

    struct Ended {
        RunOutcome outcome;
        Instant finished;
    };
    struct Serve {
        std::string category;
        Instant through;
        std::string schedule;
    };
    struct KeepServed {
        std::vector<std::string> categories;
        bool has(const std::string& category) const { return std::ranges::count(categories, category) > 0; }
    };
    using Entry = std::variant<Ended, Serve, KeepServed>;
    std::deque<Entry> kept = {}; // what could not be written while it was busy, in order

    void write(const Entry&);
    void write_kept();
    void write_now(const Ended&) const;
    void write_now(const Serve&) const;
    void write_now(const KeepServed&) const;
    bool is_whole() const { return file.lost.empty(); }

    // Nothing, or what `work` made: a file that fails is lost, or busy, from then on.
    template <class Work>
    auto guarded(const Work& work) const -> std::decay_t<decltype(work())> {
        if (file.sql) try {
                return work();
            } catch (const std::exception& error) {
                file = unusable_history(folder, error, std::move(file));
            }
        return std::decay_t<decltype(work())>();
    }
    soci::session& sql() const { return *file.sql; }
    std::optional<std::string> text(const std::string& query, const std::string& name) const {
        std::string found;
        soci::indicator there = soci::i_null;
        sql() << query, soci::into(found, there), soci::use(name, "name");
        return sql().got_data() && there == soci::i_ok ? std::optional(found) : std::nullopt;
    }
    std::optional<CategoryHistory> category(const std::string& name) const {
        const auto found = text("SELECT record FROM categories WHERE category = :name", name);
        return found ? std::optional(category_of(*found)) : std::nullopt;
    }
    void put(const std::string& statement, const std::string& name, const std::string& value) const {
        sql() << statement, soci::use(name, "name"), soci::use(value, "value");
    }
    std::optional<RunRecord> find(const std::string& run) const {
        const auto found = text("SELECT record FROM runs WHERE run = :name", run);
        return found ? std::optional(record_of(*found)) : std::nullopt;
    }
    std::vector<std::string> served_categories() const {
        const soci::rowset<std::string> names = (sql().prepare << "SELECT category FROM served");
        return {names.begin(), names.end()};
    }
    void add(const RunOutcome&, const CategoryOutcome&, Instant finished) const;
};

void History::Impl::add(const RunOutcome& run, const CategoryOutcome& outcome, Instant finished) const {
    auto sums = category(outcome.category).value_or(CategoryHistory{});
    sums.run = run.run;
    sums.finished = finished;
    sums.last = outcome;
    if (outcome.outcome == Outcome::completed) sums.last_success = finished;
    sums.disposed += outcome.disposed;
    sums.batches += outcome.batches;
    sums.seconds += outcome.seconds;
    put("INSERT OR REPLACE INTO categories VALUES (:name, :value)", outcome.category, text_of(sums));
}

// Not beside what waits already: the order stays.
void History::Impl::write(const Entry& entry) {
    if (is_whole() && kept.empty()) guarded([&] { std::visit([this](const auto& one) { write_now(one); }, entry); });
    if (!file.busy && kept.empty()) return;
    if (kept.empty()) warn("outcomes are kept in memory until they can be written: " + file.lost);
    kept.push_back(entry);
}

void History::Impl::write_kept() {
    while (is_whole() && !kept.empty())
        guarded([this] {
            std::visit([this](const auto& one) { write_now(one); }, kept.front());
            kept.pop_front();
        });
}

void History::Impl::write_now(const Ended& ended) const {
    const auto& outcome = ended.outcome;
    auto record = find(outcome.run).value_or(RunRecord{{}, "", ended.finished, {}}); // begun before a loss
    record.outcome = outcome;
    record.finished = ended.finished;
    soci::transaction all(sql());
    put("INSERT INTO runs (run, record) VALUES (:name, :value) "
        "ON CONFLICT (run) DO UPDATE SET record = excluded.record",
        outcome.run, text_of(record));
    for (const auto& category : outcome.categories) add(outcome, category, ended.finished);
    sql() << "DELETE FROM runs WHERE number <= (SELECT max(number) FROM runs) - " + std::to_string(most_runs);
    all.commit();
}

void History::Impl::write_now(const Serve& serve) const {
    const auto at = audit_time(serve.through);
    sql() << "INSERT INTO served VALUES (:name, :through, nullif(:schedule, '')) ON CONFLICT (category) DO "
             "UPDATE SET through = excluded.through, schedule = coalesce(excluded.schedule, schedule)",
        soci::use(serve.category, "name"), soci::use(at, "through"), soci::use(serve.schedule, "schedule");
}

void History::Impl::write_now(const KeepServed& keep) const {
    auto others = served_categories();
    std::erase_if(others, [&](const auto& name) { return keep.has(name); });
    if (others.empty()) return;
    soci::transaction all(sql());
    for (const auto& name : others) sql() << "DELETE FROM served WHERE category = :name", soci::use(name, "name");
    all.commit();
}

// A log that goes on has more than the line that opened it.
History::History(const State& state, const Head& log, std::chrono::milliseconds patience)
    : impl_(new Impl{state.directory(), patience, open_history(state.directory(), log.seq > 1, patience)}) {}

History::~History() {
    try {
        if (!impl_->kept.empty() && !settle()) warn("the newest outcomes are not in the history: " + lost());
    } catch (const std::exception& error) {
        warn(std::string("the newest outcomes are not in the history: ") + error.what());
    }
}

std::string History::lost() const {
    return impl_->file.lost;
}

bool History::busy() const {
    return impl_->file.busy;
}

void History::look_again() {
    auto& file = impl_->file;
    if (impl_->is_whole() || (file.busy && file.sql && !is_free(*file.sql))) return;
    file = open_history(impl_->folder, true, {});
    impl_->write_kept();
    if (impl_->is_whole()) be_patient(*file.sql, impl_->patience);
}

bool History::settle() {
    if (!impl_->kept.empty()) {
        impl_->file = open_history(impl_->folder, true, impl_->patience);
        impl_->write_kept();
        impl_->kept.clear();
    }
    return impl_->is_whole();
}

// What was lost a moment ago may only have been locked: it is opened once more before anything is renamed.
void History::accept_loss() {
    look_again();
    if (impl_->is_whole() || impl_->file.busy) return;
    try {
        impl_->file = begin_history_anew(impl_->folder, impl_->patience);
        impl_->write_kept();
    } catch (const std::exception& error) {
        impl_->file = unusable_history(impl_->folder, error);
    }
}

void History::begin(const RunRecord& record) {
    if (!impl_->is_whole()) return;
    impl_->guarded([&] {
        impl_->put("INSERT INTO runs (run, record) VALUES (:name, :value)", record.outcome.run, text_of(record));
    });
}

void History::end(const RunOutcome& outcome, Instant finished) {
    impl_->write(Impl::Ended{outcome, finished});
}

std::vector<RunRecord> History::last(std::size_t runs) const {
    return impl_->guarded([&] {
        const soci::rowset<std::string> texts =
            (impl_->sql().prepare << "SELECT record FROM runs ORDER BY number DESC LIMIT " + std::to_string(runs));
        std::vector<RunRecord> records;
        for (const auto& text : texts) records.push_back(record_of(text));
        return records;
    });
}

std::optional<RunRecord> History::find(const std::string& run) const {
    return impl_->guarded([&] { return impl_->find(run); });
}

std::map<std::string, CategoryHistory> History::categories() const {
    return impl_->guarded([&] {
        const soci::rowset<std::string> texts = (impl_->sql().prepare << "SELECT record FROM categories");
        std::map<std::string, CategoryHistory> all;
        for (const auto& text : texts) {
            auto category = category_of(text);
            const auto name = category.last.category;
            all.emplace(name, std::move(category));
        }
        return all;
    });
}

void History::serve(const std::string& category, Instant through, const std::string& schedule) {
    impl_->write(Impl::Serve{category, through, schedule});
}

void History::keep_served(const std::vector<std::string>& categories) {
    impl_->write(Impl::KeepServed{categories});
}

// What is kept is newer than the file.
std::optional<ServedSchedule> History::served(const std::string& category) const {
    auto known = impl_->guarded([&]() -> std::optional<ServedSchedule> {
        const auto through = impl_->text("SELECT through FROM served WHERE category = :name", category);
        const auto at = through ? parse_audit_time(*through) : std::nullopt;
        if (!at) return std::nullopt;
        return ServedSchedule{*at, impl_->text("SELECT schedule FROM served WHERE category = :name", category)};
    });
    for (const auto& entry : impl_->kept) {
        if (const auto* keep = std::get_if<Impl::KeepServed>(&entry); keep && !keep->has(category)) known.reset();
        if (const auto* serve = std::get_if<Impl::Serve>(&entry); serve && serve->category == category) {
            if (!known) known.emplace();
            known->through = serve->through;
            if (!serve->schedule.empty()) known->schedule = serve->schedule;
        }
    }
    return known;
}

} // namespace retention
