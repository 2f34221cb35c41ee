#include "daemon/audit_verify.hpp"

#include "connectors/witness_table.hpp"
#include "daemon/audit_line.hpp"
#include "daemon/audit_uncompared.hpp"
#include "daemon/wording.hpp"

#include <algorithm>
#include <map>
#include <unordered_set>

namespace retention {
namespace {

constexpr char other_database[] = "the url names another database now, or a copy from before that batch";

class Verifier {
public:
    Verifier(const std::filesystem::path& directory, const AuditEvidence& evidence)
        : evidence_(evidence)
        , kept_(evidence.kept.value_or(Head{}))
        , chain_(read_chain(directory, kept_.seq, kept_.hash, evidence.checkpoint_key)) {}
    AuditReport verify();

private:
    void compare_state();
    void compare_witnesses(const StoreWitnesses&);
    void compare_witness(const StoreWitnesses&, const Witness&);
    void missing_witness(const StoreWitnesses&, const Witness&);
    void compare_outcomes(const StoreWitnesses&);
    void tell_moved();
    void judge_torn_end();
    void conclude();
    void problem(const AuditPlace&, std::string what);
    AuditPlace after(const AuditPlace&) const;
    bool in_hand(std::uint64_t seq) const { return evidence_.being_written && evidence_.kept && seq > kept_.seq; }

