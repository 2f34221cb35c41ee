#include "daemon/history.hpp"

#include "daemon/audit_line.hpp"
#include "daemon/history_file.hpp"
#include "daemon/purge_report.hpp"

#include <boost/json.hpp>
#include <soci/soci.h>
#include <type_traits>

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

    // Nothing, or what `work` made: a file that fails is lost from then on.
    template <class Work>
    auto guarded(const Work& work) const -> std::decay_t<decltype(work())> {
        if (file.sql) try {
                return work();
            } catch (const std::exception& error) {
                file = unusable_history(folder, error);
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

// A log that goes on has more than the line that opened it.
History::History(const State& state, const Head& log, std::chrono::milliseconds patience)
    : impl_(new Impl{state.directory(), patience, open_history(state.directory(), log.seq > 1, patience)}) {}
History::~History() = default;

std::string History::lost() const {
    return impl_->file.lost;
}

bool History::busy() const {
    return impl_->file.busy;
}

void History::look_again() {
    if (impl_->file.sql) return;
    impl_->file = open_history(impl_->folder, true, {});
    if (impl_->file.sql) be_patient(*impl_->file.sql, impl_->patience);
}

// What was lost a moment ago may only have been locked: it is opened once more before anything is renamed.
void History::accept_loss() {
    look_again();
    if (!impl_->file.sql && !impl_->file.busy) impl_->file = begin_history_anew(impl_->folder, impl_->patience);
}

void History::begin(const RunRecord& record) {
    impl_->guarded([&] {
        impl_->put("INSERT INTO runs (run, record) VALUES (:name, :value)", record.outcome.run, text_of(record));
    });
}

void History::end(const RunOutcome& outcome, Instant finished) {
    impl_->guarded([&] {
        auto record = impl_->find(outcome.run).value_or(RunRecord{{}, "", finished, {}}); // begun before a loss
        record.outcome = outcome;
        record.finished = finished;
        soci::transaction all(impl_->sql());
        impl_->put("INSERT INTO runs (run, record) VALUES (:name, :value) "
                   "ON CONFLICT (run) DO UPDATE SET record = excluded.record",
                   outcome.run, text_of(record));
        for (const auto& category : outcome.categories) impl_->add(outcome, category, finished);
        impl_->sql() << "DELETE FROM runs WHERE number <= (SELECT max(number) FROM runs) - " +
                            std::to_string(most_runs);
        all.commit();
    });
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
    const auto at = audit_time(through);
    impl_->guarded([&] {
        impl_->sql() << "INSERT INTO served VALUES (:name, :through, nullif(:schedule, '')) ON CONFLICT (category) DO "
                        "UPDATE SET through = excluded.through, schedule = coalesce(excluded.schedule, schedule)",
            soci::use(category, "name"), soci::use(at, "through"), soci::use(schedule, "schedule");
    });
}

std::optional<ServedSchedule> History::served(const std::string& category) const {
    return impl_->guarded([&]() -> std::optional<ServedSchedule> {
        const auto through = impl_->text("SELECT through FROM served WHERE category = :name", category);
        const auto at = through ? parse_audit_time(*through) : std::nullopt;
        if (!at) return std::nullopt;
        return ServedSchedule{*at, impl_->text("SELECT schedule FROM served WHERE category = :name", category)};
    });
}

} // namespace retention
