// Walk on SQLite. A batch holds the write lock (BEGIN IMMEDIATE) from its first statement to its commit, so that what
// is proved in it stays true until it ends. Between batches it looks for the next due record without any lock, in
// ranges of the key that are read in a moment.

#include "connectors/assignments.hpp"
#include "connectors/check_words.hpp"
#include "connectors/rivals.hpp"
#include "connectors/row_columns.hpp"
#include "connectors/row_sets.hpp"
#include "connectors/sqlite_query.hpp"
#include "connectors/sqlite_session.hpp"
#include "connectors/witness_table.hpp"

#include <algorithm>

namespace retention {

namespace {

// Rows looked at in one statement while searching: first a few, where much is due the next one is near; at most some
// milliseconds' worth, during which a writer may have to wait.
constexpr std::size_t first_look = 64, rows_in_one_look = 20'000;
// Batches below this are counted in due records, larger ones in rows: counting rows is cheap, but cuts a small batch
// up.
constexpr std::size_t rows_worth_counting = 1'000;
// A batch of few records among many rows looks at so many rows for each record it may take, and no more.
constexpr double most_rows_a_record = 50;

class SqliteWalk : public Walk {
public:
    SqliteWalk(SqliteConnection& connection, SqliteDatabase& database, const SqliteDialect& dialect, const Plan& plan)
        : connection_(connection)
        , on_(database, dialect, plan)
        , sets_(database, plan, dialect)
        , due_(on_.conditions.due()) {
        sets_.judge_by(on_.conditions);
        if (judged_as_a_whole(plan)) fix_due_records();
        if (shares_rows(plan)) sets_.judge_whole(due_);
    }
    ~SqliteWalk() override { rollback(); }

    Disposed dispose(std::size_t most) override {
        const auto cursor = cursor_;
        const bool finished = finished_;
        try {
            while (!finished_) {
                const auto first = next_due();
                if (!first) break;
                connection_.exec("BEGIN IMMEDIATE");
                Disposed disposed = on_.plan.related.empty() ? dispose_range(*first, most) : dispose_sets(*first, most);
                if (!disposed.empty()) return disposed;
                rollback(); // somebody touched it in between: it is not due any more
            }
            return {};
        } catch (...) {
            rollback();
            cursor_ = cursor;
            finished_ = finished;
            throw;
        }
    }

    void skip() override {
        if (const auto next = next_due()) cursor_ = next;
    }

    void commit(const Witness& witness) override {
        try {
            connection_.exec("INSERT INTO main.retentiond_batches (batch, records, at, head) VALUES (?, ?, ?, ?)",
                             {witness.batch, witness.records, utc_text(witness.at) + "Z", witness.head});
            connection_.exec("COMMIT");
        } catch (...) {
            rollback();
            throw;
        }
    }

    void rollback() noexcept override {
        try {
            if (connection_.in_transaction()) connection_.exec("ROLLBACK");
        } catch (...) { // NOLINT(bugprone-empty-catch): a dead connection has rolled back
        }
    }

private:
    // Where a batch takes rows that another record is judged by, or reaches as well, the records of the walk are those
    // that are due before its first batch: what a report of this moment names. Each must still be due in its turn.
    void fix_due_records() {
        const Table& table = *on_.plan.table;
        std::vector<Sql> identity, names;
        for (const std::string& column : on_.dialect.identity(table)) {
            identity.emplace_back(on_.dialect.column(table.name, column));
            names.emplace_back("i" + std::to_string(names.size()));
        }
        execute(connection_, "DROP TABLE IF EXISTS temp.retentiond_start", "fix the due records");
        execute(connection_,
                "CREATE TEMP TABLE retentiond_start (" + listed(names) + ", PRIMARY KEY (" + listed(names) +
                    ")) WITHOUT ROWID",
                "fix the due records");
        execute(connection_,
                "INSERT INTO temp.retentiond_start SELECT " + listed(identity) + on_.from() + " WHERE " + due_,
                "fix the due records");
        const Sql fixed = row(identity) + " IN (SELECT " + listed(names) + " FROM temp.retentiond_start)";
        due_ += " AND " + fixed;
        sets_.only(fixed);
    }

    Sql row(const std::vector<Sql>& columns) const {
        return columns.size() == 1 ? columns.front() : "(" + listed(columns) + ")";
    }
    Sql row(const Key& key) const {
        std::vector<Sql> values;
        for (const Value& value : key) values.push_back(Sql::value(value));
        return row(values);
    }
    // The key is complete; a key column that may be NULL never is a cursor.
    Sql after(const std::optional<Key>& key, const char* comparison) const {
        std::vector<Sql> all;
        if (key) all.push_back(row(on_.key()) + comparison + row(*key));
        for (const Column* column : on_.plan.key)
            if (column->nullable)
                all.emplace_back(on_.dialect.column(on_.plan.table->name, column->name) + " IS NOT NULL");
        return all_of(all, "1 = 1");
    }

    std::optional<Key> first_key(const Sql& where, std::size_t offset) const {
        SqliteStatement select =
            prepare(connection_,
                    "SELECT " + listed(on_.key()) + on_.from() + " WHERE " + where + " ORDER BY " + listed(on_.key()) +
                        " LIMIT 1 OFFSET " + Sql::value(static_cast<std::int64_t>(offset)),
                    "look for the next record of " + on_.plan.rule.category);
        if (!select.step()) return std::nullopt;
        Key key;
        for (int i = 0; i < select.columns(); ++i) key.push_back(select.value(i));
        return key;
    }

