#include "connectors/server_session.hpp"

#include "connectors/witness_table.hpp"

#include <utility>

namespace retention {

// A query has the type of its value, which the server knows.
void ServerSession::complete(Plan& plan) {
    const RuleText rule_text(dialect(), plan.cutoffs);
    const auto ask = [&](PlannedDate& date) {
        if (!date.query) return;
        try {
            const auto types = database().prepare(
                "SELECT " + rule_text(*date.query) + " FROM " + Sql(dialect().table(*plan.table)), "prepare a query");
            if (!types.empty()) date.query_family = types.front();
        } catch (const StoreError& error) {
            if (error.kind == StoreError::Kind::lost) throw; // the rest is told by try_plan, with its place
        }
        const bool text = date.query_family == TypeFamily::text || date.query_family == TypeFamily::other;
        if (date.format == DateFormat::native && text) date.format = DateFormat::iso;
    };
    for (PlannedDate& trigger : plan.triggers) ask(trigger);
    if (plan.fallback) ask(*plan.fallback);
}

std::optional<Traffic> ServerSession::others() {
    try {
        const std::int64_t requests = others_on(database(), *others_);
        return Traffic{requests, others_->over(std::chrono::steady_clock::now())};
    } catch (const StoreError& error) {
        if (error.kind == StoreError::Kind::lost) throw;
        return std::nullopt;
    }
}

// What is due is counted by listing it, unless that would be a large part of the table.
Session::Count ServerSession::count(const Plan& plan, double share) {
    counted_ = nullptr;
    const auto few = few_of(plan);
    if (!few || share <= 0) return SqlSession::count(plan, is_large(plan) ? share : 0);
    {
        const Snapshot snapshot(database());
        const BoundPlan on(database(), dialect(), plan);
        listed_ = list_due(on, *few);
        counted_ = &plan; // also where it is not few: the walk need not try again
        if (listed_) {
            Count count;
            count.due = static_cast<std::int64_t>(listed_->size());
            count_members(on, share, count);
            return count;
        }
    }
    return SqlSession::count(plan, 0);
}

SharedKeys ServerSession::take_listed(const Plan& plan) {
    if (std::exchange(counted_, nullptr) == &plan) return std::exchange(listed_, nullptr);
    const auto few = few_of(plan);
    if (!few) return nullptr;
    const Snapshot snapshot(database());
    return list_due(BoundPlan(database(), dialect(), plan), *few);
}

void ServerSession::prepare_witnesses() {
    if (has_witnesses()) return;
    try {
        database().set_up({create_witness_table(settings_.engine)});
    } catch (const StoreError& error) {
        throw StoreError(error.kind, std::string(error.what()) +
                                         "\nhint: the table retentiond_batches proves each batch; let an administrator "
                                         "create it once: `retentiond check --grants` prints the statement");
    }
}

std::vector<Witness> ServerSession::witnesses() {
    std::vector<Witness> witnesses;
    const Snapshot snapshot(database());
    if (!has_witnesses()) return witnesses;
    const auto rows = database().query("SELECT batch, records, at, head FROM retentiond_batches ORDER BY at, batch",
                                       "read witness rows");
    while (rows->next())
        witnesses.push_back(
            {std::string(rows->text(0)), rows->integer(1), utc_instant(rows->text(2)), std::string(rows->text(3))});
    return witnesses;
}

void ServerSession::mark(const std::string& name) {
    const Witness row{mark_row(name), 0, now(), ""};
    database().begin_batch();
    commit_batch(row);
}

// The witness row first, and the commit only when it went in: settle() counts on that order.
void ServerSession::commit_batch(const Witness& witness) {
    try {
        database().execute("INSERT INTO retentiond_batches (batch, records, at, head) VALUES (" +
                               Sql::value(witness.batch) + ", " + Sql::value(witness.records) + ", " +
                               instant(witness.at) + ", " + Sql::value(witness.head) + ")",
                           "write the witness row");
        database().commit();
    } catch (...) {
        database().rollback();
        throw;
    }
}

// Whoever still has the batch's transaction open has inserted its witness row, or will never commit: a commit is sent
// only after the row went in. So a row of that name that we can insert, and take back, proves that none is to come;
// one that makes us wait is in doubt, and one that is there has committed.
Settled ServerSession::settle(const std::string& batch) {
    // The table was there before the intent was written: where it is not to be seen now, this is another place.
    if (!has_witnesses()) return is_mark(batch) ? Settled::rolled_back : Settled::in_doubt;
    const auto is_there = [&] {
        return count_of(database(), "SELECT count(*) FROM retentiond_batches WHERE batch = " + Sql::value(batch),
                        "look for a witness row") > 0;
    };
    if (is_there()) return Settled::committed;
    database().begin_batch();
    try {
        database().execute("INSERT INTO retentiond_batches (batch, records, at, head) VALUES (" + Sql::value(batch) +
                               ", 0, " + instant(Instant{}) + ", '')",
                           "look for a witness row");
        database().rollback();
        return Settled::rolled_back;
    } catch (const StoreError& error) {
        database().rollback();
        if (error.kind == StoreError::Kind::busy) return Settled::in_doubt;
        if (error.kind == StoreError::Kind::refused && is_there()) return Settled::committed;
        throw;
    }
}

} // namespace retention
