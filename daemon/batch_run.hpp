#pragma once
// One batch after the other of one category, each in the order that makes it provable: the statement, the durable
// intent, the commit with its witness, the outcome.

#include "daemon/current_run.hpp"

namespace retention {

enum class BatchEnd { nothing_due, committed, rolled_back, in_doubt };

struct BatchDone {
    BatchEnd end = BatchEnd::nothing_due;
    std::int64_t records = 0;
    std::vector<RelatedCount> related;
    std::string error;          // of rolled_back and in_doubt
    bool worth_a_retry = false; // of rolled_back: busy or lost, not refused
};

class BatchRun {
public:
    BatchRun(CurrentRun&, StoreInHand&, const Plan&);
    // At most so many records; a whole partition may have as many as are `left` to the category. Throws StoreError
    // where nothing was disposed of, and AuditError: an uncommitted batch is rolled back then, a committed one keeps
    // its intent open in the context.
    BatchDone operator()(std::size_t most, std::size_t left);
    void skip() { walk().skip(); } // the next record that is due stays as it is

private:
    Disposed next_disposed(std::size_t most, std::size_t left);
    Walk& walk(); // from the beginning where the last one was lost
    BatchDone commit(const OpenIntent&, const Head&, Disposed&);
    BatchDone recover_commit(const OpenIntent&, const StoreError&, Disposed&);
    BatchDone conclude_as(Settled, const OpenIntent&, Disposed&);
    Settled settle(const OpenIntent&);

    CurrentRun& run_;
    StoreInHand& store_;
    const Plan& plan_;
    RecordDigest digest_;
    std::unique_ptr<Walk> walk_;
    bool whole_ = true; // partitions come first
};

} // namespace retention
