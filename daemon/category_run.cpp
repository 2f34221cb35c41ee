#include "daemon/category_run.hpp"

#include "daemon/batch_run.hpp"
#include "daemon/batch_size.hpp"
#include "daemon/clock_guard.hpp"
#include "daemon/evidence.hpp"
#include "daemon/limits.hpp"
#include "daemon/open_intents.hpp"
#include "daemon/retry.hpp"
#include "daemon/window.hpp"
#include "daemon/wording.hpp"

#include <algorithm>
#include <chrono>

namespace retention {
namespace {

void add(std::vector<RelatedCount>& sums, const RelatedCount& count) {
    for (auto& sum : sums) {
        if (sum.table != count.table || sum.action != count.action) continue;
        sum.records += count.records;
        return;
    }
    sums.push_back(count);
}

// One entry a table and action of the rule, so that a table without rows is seen too.
std::vector<RelatedCount> no_related(const Plan& plan) {
    std::vector<RelatedCount> sums;
    for (const auto& related : plan.related)
        if (related.action != Action::keep) add(sums, {related.table, related.action, 0});
    return sums;
}

std::string cause_of(StoreError::Kind kind) {
    switch (kind) {
    case StoreError::Kind::busy:
        return "the store was busy";
    case StoreError::Kind::refused:
        return "the store refused a statement";
    case StoreError::Kind::cancelled:
        return "a statement was cancelled";
    case StoreError::Kind::lost:
        return "the connection to the store was lost";
    case StoreError::Kind::failed:
        return "a statement failed in the store";
    }
    return "a statement failed in the store";
}

// A store that refuses so many records of one category refuses more than a record.
constexpr int most_refused_records = 100;

class CategoryRun {
public:
    CategoryRun(CurrentRun& run, StoreInHand& store, const Plan& plan, CategoryOutcome& outcome)
        : run_(run), store_(store), plan_(plan), outcome_(outcome) {}

    void enforce();
    void end(Outcome outcome, const std::string& reason = "", const std::string& cause = "") {
        outcome_.outcome = outcome;
        outcome_.reason = on_one_line(parted(reason));
        outcome_.cause = cause;
    }

private:
    bool may_begin();
    bool within_limits(const Session::Count&);
    void dispose_all();
    bool may_go_on();
    std::int64_t left() const;
    void end_at_limit();
    void count(const BatchDone&);
    bool try_again(const BatchDone&, int retry);
    void step_over(BatchRun&, const StoreError&);
    void end_of_records();
    bool clock_is_right();
    void show_progress() const;

