#include "daemon/audit_uncompared.hpp"

#include "daemon/wording.hpp"

#include <algorithm>

namespace retention {
namespace {

// The batches of one store.
struct Batches {
    std::string store;
    std::vector<const LoggedBatch*> all; // in the order of the log

    std::uint64_t last_line() const {
        std::uint64_t last = 0;
        for (const auto* batch : all) last = std::max({last, batch->intent.seq, batch->outcome_at.seq});
        return last;
    }
    const LoggedBatch* without_outcome() const {
        const auto found = std::ranges::find(all, LoggedBatch::Outcome::open, &LoggedBatch::outcome);
        return found == all.end() ? nullptr : *found;
    }
    // The first that has a line after this one.
    std::optional<std::uint64_t> first_after(std::uint64_t line) const {
        for (const auto* batch : all)
            if (std::max(batch->intent.seq, batch->outcome_at.seq) > line) return std::max(batch->intent.seq, line + 1);
        return std::nullopt;
    }
};

class Search {
public:
    Search(const AuditChain& chain, const AuditEvidence& evidence, const Witnessed& witnessed)
        : chain_(chain), evidence_(evidence), witnessed_(witnessed) {}
    Uncompared find();

private:
    const StoreWitnesses* known(const std::string& store) const;
    std::vector<Batches> unasked() const;
    void judge(const Batches&);
    void judge_left(const Batches&);
    void unsettled(const Batches&, const LoggedBatch& open);
    void tell_confirmed(const Batches&, const std::string& by);
    void not_compared(const std::string& store, const std::string& failure, const char* also = "");
    void unconfirmed_after(std::uint64_t line, const Batches&);

    const AuditChain& chain_;
    const AuditEvidence& evidence_;
    const Witnessed& witnessed_;
    Uncompared found_;
};

Uncompared Search::find() {
    const auto stores = unasked();
    for (const auto& batches : stores) judge(batches);
    for (const auto& store : evidence_.stores)
        if (!store.reachable && std::ranges::count(stores, store.store, &Batches::store) == 0)
            not_compared(store.store, store.failure, "; the log names no batch of it");
    return std::move(found_);
}

const StoreWitnesses* Search::known(const std::string& store) const {
    const auto found = std::ranges::find(evidence_.stores, store, &StoreWitnesses::store);
    return found == evidence_.stores.end() ? nullptr : &*found;
}

std::vector<Batches> Search::unasked() const {
    std::vector<Batches> stores;
    for (const auto& batch : chain_.batches) {
        if (const auto* store = known(batch.store); store && store->reachable) continue;
        if (witnessed_.batches.contains(batch.batch)) continue; // in the store that it has become
        auto at = std::ranges::find(stores, batch.store, &Batches::store);
        if (at == stores.end()) at = stores.insert(at, {batch.store, {}});
        at->all.push_back(&batch);
    }
    return stores;
}

void Search::judge(const Batches& batches) {
    const auto* store = known(batches.store);
    if (!store && evidence_.configuration_read) return judge_left(batches);
    not_compared(batches.store, store ? store->failure : "it is not known here");
    unconfirmed_after(witnessed_.to, batches);
}

// A signature over the log up to a line, or another store's witness of a later line, says as much as witness rows of
// its own would.
void Search::judge_left(const Batches& batches) {
    found_.left.push_back(batches.store);
    if (const auto* open = batches.without_outcome()) return unsettled(batches, *open);
    const auto last = batches.last_line();
    const auto signed_at = chain_.last_checkpoint ? chain_.last_checkpoint->seq : 0;
    if (last < signed_at) return tell_confirmed(batches, "the checkpoint of line " + std::to_string(signed_at));
    if (last <= witnessed_.to)
        return tell_confirmed(batches, "another store's witness row of line " + std::to_string(witnessed_.to));
    not_compared(
        batches.store,
        "it is configured no more, and " +
            (evidence_.checkpoint_key.empty()
                 ? std::string("checkpoints prove nothing without the audit key\nhint: verify it as a user who "
                               "may read that key")
                 : "no checkpoint follows line " + std::to_string(last) +
                       "\nhint: the daemon, and `run --once`, write one when they begin to work by this "
                       "configuration"));
    unconfirmed_after(std::max(signed_at, witnessed_.to), batches);
}

void Search::tell_confirmed(const Batches& batches, const std::string& by) {
    const auto count = static_cast<std::int64_t>(batches.all.size());
    found_.notes.push_back("store " + batches.store + " is configured no more: its " +
                           (count == 1 ? "batch is" : grouped(count) + " batches are") + " confirmed by " + by);
}

// No signature tells what came of it: that its store alone can.
void Search::unsettled(const Batches& batches, const LoggedBatch& open) {
    not_compared(batches.store, "it is configured no more, and batch " + open.batch + " of line " +
                                    std::to_string(open.intent.seq) +
                                    " has no outcome\nhint: put the store back into the configuration: the next start "
                                    "settles that batch");
    found_.any = true;
    if (!found_.first || open.intent.seq < *found_.first) found_.first = open.intent.seq;
}

void Search::not_compared(const std::string& store, const std::string& failure, const char* also) {
    const Advice told = parted(failure);
    found_.notes.push_back("store " + store + " could not be compared: " + told.what + also +
                           (told.hint.empty() ? "" : "\nhint: " + told.hint));
}

void Search::unconfirmed_after(std::uint64_t line, const Batches& batches) {
    found_.any = true;
    const auto first = batches.first_after(line);
    if (first && (!found_.first || *first < *found_.first)) found_.first = first;
}

} // namespace

Uncompared find_uncompared(const AuditChain& chain, const AuditEvidence& evidence, const Witnessed& witnessed) {
    return Search(chain, evidence, witnessed).find();
}

} // namespace retention
