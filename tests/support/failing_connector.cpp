#include "tests/support/failing_connector.hpp"

#include "connectors/witness_table.hpp"

#include <algorithm>

namespace retention::test {

bool Faults::here() {
    if (crashed) throw Crash{};
    ++calls;
    return fail_at > 0 && calls >= fail_at && calls <= std::max(fail_at, fail_until);
}

void Faults::strike(const std::string& what) {
    if (!here()) return;
    if (kind) throw StoreError(*kind, what + " failed at call " + std::to_string(calls));
    crashed = true;
    throw Crash{};
}

namespace {

class FailingWalk : public Walk {
public:
    FailingWalk(NaiveStore& store, Faults& faults, bool& dead, std::string category)
        : store_(store), faults_(faults), dead_(dead), category_(std::move(category)) {}

    Disposed dispose(std::size_t most) override;
    void commit(const Witness&) override;
    void skip() override {
        if (auto next = dispose(1); !next.empty()) rollback();
    }
    void rollback() noexcept override { open_.clear(); }

private:
    void strike(const std::string& what);

    NaiveStore& store_;
    Faults& faults_;
    bool& dead_;
    std::string category_;
    std::optional<std::string> cursor_;
    std::vector<std::string> open_; // keys of the transaction
};

class FailingSession : public Session {
public:
    FailingSession(NaiveStore& store, Faults& faults, std::function<Instant()> now)
        : store_(store), faults_(faults), now_(std::move(now)) {}

    Catalogue catalogue() override { return {}; }
    Problems try_plan(const Plan&) override { return {}; }
    Problems advise(const Plan&) override { return {}; }
    Survey survey(const Plan& plan) override;
    std::optional<Explanation> explain(const Plan&, const std::vector<std::string>&) override { return std::nullopt; }
    std::unique_ptr<Walk> walk(const Plan& plan) override {
        strike("walk");
        return std::make_unique<FailingWalk>(store_, faults_, dead_, plan.rule.category);
    }
    std::int64_t shared_records(const Plan&, const Plan&) override { return 0; }
    std::int64_t rows_kept_longer(const Plan&, std::size_t, const Plan&, bool) override { return 0; }
    void prepare_witnesses() override { strike("prepare_witnesses"); }
    std::vector<Witness> witnesses() override;
    void mark(const std::string& name) override {
        strike("mark");
        store_.marks.insert(mark_row(name));
    }
    Settled settle(const std::string& batch) override;
    std::vector<std::string> leave_no_trace() override {
        strike("leave_no_trace");
        return {"backups of the naive store"};
    }
    std::optional<std::chrono::milliseconds> replica_lag() override { return std::nullopt; }
    std::optional<Traffic> others() override {
        if (store_.more_others == 0) return std::nullopt;
        return Traffic{store_.others += store_.more_others, {}};
    }
    Instant now() override {
        strike("now");
        return store_.clock.value_or(now_());
    }
    void cancel() noexcept override {}

private:
    void strike(const std::string& what) {
        if (dead_) throw StoreError(StoreError::Kind::lost, what + " on a dead session");
        try {
            faults_.strike(what);
        } catch (const StoreError& error) {
            dead_ = error.kind == StoreError::Kind::lost;
            throw;
        }
    }

    NaiveStore& store_;
    Faults& faults_;
    std::function<Instant()> now_;
    bool dead_ = false;
};

void FailingWalk::strike(const std::string& what) {
    if (dead_) throw StoreError(StoreError::Kind::lost, what + " on a dead session");
    try {
        faults_.strike(what);
    } catch (const StoreError& error) {
        dead_ = error.kind == StoreError::Kind::lost;
        open_.clear();
        throw;
    }
}

Disposed FailingWalk::dispose(std::size_t most) {
    strike("dispose");
    Disposed disposed;
    for (const auto& [key, due] : store_.records[category_]) {
        if (!due || (cursor_ && key <= *cursor_) || disposed.keys.size() == most) continue;
        disposed.keys.push_back({key});
        open_.push_back(key);
    }
    if (disposed.empty()) return disposed;
    cursor_ = open_.back();
    disposed.related = {{"notes", Action::erase, notes_of_a_record * static_cast<std::int64_t>(open_.size())}};
    return disposed;
}

void FailingWalk::commit(const Witness& witness) {
    strike("commit");
    for (const auto& key : open_) store_.records[category_].erase(key);
    store_.committed.push_back({witness, category_, std::move(open_)});
    open_.clear();
    // Only a lost connection or the end of the process can hide a commit that took effect.
    if (!faults_.kind || *faults_.kind == StoreError::Kind::lost) strike("the answer to a commit");
}

Survey FailingSession::survey(const Plan& plan) {
    strike("survey");
    Survey survey;
    for (const auto& [key, due] : store_.records[plan.rule.category]) {
        ++survey.records;
        ++(due ? survey.due : survey.retained);
    }
    return survey;
}

std::vector<Witness> FailingSession::witnesses() {
    strike("witnesses");
    std::vector<Witness> all;
    for (const auto& batch : store_.committed) all.push_back(batch.witness);
    return all;
}

Settled FailingSession::settle(const std::string& batch) {
    strike("settle");
    if (is_mark(batch)) return store_.marks.contains(batch) ? Settled::committed : Settled::rolled_back;
    const auto is_it = [&batch](const NaiveStore::Batch& one) { return one.witness.batch == batch; };
    return std::ranges::any_of(store_.committed, is_it) ? Settled::committed : Settled::rolled_back;
}

} // namespace

std::unique_ptr<Session> FailingConnector::open(Access) {
    faults_.strike("open");
    return std::make_unique<FailingSession>(store_, faults_, now_);
}

} // namespace retention::test