    CurrentRun& run_;
    StoreInHand& store_;
    const Plan& plan_;
    CategoryOutcome& outcome_;
    std::int64_t due_ = 0;                 // as counted before the first batch
    std::size_t widest_ = BatchSize::most; // of the next batch; narrowed around a record that the store refuses
    int refused_ = 0;                      // records that were passed over
    std::string first_refusal_;
    std::int64_t most_ = 0; // records that this run may dispose of, by the rule's limits or the approval
};

void CategoryRun::enforce() {
    if (!may_begin()) return;
    const auto counted = store_.open().count(plan_, plan_.rule.limits.share);
    due_ = counted.due;
    if (!within_limits(counted)) return;
    show_progress();
    dispose_all();
}

bool CategoryRun::may_begin() {
    if (const auto* intent = doubt_about(run_.context, store_.settings.name)) {
        run_.refuse(outcome_, in_doubt(*intent));
        return false;
    }
    if (!may_go_on()) return false;
    const Instant there = store_.open().now();
    const auto why = refuse_store_clock(run_.context.now(), there, store_.settings.name);
    if (why) run_.refuse(outcome_, *why);
    return !why;
}

// An approval covers what was due when it was given, and no more: what becomes due meanwhile waits for the next run.
bool CategoryRun::within_limits(const Session::Count& now) {
    const auto& rule = plan_.rule;
    most_ = most_without_approval(rule.limits, now.records);
    if (run_.request.approved) {
        const Approval approval{run_.outcome.run, rule.category, run_.request.actor, now.due, now.records, most_,
                                now.all};
        run_.context.log.append("rule.approved", line_of_approval(approval, rule), run_.time());
        most_ = std::max(most_, now.due);
        return true;
    }
    const auto wanted = std::min(now.due, run_.request.limit.value_or(now.due));
    if (wanted <= most_) return true;
    const auto records = now.all ? now.records : std::max(store_.open().count(plan_, 0).records, now.records);
    run_.refuse(outcome_, exceeds(rule.limits, now.due, records).value());
    return false;
}

void CategoryRun::dispose_all() {
    if (due_ == 0) return end(Outcome::completed);
    BatchRun batch(run_, store_, plan_);
    for (int retry = 0; may_go_on();) {
        if (left() <= 0) return end_at_limit();
        BatchDone done;
        try {
            const auto allowed = static_cast<std::size_t>(left());
            done = batch(std::min(widest_, allowed), allowed);
            widest_ = std::min(widest_ * 2, BatchSize::most);
        } catch (const StoreError& error) {
            step_over(batch, error);
            continue;
        }
        switch (done.end) {
        case BatchEnd::nothing_due:
            return end_of_records();
        case BatchEnd::committed:
            count(done);
            retry = 0;
            break;
        case BatchEnd::rolled_back:
            if (!try_again(done, retry++)) return;
            break;
        case BatchEnd::in_doubt:
            return end(Outcome::failed,
                       parted(done.error).what + "; " + in_doubt(*doubt_about(run_.context, store_.settings.name)));
        }
    }
}

// Looked at before each batch: what ends a category without a fault of its own.
bool CategoryRun::may_go_on() {
    if (run_.context.stop) {
        end(Outcome::partial, "stopped");
        return false;
    }
    if (!clock_is_right()) return false;
    const auto& window = store_.settings.window;
    if (is_open(window, run_.configuration.zone, run_.context.now())) return true;
    end(Outcome::partial, outcome_.batches == 0 ? "the window " + to_string(*window) + " is closed"
                                                : "the window " + to_string(*window) + " closed");
    return false;
}

bool CategoryRun::clock_is_right() {
    const auto why = run_.clock_fault(false);
    if (why) run_.refuse(outcome_, *why);
    return !why;
}

std::int64_t CategoryRun::left() const {
    const auto by_rule = most_ - outcome_.disposed;
    return run_.request.limit ? std::min(by_rule, *run_.request.limit - run_.disposed) : by_rule;
}

void CategoryRun::end_at_limit() {
    if (outcome_.disposed < due_)
        end(Outcome::partial, "the limit of " + counted(*run_.request.limit, "record") + " was reached");
    else if (outcome_.disposed == most_ && most_ > due_)
        end(Outcome::partial, "more became due meanwhile than one run may dispose of without an approval (" +
                                  counted(most_, "record") + ")");
    else
        end(Outcome::completed);
}

void CategoryRun::count(const BatchDone& done) {
    outcome_.disposed += done.records;
    ++outcome_.batches;
    for (const auto& related : done.related) add(outcome_.related, related);
    show_progress();
}

// One record that a constraint or a trigger holds back must not keep the others: the batch is narrowed until it stands
// alone, then passed over, and the category ends as failed.
void CategoryRun::step_over(BatchRun& batch, const StoreError& error) {
    if (error.kind != StoreError::Kind::refused || refused_ == most_refused_records) throw error;
    if (first_refusal_.empty()) first_refusal_ = error.what();
    if (widest_ > 1) {
        widest_ = std::min<std::size_t>(widest_ / 2, 64);
        return;
    }
    batch.skip();
    ++refused_;
}

void CategoryRun::end_of_records() {
    if (refused_ == 0) return end(Outcome::completed);
    end(Outcome::failed, counted(refused_, "record") + " could not be disposed of: " + first_refusal_,
        counted(refused_, "record") + " could not be disposed of: the store refused");
}

bool CategoryRun::try_again(const BatchDone& done, int retry) {
    if (!done.worth_a_retry || retry == most_retries) {
        end(Outcome::failed, done.error, "the store refused a commit");
        return false;
    }
    run_.pause(back_off(retry));
    return true;
}

void CategoryRun::show_progress() const {
    if (run_.context.progress) run_.context.progress({outcome_.category, outcome_.disposed, due_});
}

} // namespace

void run_category(CurrentRun& run, StoreInHand& store, const Plan& plan, CategoryOutcome& outcome) {
    const auto began = std::chrono::steady_clock::now();
    CategoryRun category(run, store, plan, outcome);
    outcome.related = no_related(plan);
    try {
        category.enforce();
    } catch (const AuditError&) {
        throw;
    } catch (const StoreError& error) {
        if (error.kind == StoreError::Kind::lost) store.session.reset();
        if (error.kind == StoreError::Kind::cancelled && run.context.stop)
            category.end(Outcome::partial, "stopped");
        else
            category.end(Outcome::failed, error.what(), cause_of(error.kind));
        outcome.out_of_reach = error.kind == StoreError::Kind::lost || error.kind == StoreError::Kind::busy;
    } catch (const std::exception& error) { // a fault of ours: this category ends, the others do not
        store.session.reset();
        category.end(Outcome::failed, error.what());
    }
    outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

} // namespace retention
