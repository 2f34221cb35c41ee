#include "daemon/batch_run.hpp"

#include "connectors/rivals.hpp"
#include "daemon/batch_size.hpp"
#include "daemon/courtesy.hpp"
#include "daemon/evidence.hpp"
#include "daemon/open_intents.hpp"
#include "daemon/parallel_walk.hpp"
#include "daemon/rate_limit.hpp"
#include "daemon/replica_wait.hpp"
#include "daemon/retry.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace retention {
namespace {

// Leaves the store as before, unless the batch got to its commit.
class Uncommitted {
public:
    explicit Uncommitted(Walk& walk) : walk_(&walk) {}
    Uncommitted(const Uncommitted&) = delete;
    Uncommitted& operator=(const Uncommitted&) = delete;
    ~Uncommitted() {
        if (walk_) walk_->rollback();
    }
    void commits() { walk_ = nullptr; }

private:
    Walk* walk_;
};

// Says what a batch waits for, on whichever thread it does.
Waits told_by(const CurrentRun& run, const Plan& plan) {
    if (!run.context.progress) return {};
    return [progress = run.context.progress, category = plan.rule.category](const std::string& what) {
        progress({category, 0, 0, what});
    };
}

std::unique_ptr<Walk> paced(std::unique_ptr<Walk> walk, const CurrentRun& run, StoreInHand& store, Session& session,
                            const Waits& waits) {
    const auto& settings = store.settings;
    const Steady clock = [] { return std::chrono::steady_clock::now(); };
    walk = adapt_batches(std::move(walk), settings.batch_time, clock);
    walk = give_way(std::move(walk), session, store.courtesy, clock, run.pause, run.context.stop, waits);
    if (settings.rows_per_second) walk = limit_rate(std::move(walk), *settings.rows_per_second, clock, run.pause);
    return retry_busy(std::move(walk), run.pause, run.context.stop, waits);
}

// One walk where the order of things, a rate or a number of records is to be kept; else one for each worker.
std::size_t workers_for(const CurrentRun& run, const StoreInHand& store, const Plan& plan) {
    const auto& settings = store.settings;
    if (run.request.limit || settings.rows_per_second || settings.max_replica_lag || judged_as_a_whole(plan)) return 1;
    return std::max<std::size_t>(store.connector.most_writers(), 1);
}

std::unique_ptr<Walk> paced_walk(const CurrentRun& run, StoreInHand& store, const Plan& plan) {
    const Waits waits = told_by(run, plan);
    auto first = store.open().walk(plan);
    std::vector<std::unique_ptr<Session>> sessions; // first: they outlive the walks on them
    std::vector<std::unique_ptr<Walk>> walks;
    for (std::size_t i = 1; i < workers_for(run, store, plan); ++i) {
        try {
            sessions.push_back(store.another());
        } catch (const StoreError&) { // no further connection is to be had: those that there are do the work
            break;
        }
        walks.push_back(paced(sessions.back()->join(plan, *first), run, store, *sessions.back(), waits));
    }
    first = paced(std::move(first), run, store, *store.session, waits);
    if (store.settings.max_replica_lag)
        first = wait_for_replicas(std::move(first), *store.session, *store.settings.max_replica_lag, run.pause,
                                  run.context.stop, waits);
    walks.insert(walks.begin(), std::move(first));
    return in_parallel(std::move(walks), std::move(sessions));
}

} // namespace

namespace {

// Each key stands in memory and in one line of the log.
constexpr std::size_t most_of_a_partition = 100'000;

} // namespace

BatchRun::BatchRun(CurrentRun& run, StoreInHand& store, const Plan& plan)
    : run_(run), store_(store), plan_(plan), digest_(run.context.key, store.settings.name, plan.rule.table) {}

Walk& BatchRun::walk() {
    if (walk_) return *walk_;
    store_.database(run_);
    walk_ = paced_walk(run_, store_, plan_);
    return *walk_;
}

