#pragma once
// A store in memory whose Nth call fails, as a store can: with an error of a given kind, with a lost connection before
// or after its commit took effect, or with the end of the whole process. What is in NaiveStore outlives that, as a
// database does; everything else is the connector's.

#include "connectors/connector.hpp"
#include "connectors/plan.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace retention::test {

// The process ends here. Not a std::exception: nothing may catch it.
struct Crash {};

// The truth: what is there, and what was done to it.
struct NaiveStore {
    struct Batch {
        Witness witness;
        std::string category;
        std::vector<std::string> keys;
    };
    std::map<std::string, std::map<std::string, bool>> records; // category -> key -> due
    std::vector<Batch> committed;
    std::set<std::string> marks;              // rows that tell it from other stores
    std::optional<Instant> clock;             // its own, where it differs
    std::int64_t others = 0, more_others = 0; // requests of others; so many more whenever it is asked
};

// Counts the calls of all stores that share it.
struct Faults {
    std::int64_t calls = 0;
    std::int64_t fail_at = 0;             // the number of the call; 0: none fails
    std::int64_t fail_until = 0;          // and all up to this one
    std::optional<StoreError::Kind> kind; // nothing: Crash
    bool crashed = false;

    bool here();                          // counts a call: is it to fail?
    void strike(const std::string& what); // counts a call, and fails where it is to
};

class FailingConnector : public Connector {
public:
    FailingConnector(NaiveStore& store, Faults& faults, std::function<Instant()> now)
        : store_(store), faults_(faults), now_(std::move(now)) {}
    std::unique_ptr<Session> open(Access) override;
    std::size_t most_writers() const override { return 1; }

private:
    NaiveStore& store_;
    Faults& faults_;
    std::function<Instant()> now_;
};

// Rows of the table `notes` that go with each record.
constexpr std::int64_t notes_of_a_record = 2;

} // namespace retention::test
