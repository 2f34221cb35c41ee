// Walk on a server. The table is passed in ranges of its key, each a transaction of its own at READ COMMITTED.
//
// Where a record is judged by its own columns alone, the whole condition stands in the one statement that removes or
// masks: the engine judges each row by its newest version, under its lock. Where other rows bear on it, or go with it,
// a single statement would still judge them by what was committed when it began: the records are then selected, locked
// with what goes with them, and proved once more in a statement that begins after that (connectors/row_sets.hpp).

#include "connectors/assignments.hpp"
#include "connectors/evidence_elsewhere.hpp"
#include "connectors/rivals.hpp"
#include "connectors/row_sets.hpp"
#include "connectors/server_session.hpp"
#include "connectors/walk_course.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <limits>

namespace retention {

namespace {

// Rows of the key that one statement passes over: bounds, and where to start.
constexpr double fewest_rows = 200, most_rows = 200'000, first_rows = 5'000;

} // namespace

class ServerWalk : public Walk {
public:
    ServerWalk(ServerSession& session, const Plan& plan)
        : ServerWalk(session, plan, std::make_shared<KeyRanges>(), session.take_listed(plan)) {
        if (judged_as_a_whole(plan)) {
            course_ = std::make_unique<DueTable>(on_);
            sets_->only(course_->in({}));
            if (shares_rows(plan)) sets_->judge_whole(course_->in({}));
        }
    }
    // Beside another walk, of the same ranges.
    ServerWalk(ServerSession& session, const Plan& plan, const ServerWalk& other)
        : ServerWalk(session, plan, other.shared_ranges(), other.listed_) {}
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
            if (const auto next = behind_due(0)) {
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

private:
    ServerWalk(ServerSession& session, const Plan& plan, std::shared_ptr<KeyRanges> ranges, SharedKeys listed)
        : session_(session)
        , database_(session.database())
        , dialect_(session.dialect())
        , plan_(plan)
        , sets_(make_sets(database_, dialect_, plan))
        , on_(database_, dialect_, plan)
        , listed_(std::move(listed))
        , due_(listed_ ? on_.conditions.due() : on_.conditions.narrow_due())
        , course_(make_course(on_, listed_))
        , ranges_(std::move(ranges)) {
        if (sets_) sets_->judge_by(on_.conditions);
    }

    // What another walk may share: nothing where this one goes along a table of its own session.
    std::shared_ptr<KeyRanges> shared_ranges() const {
        if (!judged_as_a_whole(plan_)) return ranges_;
        const auto none = std::make_shared<KeyRanges>();
        none->finish();
        return none;
    }

    static std::unique_ptr<RowSets> make_sets(Database& database, const Dialect& dialect, const Plan& plan) {
        if (plan.related.empty() && !has_evidence_elsewhere(plan) && !judged_as_a_whole(plan)) return nullptr;
        return std::make_unique<RowSets>(database, plan, dialect);
    }

    Sql in(const KeyRange& range) const { return course_->in(range); }
    // What comes after a record of the range in hand.
    std::optional<Key> behind(const std::optional<Key>& record) const {
        return record ? std::optional(course_->behind(*record, *range_)) : std::nullopt;
    }
    // Behind the due record of the range in hand that so many others come before.
    std::optional<Key> behind_due(std::size_t others) const {
        return behind(key_at(on_, "SELECT " + listed(on_.key()) + on_.from() + " WHERE " + in(*range_) + " AND " +
                                      due_ + " ORDER BY " + listed(on_.key()) + " LIMIT 1 OFFSET " +
                                      Sql::value(static_cast<std::int64_t>(others))));
    }

    // The key that ends the next range, in what is `beyond`. Nothing: that ends first.
    std::optional<Key> cut(const KeyRange& beyond, std::size_t most) {
        const auto wanted = static_cast<double>(most);
        rows_ = course_->is_of_due_records()
                    ? wanted
                    : std::clamp(std::min(wanted * rows_a_record_, cap_), std::min(wanted, fewest_rows), most_rows);
        cut_for_ = most;
        return course_->cut(beyond, static_cast<std::size_t>(std::max(rows_, 1.0)));
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
        const auto last = behind_due(most - 1);
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
        if (records >= most) rest_ = KeyRange{behind(sets_->last_key()), range_->last};
        sets_->collect_and_lock(due_);
        if (sets_->records() > most) take_family(due, most);
        Disposed disposed{sets_->keys(), sets_->counts()};
        if (disposed.keys.empty()) return {};
        sets_->dispose();
        learn_from(disposed.keys.size(), began);
        return disposed;
    }

    // Due rows of its own table go along: one family at a time, a large one in parts.
    void take_family(const Sql& due, std::size_t most) {
        sets_->select_records(due, 1);
        const auto last = sets_->last_key();
        sets_->collect_and_lock(due_);
        const bool in_parts = sets_->keep_deepest(most);
        if (in_parts) sets_->collect_and_lock(due_);
        rest_ = in_parts ? *range_ : KeyRange{behind(last), range_->last};
    }

    ServerSession& session_;
    Database& database_;
    const Dialect& dialect_;
    const Plan& plan_;
    std::unique_ptr<RowSets> sets_; // null where one statement does
    const BoundPlan on_;
    const SharedKeys listed_;        // where few are due
    const Sql due_;                  // of what is listed the key's index finds more than that of the trigger
    std::unique_ptr<Course> course_; // what the ranges are of
    std::shared_ptr<KeyRanges> ranges_;
    std::optional<KeyRange> range_; // in hand
    std::optional<KeyRange> rest_;  // of the range in hand, once the batch has ended
    std::size_t cut_for_ = 0;       // so many records at most
    double rows_ = 0, rows_a_record_ = 1, cap_ = first_rows;
};

std::unique_ptr<Walk> ServerSession::walk(const Plan& plan) {
    return std::make_unique<ServerWalk>(*this, plan);
}

std::unique_ptr<Walk> ServerSession::join(const Plan& plan, Walk& other) {
    return std::make_unique<ServerWalk>(*this, plan, dynamic_cast<const ServerWalk&>(other));
}

} // namespace retention