// Whole partitions first, then the rest.
Disposed BatchRun::next_disposed(std::size_t most, std::size_t left) {
    if (whole_ && !walk_) walk_ = store_.open().walk_whole_partitions(plan_);
    if (whole_ && walk_) {
        Disposed partition = walk_->dispose(std::min(left, most_of_a_partition));
        if (!partition.empty()) return partition;
        walk_.reset();
    }
    whole_ = false;
    return walk().dispose(most);
}

BatchDone BatchRun::operator()(std::size_t most, std::size_t left) {
    const std::string database = store_.database(run_); // its mark is there before the intent, whatever becomes of that
    Disposed disposed = next_disposed(most, left);
    if (disposed.empty()) return {};
    Uncommitted transaction(*walk_);
    if (disposed.keys.size() > (whole_ ? left : most))
        throw StoreError(StoreError::Kind::failed, "the store disposed of " + std::to_string(disposed.keys.size()) +
                                                       " records where at most " + std::to_string(most) +
                                                       " were asked for; rolled back");
    const OpenIntent batch{
        run_.outcome.run,     run_.outcome.run + "." + std::to_string(++run_.batches), plan_.rule.category,
        store_.settings.name, static_cast<std::int64_t>(disposed.keys.size()),         database};
    const Head head =
        run_.context.log.append("batch.intent", line_of_intent(batch, plan_, disposed, digest_), run_.time());
    open_intents(run_.context).push_back(batch);
    transaction.commits();
    return commit(batch, head, disposed);
}

BatchDone BatchRun::commit(const OpenIntent& batch, const Head& head, Disposed& disposed) {
    try {
        walk_->commit({batch.batch, batch.records, run_.time(), head.hash});
    } catch (const StoreError& error) {
        return recover_commit(batch, error, disposed);
    }
    return conclude_as(Settled::committed, batch, disposed);
}

BatchDone BatchRun::recover_commit(const OpenIntent& batch, const StoreError& error, Disposed& disposed) {
    const bool lost = error.kind == StoreError::Kind::lost;
    walk_.reset(); // its cursor is past records that may be due still
    whole_ = false; // what would not go as one goes row by row
    if (lost) store_.session.reset();
    auto done = conclude_as(lost ? settle(batch) : Settled::rolled_back, batch, disposed);
    done.error = error.what();
    // A new walk would fix its due records anew, on what this run has taken already: that waits for the next run.
    const bool passes = lost || error.kind == StoreError::Kind::busy || error.kind == StoreError::Kind::cancelled;
    done.worth_a_retry = passes && !judged_as_a_whole(plan_);
    return done;
}

BatchDone BatchRun::conclude_as(Settled settled, const OpenIntent& batch, Disposed& disposed) {
    switch (settled) {
    case Settled::in_doubt:
        return {BatchEnd::in_doubt, 0, {}, "", false};
    case Settled::rolled_back:
        conclude(run_.context, batch, settled, false, Durable::now);
        return {BatchEnd::rolled_back, 0, {}, "", false};
    case Settled::committed:
        break;
    }
    run_.disposed += batch.records;
    conclude(run_.context, batch, settled, false, Durable::with_next_line);
    return {BatchEnd::committed, batch.records, std::move(disposed.related), "", false};
}

// The old session may need a moment to end; a store that stays away leaves its batch in doubt.
Settled BatchRun::settle(const OpenIntent& batch) {
    for (int attempt = 0;; ++attempt) {
        try {
            const auto settled = retention::settle(run_.context, store_.open(), batch);
            if (settled != Settled::in_doubt) return settled;
        } catch (const StoreError&) {
            store_.session.reset(); // and once more: the answer to the last failure is in_doubt
        }
        if (attempt == most_retries || run_.context.stop) return Settled::in_doubt;
        run_.pause(back_off(attempt));
    }
}

} // namespace retention