    Sql up_to(const std::optional<Key>& bound) const {
        return bound ? " AND " + row(on_.key()) + " <= " + row(*bound) : Sql("");
    }

    // The key of the next due record after the cursor; the cursor passes what is not due. No lock is held.
    std::optional<Key> next_due() {
        for (std::size_t look = first_look;; look = std::min(look * 8, rows_in_one_look)) {
            const Sql beyond = after(cursor_, " > ");
            const auto bound = first_key(beyond, look - 1);
            if (auto found = first_key(beyond + up_to(bound) + " AND " + due_, 0)) return found;
            if (!bound) {
                finished_ = true;
                return std::nullopt;
            }
            cursor_ = bound;
        }
    }

    struct Range {
        std::optional<Key> last; // nothing: to the end of the table
        std::size_t rows = 0;    // 0: not counted
    };
    // Where a range ends that holds about as many due records as may go, and hardly ever more.
    Range range_of(const Sql& from_first, std::size_t most) const {
        if (most < rows_worth_counting) {
            const auto look = first_key(from_first, rows_in_one_look - 1);
            const auto due = first_key(from_first + up_to(look) + " AND " + due_, most - 1);
            return {due ? due : look, 0};
        }
        const auto rows = static_cast<std::size_t>(static_cast<double>(most) * rows_a_record_);
        return {first_key(from_first, rows - 1), rows};
    }

    // How many rows hold one due record, by the range that was just done; a tenth less, so that a range stays within
    // its number.
    void learn_from(const Range& range, std::size_t records) {
        if (range.rows == 0 || !range.last || records == 0) return;
        const double rows = 0.9 * static_cast<double>(range.rows) / static_cast<double>(records);
        rows_a_record_ = std::clamp(rows, 1.0, most_rows_a_record);
    }

    // Nothing goes with the records: one statement over a range of the key, the whole condition in it.
    Disposed dispose_range(const Key& first, std::size_t most) {
        const Sql from_first = after(first, " >= ");
        auto range = range_of(from_first, most);
        Disposed disposed{change_range(from_first + up_to(range.last)), {}};
        if (disposed.keys.size() > most) { // more were due here than before: undone, and counted row by row
            connection_.exec("ROLLBACK");
            connection_.exec("BEGIN IMMEDIATE");
            rows_a_record_ = 1;
            range = {first_key(from_first, most - 1), most};
            disposed.keys = change_range(from_first + up_to(range.last));
        }
        learn_from(range, disposed.keys.size());
        cursor_ = range.last;
        finished_ = !range.last;
        return disposed;
    }

    // SQLite 3.40 returns a whole number of a REAL column as an integer from UPDATE.
    Sql returned(const Column& column) const {
        const std::string name = on_.dialect.quote(column.name);
        const auto words = words_of(column.type);
        const bool real = std::ranges::any_of(
            words, [](const SqlWord& word) { return word.is("real") || word.is("float") || word.is("double"); });
        return real ? "CAST(" + name + " AS REAL)" : name;
    }

    std::vector<std::vector<std::string>> change_range(const Sql& in_range) const {
        const Plan& plan = on_.plan;
        Sql sql = "DELETE" + on_.from();
        if (!plan.deletes())
            sql = "UPDATE " + on_.dialect.table(*plan.table) + " SET " +
                  record_assignments(on_.dialect, plan, plan.pseudonym_key);
        // RETURNING knows the columns by their bare names only.
        std::vector<Sql> names;
        for (const Column* column : plan.key) names.push_back(returned(*column));
        sql += " WHERE " + in_range + " AND " + due_ + " RETURNING " + listed(names);
        SqliteStatement dispose = prepare(connection_, sql, "dispose of records of " + plan.rule.category);
        std::vector<std::vector<std::string>> keys;
        while (dispose.step()) {
            auto& key = keys.emplace_back();
            for (int i = 0; i < dispose.columns(); ++i) key.push_back(key_text(dispose.value(i)));
        }
        return keys;
    }

    // Rows go with the records, and with them perhaps the evidence that they are due: it is proved for the whole batch
    // under the lock, before anything of it changes.
    Disposed dispose_sets(const Key& first, std::size_t most) {
        const Sql from_first = after(first, " >= ");
        const auto bound = first_key(from_first, std::max(most, rows_in_one_look) - 1);
        const Sql due = from_first + up_to(bound) + " AND " + due_;
        const auto records = static_cast<std::size_t>(sets_.select_records(due, most));
        if (records == 0) {
            cursor_ = bound;
            finished_ = !bound;
            return {};
        }
        auto last = records < most ? bound : sets_.last_key();
        sets_.collect();
        bool passed = true;
        if (sets_.records() > most) { // due rows of its own table go along: one family at a time, a large one in parts
            sets_.select_records(due, 1);
            last = sets_.last_key();
            sets_.collect();
            passed = !sets_.keep_deepest(most);
            if (!passed) sets_.collect();
        }
        Disposed disposed{sets_.keys(), sets_.counts()};
        sets_.dispose();
        if (passed) {
            cursor_ = last;
            finished_ = !last;
        }
        return disposed;
    }

    SqliteConnection& connection_;
    const BoundPlan on_;
    RowSets sets_;
    Sql due_; // the whole condition, and where it must be, membership of the records fixed at the start
    std::optional<Key> cursor_;
    bool finished_ = false;
    double rows_a_record_ = 1;
};

} // namespace

std::unique_ptr<Walk> make_sqlite_walk(SqliteConnection& connection, SqliteDatabase& database,
                                       const SqliteDialect& dialect, const Plan& plan) {
    return std::make_unique<SqliteWalk>(connection, database, dialect, plan);
}

} // namespace retention
