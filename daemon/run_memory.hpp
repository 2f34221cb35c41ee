#pragma once
// What the service needs of its history (daemon/history.hpp), as an interface: the file in the state directory, or what
// a process keeps to itself. Everything means what it means there.

#include "daemon/history.hpp"

#include <functional>

namespace retention {

class RunMemory {
public:
    virtual ~RunMemory() = default;
    virtual std::string lost() const = 0;
    virtual void accept_loss() = 0;
    virtual void begin(const RunRecord&) = 0;
    virtual void end(const RunOutcome&, Instant finished) = 0;
    virtual std::vector<RunRecord> last(std::size_t runs) const = 0;
    virtual std::optional<RunRecord> find(const std::string& run) const = 0;
    virtual std::map<std::string, CategoryHistory> categories() const = 0;
    virtual void served(const std::string& category, Instant through) = 0;
    virtual std::optional<Instant> served_through(const std::string& category) const = 0;
};

using MakeMemory = std::function<std::unique_ptr<RunMemory>(const State&)>;

// Whatever has these functions: RunMemoryOf<History>.
template <class Kept>
class RunMemoryOf : public RunMemory {
public:
    explicit RunMemoryOf(const State& state) : kept_(state) {}
    std::string lost() const override { return kept_.lost(); }
    void accept_loss() override { kept_.accept_loss(); }
    void begin(const RunRecord& run) override { kept_.begin(run); }
    void end(const RunOutcome& outcome, Instant finished) override { kept_.end(outcome, finished); }
    std::vector<RunRecord> last(std::size_t runs) const override { return kept_.last(runs); }
    std::optional<RunRecord> find(const std::string& run) const override { return kept_.find(run); }
    std::map<std::string, CategoryHistory> categories() const override { return kept_.categories(); }
    void served(const std::string& category, Instant through) override { kept_.served(category, through); }
    std::optional<Instant> served_through(const std::string& category) const override {
        return kept_.served_through(category);
    }

private:
    Kept kept_;
};

// Remembers as long as the process lives, and only the newest runs.
std::unique_ptr<RunMemory> memory_of_this_process();

} // namespace retention
