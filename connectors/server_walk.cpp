// Walk on a server. The table is passed in ranges of its key, each a transaction of its own at READ COMMITTED.
//
// Where a record is judged by its own columns alone, the whole condition stands in the one statement that removes or
// masks: the engine judges each row by its newest version, under its lock. Where other rows bear on it, or go with it,
// a single statement would still judge them by what was committed when it began: the records are then selected, locked
// with what goes with them, and proved once more in a statement that begins after that (connectors/row_sets.hpp).

#include "connectors/assignments.hpp"
#include "connectors/evidence_elsewhere.hpp"
#include "connectors/rivals.hpp"
#include "connectors/row_columns.hpp"
#include "connectors/row_sets.hpp"
#include "connectors/server_session.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <limits>

namespace retention {

namespace {

// Rows of the key that one statement passes over: bounds, and where to start.
constexpr double fewest_rows = 200, most_rows = 200'000, first_rows = 5'000;
// Below this share of a table an index on the trigger finds what is due faster than passing over all rows.
constexpr double few_due = 0.02;
constexpr std::int64_t most_listed = 500'000;

} // namespace

class ServerWalk : public Walk {
public:
    ServerWalk(ServerSession& session, const Plan& plan, std::shared_ptr<KeyRanges> ranges, bool first)
        : session_(session)
        , database_(session.database())
        , dialect_(session.dialect())
        , plan_(plan)
        , sets_(make_sets(database_, dialect_, plan))
        , on_(database_, dialect_, plan)
        , due_(on_.conditions.narrow_due())
        , ranges_(std::move(ranges)) {
        if (sets_) sets_->judge_by(on_.conditions);
        if (!first) return;
        if (judged_as_a_whole(plan) || few_are_due()) list_due_records();
    }
    ~ServerWalk() override {
        database_.rollback();
        if (range_) ranges_->give_back(*range_);
    }

    Disposed dispose(std::size_t most) override {
        try {
            while (take_range(most)) {
                database_.begin_batch();
                Disposed disposed = sets_ ? dispose_sets(most) : dispose_range(most);
                if (!disposed.empty()) return disposed;
                database_.rollback();
                range_ = rest_;
            }
            return {};
        } catch (...) {
            database_.rollback();
            throw;
        }
    }

    void skip() override {
        while (take_range(1)) {
            if (const auto next = first_key(in(*range_) + " AND " + due_, 0)) {
                range_->after = next;
                return;
            }
            range_.reset();
        }
    }

    void commit(const Witness& witness) override {
        session_.commit_batch(witness);
        range_ = rest_;
    }

    void rollback() noexcept override {
        database_.rollback();
        range_ = rest_;
    }

    void undo() noexcept override { database_.rollback(); }

    // What another walk may share: nothing where this one goes along a list of its own.
    std::shared_ptr<KeyRanges> shared_ranges() const {
        if (!listed_) return ranges_;
        const auto none = std::make_shared<KeyRanges>();
        none->finish();
        return none;
    }

private:
    static std::unique_ptr<RowSets> make_sets(Database& database, const Dialect& dialect, const Plan& plan) {
        if (plan.related.empty() && !has_evidence_elsewhere(plan)) return nullptr;
        return std::make_unique<RowSets>(database, plan, dialect);
    }

