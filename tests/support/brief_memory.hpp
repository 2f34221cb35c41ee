#pragma once
// What a daemon remembers (daemon/run_memory.hpp) for as long as the test lasts, without a file.

#include "daemon/run_memory.hpp"

#include <algorithm>
#include <deque>

namespace retention::test {

class BriefMemory : public RunMemory {
public:
    std::string lost() const override { return {}; }
    void accept_loss() override {}

    void begin(const RunRecord& run) override { runs_.push_front(run); }
    void end(const RunOutcome& outcome, Instant finished) override {
        for (auto& run : runs_)
            if (run.outcome.run == outcome.run) run.outcome = outcome, run.finished = finished;
        for (const auto& category : outcome.categories) add(outcome.run, category, finished);
    }
    std::vector<RunRecord> last(std::size_t runs) const override {
        const auto end = runs_.begin() + static_cast<std::ptrdiff_t>(std::min(runs, runs_.size()));
        return {runs_.begin(), end};
    }
    std::optional<RunRecord> find(const std::string& run) const override {
        const auto found = std::ranges::find_if(runs_, [&](const auto& one) { return one.outcome.run == run; });
        return found == runs_.end() ? std::nullopt : std::optional(*found);
    }
    std::map<std::string, CategoryHistory> categories() const override { return categories_; }
    void serve(const std::string& category, Instant through, const std::string& schedule) override {
        auto& served = served_[category];
        served.through = through;
        if (!schedule.empty()) served.schedule = schedule;
    }
    void keep_served(const std::vector<std::string>& categories) override {
        std::erase_if(served_, [&](const auto& one) { return std::ranges::count(categories, one.first) == 0; });
    }
    std::optional<ServedSchedule> served(const std::string& category) const override {
        const auto found = served_.find(category);
        return found == served_.end() ? std::nullopt : std::optional(found->second);
    }

private:
    void add(const std::string& run, const CategoryOutcome& outcome, Instant finished) {
        auto& history = categories_[outcome.category];
        history.run = run, history.finished = finished, history.last = outcome;
        if (outcome.outcome == Outcome::completed) history.last_success = finished;
        history.disposed += outcome.disposed;
        history.batches += outcome.batches;
        history.seconds += outcome.seconds;
    }

    std::deque<RunRecord> runs_; // newest first
    std::map<std::string, CategoryHistory> categories_;
    std::map<std::string, ServedSchedule> served_;
};

} // namespace retention::test
