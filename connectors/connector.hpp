#pragma once
// How a store is read and changed. One Connector a store, one Session a thread of work. No opinion on what is due: the
// plan says that. No soci type and no soci exception leaves this room.
//
// Errors: what stops the work (store out of reach, lock not had, statement failed) throws StoreError; what a caller
// branches on is a value. A Session is used by one thread at a time, `cancel` alone may come from another. After a
// StoreError the transaction is rolled back and the session may be used again unless `lost` is set.

#include "connectors/catalogue.hpp"
#include "connectors/survey.hpp"
#include "connectors/value.hpp"
#include "policies/configuration.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace retention {

struct Plan; // connectors/plan.hpp

class StoreError : public std::runtime_error {
public:
    enum class Kind {
        busy,    // lock timeout, deadlock, serialization: roll back, wait, do it again from selection
        refused, // the store refuses the statement: constraint, right, type
        cancelled,
        lost,  // connection gone, file unreadable; an open COMMIT is unknown and is settled by its witness
        failed // everything else
    };
    StoreError(Kind of, const std::string& what) : std::runtime_error(what), kind(of) {}
    Kind kind;
};

// The row of `retentiond_batches` that a batch writes into its own transaction.
struct Witness {
    std::string batch;
    std::int64_t records = 0;
    Instant at{};
    std::string head; // the audit log's head hash: of the batch's intent
};

// What one batch did, in a transaction that is still open.
struct Disposed {
    std::vector<std::vector<std::string>> keys; // of each record, as text, in the catalogue's order
    std::vector<RelatedCount> related;
    bool empty() const { return keys.empty(); }
};

// So many requests in so long.
struct Traffic {
    std::int64_t requests = 0;
    std::chrono::microseconds over{};
};

enum class Settled { committed, rolled_back, in_doubt };

// One pass over the due records of one plan, in the order of the key. It carries its cursor: a record that was passed
// is not looked at again. Not resumable after it is destroyed; a new walk starts from the beginning.
class Walk {
public:
    virtual ~Walk() = default;
    // Opens a transaction, proves the whole condition again under lock for at most `most` records after the cursor, and
    // disposes of them and what goes with them. Empty: nothing more is due, and no transaction is open.
    // Throws StoreError; the transaction is then rolled back and the cursor is where it was, so it may be called again.
    virtual Disposed dispose(std::size_t most) = 0;
    // Passes over the next record that is due, which the store would not let go. No transaction is open.
    virtual void skip() = 0;
    // Writes the witness row into the open transaction and commits. Throws StoreError: with kind `lost` the outcome is
    // unknown (Session::settle); with any other kind it is rolled back.
    virtual void commit(const Witness&) = 0;
    // Leaves the store as before dispose(), the cursor past the batch. Never throws: a dead session has rolled back.
    virtual void rollback() noexcept = 0;
    // Leaves the store and the cursor as before dispose(), where walks are shared among threads. Never throws.
    virtual void undo() noexcept { rollback(); }
};

class Session {
public:
    virtual ~Session() = default;

    virtual Catalogue catalogue() = 0;
    // The statements of a plan, prepared and thrown away: what the store says against them. Also each `where` on its
    // own table alone. Empty: nothing. Changes nothing.
    virtual Problems try_plan(const Plan&) = 0;
    // What is risky in the data itself, for `check`: many records that share one old date. Reads whole tables.
    virtual Problems advise(const Plan&) = 0;
    // Read-only, in one snapshot.
    virtual Survey survey(const Plan&) = 0;
    // Of the survey the two members that limits need, where the engine can count them more cheaply. With a `share`
    // above 0, `records` may stop at the first number of which `due` is less than that share. A walk of the same plan
    // that comes next may go along what was found due here.
    struct Count {
        std::int64_t records = 0, due = 0;
        bool all = true; // false: there are so many records at least
    };
    virtual Count count(const Plan& plan, double share) {
        static_cast<void>(share);
        const Survey all = survey(plan);
        return {all.records, all.due};
    }
    // Nothing where no record of the category has the key. `key` is text, one for each key column.
    virtual std::optional<Explanation> explain(const Plan&, const std::vector<std::string>& key) = 0;
    virtual std::unique_ptr<Walk> walk(const Plan&) = 0;
    // A walk that disposes of whole partitions, before the ordinary one; null where the plan or the engine has none. It
    // is not paced: a batch of it is one partition.
    virtual std::unique_ptr<Walk> walk_whole_partitions(const Plan&) { return nullptr; }
    // A walk that shares the work of another session's walk of the same plan: each takes ranges of the key that no
    // other one has. Only where Connector::most_writers is above 1; then each is used by a thread of its own.
    virtual std::unique_ptr<Walk> join(const Plan&, Walk& other);
    // What only the store can say about a plan: the types of its queries.
    virtual void complete(Plan&) {}
    // Records that both plans, of one table, cover by their `where`: two deletes or two anonymises must share none.
    virtual std::int64_t shared_records(const Plan&, const Plan&) = 0;
    // Rows that an entry of `plan` would delete while `own`, a category of that table, keeps them. `today`: of records
    // that are due and rows that are not; otherwise of any record and any row of `own`.
    virtual std::int64_t rows_kept_longer(const Plan& plan, std::size_t entry, const Plan& own, bool today) = 0;

    // Creates the witness table where it is missing. Needs a session that may write.
    virtual void prepare_witnesses() = 0;
    // Oldest first, marks too; empty where there is no table.
    virtual std::vector<Witness> witnesses() = 0;
    // Commits a row of its own, mark_row(name), before the first batch: an intent names it, and only where it is found
    // again can the batch be settled. A url may name another database meanwhile, with a witness table of its own.
    virtual void mark(const std::string& name) = 0;
    bool has_mark(const std::string& name); // as sure as settle()
    // Whether the batch committed. `in_doubt` only where the old session may still be alive.
    virtual Settled settle(const std::string& batch) = 0;

    // After the last batch of a run: what this engine can do so that deleted bytes do not stay (SQLite: a truncating
    // checkpoint). Returns what physically remains, said in report and run.
    virtual std::vector<std::string> leave_no_trace() = 0;
    // How far the slowest replica is behind; nothing where there is none. Throws where it cannot be known.
    virtual std::optional<std::chrono::milliseconds> replica_lag() = 0;
    // What others have sent to the server since this was first asked of any session of the connector. Nothing where the
    // engine has no such number, or refuses it. No transaction is open; takes about a millisecond.
    virtual std::optional<Traffic> others() { return std::nullopt; }
    // From now on its statements take one of the server's processors at a time.
    virtual void spare_processors() {}
    // The store's own clock.
    virtual Instant now() = 0;
    // From any thread, at any time: the statement that runs, if one does, ends with StoreError cancelled.
    virtual void cancel() noexcept = 0;
};

enum class Access { read_only, read_write };

class Connector {
public:
    virtual ~Connector() = default;
    virtual std::unique_ptr<Session> open(Access) = 0; // throws StoreError
    // Rows of one category may be disposed of by so many sessions at once; 1 in SQLite, which has one writer.
    virtual std::size_t most_writers() const = 0;
};

// The connector of a store's engine. `here` is the configuration's zone. Keeps no connection open.
std::unique_ptr<Connector> make_connector(const StoreSettings&, const Zone& here);

} // namespace retention