    // Where few are due and an index finds them. Counted no further than that.
    bool few_are_due() {
        const Table& table = *plan_.table;
        const bool lone = plan_.triggers.size() == 1 && plan_.triggers[0].column && !plan_.triggers[0].link;
        if (!lone || table.estimated_rows < 50'000) return false;
        const auto& name = plan_.triggers[0].column->name;
        const bool indexed = std::ranges::any_of(table.indexes, [&](const Index& index) {
            return !index.partial && !index.columns.empty() && index.columns.front() == name;
        });
        if (!indexed) return false;
        const auto many = std::min(static_cast<std::int64_t>(table.estimated_rows * few_due), most_listed);
        return count_of(database_,
                        "SELECT count(*) FROM (SELECT 1" + on_.from() + " WHERE " + due_ + " LIMIT " +
                            Sql::value(many) + ") AS retentiond_few",
                        "look how many are due") < many;
    }

    // The keys of what is due now, in a temporary table of this session: the walk goes along it, and each record must
    // still be due in its turn. Where a batch takes rows that another record is judged by, or reaches as well, these
    // are what a report of this moment names.
    void list_due_records() {
        std::vector<Dialect::SetColumn> columns;
        std::vector<std::string> names;
        for (std::size_t i = 0; i < plan_.key.size(); ++i) {
            columns.push_back({key_column(i), on_.key()[i]});
            names.push_back(key_column(i));
        }
        database_.set_up(dialect_.make_temporary(list, *plan_.table, columns, names.size(), true));
        database_.begin_batch();
        database_.execute(dialect_.add_rows(list, names, "SELECT " + listed(on_.key()) + on_.from() + " WHERE " + due_),
                          "list what is due");
        database_.commit();
        if (!sets_) {
            sets_ = std::make_unique<RowSets>(database_, plan_, dialect_);
            sets_->judge_by(on_.conditions);
        }
        listed_ = true;
        if (judged_as_a_whole(plan_)) {
            const Sql fixed =
                row(on_.key()) + " IN (SELECT " + listed_key() + " FROM " + dialect_.temporary(list) + ")";
            sets_->only(fixed);
            if (shares_rows(plan_)) sets_->judge_whole(fixed);
        }
    }

    static Sql row(const std::vector<Sql>& columns) {
        return columns.size() == 1 ? columns.front() : "(" + listed(columns) + ")";
    }
    Sql listed_key() const { return names(key_column, plan_.key.size()); }
    std::vector<Sql> list_columns() const {
        std::vector<Sql> columns;
        for (std::size_t i = 0; i < plan_.key.size(); ++i) columns.emplace_back(key_column(i));
        return columns;
    }

    std::vector<Sql> values(const Key& key) const {
        std::vector<Sql> all;
        for (std::size_t i = 0; i < key.size(); ++i) all.push_back(dialect_.key_value(*plan_.key[i], key[i]));
        return all;
    }
    Sql between(const std::vector<Sql>& columns, const KeyRange& range) const {
        std::vector<Sql> all;
        if (range.after) all.push_back(dialect_.compare(columns, ">", values(*range.after)));
        if (range.last) all.push_back(dialect_.compare(columns, "<=", values(*range.last)));
        return all_of(all, "1 = 1");
    }
    Sql in(const KeyRange& range) const {
        if (!listed_) return between(on_.key(), range);
        return row(on_.key()) + " IN (SELECT " + listed_key() + " FROM " + dialect_.temporary(list) + " WHERE " +
               between(list_columns(), range) + ")";
    }

    std::optional<Key> key_of(const Sql& select) const {
        const auto rows = database_.query(select, "look for the next record of " + plan_.rule.category);
        if (!rows->next()) return std::nullopt;
        Key key;
        for (std::size_t i = 0; i < plan_.key.size(); ++i) key.push_back(rows->value(i));
        return key;
    }
    std::optional<Key> first_key(const Sql& where, std::size_t offset) const {
        return key_of("SELECT " + listed(on_.key()) + on_.from() + " WHERE " + where + " ORDER BY " +
                      listed(on_.key()) + " LIMIT 1 OFFSET " + Sql::value(static_cast<std::int64_t>(offset)));
    }

    // The key that ends the next range, in what is `beyond`. Nothing: that ends first.
    std::optional<Key> cut(const KeyRange& beyond, std::size_t most) {
        const auto wanted = static_cast<double>(most);
        rows_ = listed_ ? wanted
                        : std::clamp(std::min(wanted * rows_a_record_, cap_), std::min(wanted, fewest_rows), most_rows);
        cut_for_ = most;
        const auto offset = static_cast<std::int64_t>(rows_) - 1;
        if (!listed_)
            return first_key(between(on_.key(), beyond), static_cast<std::size_t>(std::max<std::int64_t>(offset, 0)));
        return key_of("SELECT " + listed_key() + " FROM " + dialect_.temporary(list) + " WHERE " +
                      between(list_columns(), beyond) + " ORDER BY " + listed_key() + " LIMIT 1 OFFSET " +
                      Sql::value(std::max<std::int64_t>(offset, 0)));
    }

    // A range that was cut for more records, here or by another walk, is cut again: a statement that passes over far
    // more than may go would be rolled back, and the batches, which adapt to time, would shrink until nothing moves.
    bool take_range(std::size_t most) {
        if (!range_) {
            cut_for_ = std::numeric_limits<std::size_t>::max();
            range_ = ranges_->take([&](const std::optional<Key>& after) { return cut({after, std::nullopt}, most); });
        }
        rest_.reset();
        if (range_ && cut_for_ > most) shorten(most);
        return range_.has_value();
    }
    void shorten(std::size_t most) {
        const auto last = cut(*range_, most);
        if (!last || (range_->last && *last == *range_->last)) return;
        ranges_->give_back({last, range_->last});
        range_->last = last;
    }

    // How many rows hold one due record, and how many a statement may pass over so that it stays short.
    void learn_from(std::size_t records, std::chrono::steady_clock::time_point began) {
        const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
        const double target = static_cast<double>(session_.settings_.batch_time.count());
        if (took.count() > target) cap_ = std::max(cap_ / 2, fewest_rows);
        if (took.count() < target / 2) cap_ = std::min(cap_ * 2, most_rows);
        const double seen = rows_ / std::max(static_cast<double>(records), 0.5);
        rows_a_record_ = std::clamp((rows_a_record_ + 0.9 * seen) / 2, 1.0, most_rows);
    }

    // One statement over the range, the whole condition in it. More were due than may go, or the store refuses one of
    // them, which need not be among the first: the range is cut there.
    Disposed dispose_range(std::size_t most) {
        const auto began = std::chrono::steady_clock::now();
        Disposed disposed;
        std::exception_ptr refusal;
        try {
            disposed.keys = change_range(in(*range_));
        } catch (const StoreError& error) {
            if (error.kind != StoreError::Kind::refused) throw;
            refusal = std::current_exception();
        }
        if (refusal || disposed.keys.size() > most) disposed.keys = change_first(most, refusal);
        learn_from(disposed.keys.size(), began);
        return disposed;
    }

    std::vector<std::vector<std::string>> change_first(std::size_t most, const std::exception_ptr& refusal) {
        database_.rollback();
        const auto last = first_key(in(*range_) + " AND " + due_, most - 1);
        if (!last && refusal) std::rethrow_exception(refusal);
        if (last) {
            ranges_->give_back({last, range_->last});
            range_->last = last;
        }
        rows_a_record_ = 1;
        database_.begin_batch();
        auto keys = change_range(in(*range_));
        if (keys.size() > most)
            throw StoreError(StoreError::Kind::busy,
                             "store '" + database_.store() + "': more records became due meanwhile than may go");
        return keys;
    }

    std::vector<std::vector<std::string>> read_keys(const Sql& statement) const {
        const auto rows = database_.query_few(statement, "dispose of records of " + plan_.rule.category);
        std::vector<std::vector<std::string>> keys;
        while (rows->next()) {
            auto& key = keys.emplace_back();
            key.reserve(plan_.key.size());
            for (std::size_t i = 0; i < plan_.key.size(); ++i)
                key.push_back(dialect_.key_text(*plan_.key[i], rows->value(i)));
        }
        return keys;
    }

    std::vector<std::vector<std::string>> change_range(const Sql& in_range) const {
        const Sql where = " WHERE " + in_range + " AND " + due_;
        // RETURNING knows the columns by their bare names on both servers.
        std::vector<Sql> bare;
        for (const Column* column : plan_.key) bare.emplace_back(dialect_.quote(column->name));
        if (plan_.deletes()) return read_keys("DELETE" + on_.from() + where + " RETURNING " + listed(bare));
        const Sql update = "UPDATE " + Sql(dialect_.table(*plan_.table)) + " SET " +
                           record_assignments(dialect_, plan_, plan_.pseudonym_key) + where;
        if (dialect_.returns_updated()) return read_keys(update + " RETURNING " + listed(bare));
        // Locked by the first statement, masked by the second: what came in between would be one too many.
        auto keys = read_keys("SELECT " + listed(on_.key()) + on_.from() + where + " FOR UPDATE");
        if (keys.empty()) return keys;
        const auto changed = database_.execute(update, "dispose of records of " + plan_.rule.category);
        if (changed != static_cast<std::int64_t>(keys.size()))
            throw StoreError(StoreError::Kind::busy,
                             "store '" + database_.store() + "': records became due while others were masked");
        return keys;
    }

    Disposed dispose_sets(std::size_t most) {
        const auto began = std::chrono::steady_clock::now();
        const Sql due = in(*range_) + " AND " + due_;
        const auto records = static_cast<std::size_t>(sets_->select_records(due, most));
        if (records == 0) {
            learn_from(0, began);
            return {};
        }
        if (records >= most) rest_ = KeyRange{sets_->last_key(), range_->last};
        sets_->collect_and_lock(due_);
        if (sets_->records() > most) { // due rows of its own table go along: one family at a time, a large one in parts
            sets_->select_records(due, 1);
            const auto last = sets_->last_key();
            sets_->collect_and_lock(due_);
            bool passed = true;
            if (sets_->keep_deepest(most)) {
                passed = false;
                sets_->collect_and_lock(due_);
            }
            rest_ = passed ? KeyRange{last, range_->last} : *range_;
        }
        Disposed disposed{sets_->keys(), sets_->counts()};
        if (disposed.keys.empty()) return {};
        sets_->dispose();
        learn_from(disposed.keys.size(), began);
        return disposed;
    }

    static constexpr const char* list = "retentiond_due";

    ServerSession& session_;
    Database& database_;
    const Dialect& dialect_;
    const Plan& plan_;
    std::unique_ptr<RowSets> sets_; // null where one statement does
    const BoundPlan on_;
    const Sql due_;
    std::shared_ptr<KeyRanges> ranges_;
    std::optional<KeyRange> range_; // in hand
    std::optional<KeyRange> rest_;  // of the range in hand, once the batch has ended
    bool listed_ = false;
    std::size_t cut_for_ = 0; // so many records at most
    double rows_ = 0, rows_a_record_ = 1, cap_ = first_rows;
};

std::unique_ptr<Walk> ServerSession::walk(const Plan& plan) {
    return std::make_unique<ServerWalk>(*this, plan, std::make_shared<KeyRanges>(), true);
}

std::unique_ptr<Walk> ServerSession::join(const Plan& plan, Walk& other) {
    return std::make_unique<ServerWalk>(*this, plan, dynamic_cast<ServerWalk&>(other).shared_ranges(), false);
}

} // namespace retention