    const AuditEvidence& evidence_;
    Head kept_;
    AuditChain chain_;
    AuditReport report_;
    std::uint64_t state_anchor_ = 0, witness_anchor_ = 0;
    std::unordered_set<std::string> witnessed_; // batches, in whichever store
    // Batches by the store that the log names and the one that has their witness rows.
    std::map<std::pair<std::string, std::string>, std::int64_t> moved_;
    Uncompared uncompared_;
};

AuditReport Verifier::verify() {
    report_.lines = chain_.lines;
    report_.segments = chain_.segments;
    report_.notes = chain_.notes;
    if (chain_.problem) problem(chain_.problem->place, chain_.problem->what);
    compare_state();
    for (const auto& store : evidence_.stores) compare_witnesses(store);
    for (const auto& store : evidence_.stores)
        if (store.reachable) compare_outcomes(store);
    tell_moved();
    uncompared_ = find_uncompared(chain_, evidence_, {witness_anchor_, witnessed_});
    report_.left_stores = uncompared_.left;
    report_.notes.insert(report_.notes.end(), uncompared_.notes.begin(), uncompared_.notes.end());
    judge_torn_end();
    conclude();
    return std::move(report_);
}

// The first bad line counts.
void Verifier::problem(const AuditPlace& place, std::string what) {
    if (!report_.problem || place.seq < report_.problem->place.seq) report_.problem = {place, std::move(what)};
}

AuditPlace Verifier::after(const AuditPlace& place) const {
    return {place.segment, place.line + 1, place.seq + 1};
}

void Verifier::compare_state() {
    if (kept_.seq == 0) return;
    if (chain_.other_at_kept) return problem(chain_.other_at_kept->place, chain_.other_at_kept->what);
    if (kept_.seq <= chain_.last.seq) {
        state_anchor_ = kept_.seq;
        report_.anchors.emplace_back("the state directory");
    } else if (!chain_.problem) {
        problem(after(chain_.last), "the log was cut after line " + std::to_string(chain_.last.seq) +
                                        ": the state directory knows line " + std::to_string(kept_.seq));
    }
}

void Verifier::compare_witnesses(const StoreWitnesses& store) {
    std::unordered_set<std::string> seen;
    std::int64_t batches = 0;
    for (const auto& witness : store.witnesses) {
        if (is_mark(witness.batch)) continue;
        ++batches;
        if (!seen.insert(witness.batch).second)
            report_.notes.push_back("store " + store.store + " has two witness rows of batch " + witness.batch);
        compare_witness(store, witness);
    }
    witnessed_.merge(seen);
    if (batches > 0) report_.anchors.push_back(counted(batches, "witness row") + " (" + store.store + ")");
}

void Verifier::compare_witness(const StoreWitnesses& store, const Witness& witness) {
    const auto found = chain_.batch_index.find(witness.batch);
    if (found == chain_.batch_index.end()) return missing_witness(store, witness);
    const auto& batch = chain_.batches[found->second];
    const auto says = "store " + store.store + " witnesses batch " + witness.batch;
    if (batch.hash != witness.head)
        problem(batch.intent, says + " with another hash than the line's: the log was written anew");
    else if (batch.records != witness.records)
        problem(batch.intent, says + " with " + std::to_string(witness.records) + " records, the line says " +
                                  std::to_string(batch.records));
    else if (batch.outcome == LoggedBatch::Outcome::rolled_back)
        problem(batch.outcome_at, says + " as committed, the line says that it was rolled back");
    else
        witness_anchor_ = std::max(witness_anchor_, batch.intent.seq);
    if (batch.store != store.store) ++moved_[{batch.store, store.store}];
}

// The line's hash, which the row has, is over the store's name as well: it was that store, under its name of then.
void Verifier::tell_moved() {
    for (const auto& [stores, batches] : moved_)
        report_.notes.push_back("store " + stores.second + " has the witness rows of " + grouped(batches) +
                                (batches == 1 ? " batch" : " batches") + " of store " + stores.first +
                                ": it was renamed, or its url is the one that " + stores.first + " had");
}

// After which line it is missing: the last intent that is not later than the witness; or the end, where the log ends
// before it.
void Verifier::missing_witness(const StoreWitnesses& store, const Witness& witness) {
    if (chain_.problem) return; // what stands after the first bad line was not read
    AuditPlace before = chain_.last;
    if (witness.at <= chain_.last_time) {
        before = {};
        for (const auto& batch : chain_.batches)
            if (batch.time <= witness.at) before = batch.intent;
    }
    problem(after(before), "after line " + std::to_string(before.seq) + " the log was cut or altered: store " +
                               store.store + " witnesses batch " + witness.batch + " (" +
                               counted(witness.records, "record") + ", " + audit_time(witness.at) +
                               "), which is not in it");
}

void Verifier::compare_outcomes(const StoreWitnesses& store) {
    std::unordered_set<std::string> marks;
    for (const auto& witness : store.witnesses)
        if (is_mark(witness.batch)) marks.insert(witness.batch);
    for (const auto& batch : chain_.batches) {
        if (batch.store != store.store) continue;
        const bool witnessed = witnessed_.contains(batch.batch);
        const bool elsewhere = !batch.database.empty() && !marks.contains(mark_row(batch.database));
        if (batch.outcome == LoggedBatch::Outcome::committed && !witnessed && !in_hand(batch.outcome_at.seq))
            problem(batch.outcome_at, "it says that batch " + batch.batch + " was committed, store " + store.store +
                                          " has no witness row of it" +
                                          (elsewhere ? std::string(": ") + other_database : ""));
        if (batch.outcome == LoggedBatch::Outcome::open && !in_hand(batch.intent.seq) && !chain_.problem)
            report_.notes.push_back("batch " + batch.batch + " of line " + std::to_string(batch.intent.seq) +
                                    " has no outcome yet; " +
                                    (elsewhere   ? other_database + std::string(": it stays in doubt")
                                     : witnessed ? "its store says committed, the next start records that"
                                                 : "its store says not committed, the next start records that"));
    }
}

void Verifier::judge_torn_end() {
    if (chain_.torn_bytes == 0 || chain_.problem) return;
    const auto bytes = counted(static_cast<std::int64_t>(chain_.torn_bytes), "byte") + " of a line without its end";
    if (evidence_.being_written)
        report_.notes.push_back(bytes + ": it is being written");
    else if (state_anchor_ == chain_.last.seq && state_anchor_ > 0)
        report_.notes.push_back(bytes + ", cut off by a crash before it was acknowledged: the next start repairs that");
    else
        problem(after(chain_.last), "it is torn (" + bytes + "), and nothing confirms that nothing else is missing");
}

void Verifier::conclude() {
    report_.anchored_to = std::max(state_anchor_, witness_anchor_);
    if (uncompared_.first)
        report_.anchored_to = std::min(report_.anchored_to, std::max(witness_anchor_, *uncompared_.first - 1));
    // A witness row proves its own line, never that nothing came after it: that the state directory alone can say.
    const bool to_the_end =
        state_anchor_ > 0 && (report_.anchored_to == chain_.last.seq || in_hand(report_.anchored_to + 1));
    if (report_.problem) {
        report_.verdict = AuditVerdict::broken;
        report_.anchored_to = std::min(report_.anchored_to, report_.problem->place.seq - 1);
    } else if (to_the_end && !uncompared_.any && chain_.lines > 0) {
        report_.verdict = AuditVerdict::whole;
    }
    if (chain_.lines == 0 && !report_.problem) report_.notes.emplace_back("there is no line in the log");
}

} // namespace

std::string to_string(AuditVerdict verdict) {
    switch (verdict) {
    case AuditVerdict::whole:
        return "whole";
    case AuditVerdict::broken:
        return "broken";
    case AuditVerdict::unanchored:
        return "unanchored";
    }
    return "unknown";
}

AuditReport verify_audit_log(const std::filesystem::path& directory, const AuditEvidence& evidence) {
    return Verifier(directory, evidence).verify();
}

} // namespace retention
