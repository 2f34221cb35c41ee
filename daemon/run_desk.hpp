#pragma once
// What waits and what runs, store by store: a machine without threads, clock and I/O that says what may begin. One
// store never has two runs at once and never waits for another; the same order is taken once.

#include "policies/zone.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace retention {

// What was asked for, by the schedule or by a person.
struct RunOrder {
    std::string name;
    std::string actor;
    bool scheduled = false;
    bool approved = false;
    std::optional<Date> as_of;         // nothing: the day on which each part begins
    std::optional<std::int64_t> limit; // of records in the whole order: its stores then follow one another
    Instant ordered{};
    std::vector<std::pair<std::string, std::string>> categories; // with their stores, in the configuration's order
};

// The share of one store in an order: one run in the audit log.
struct RunPart {
    std::string run;   // the order's name, or "NAME.STORE" where it has several stores
    std::string order; // its name
    std::string store;
    std::vector<std::string> categories;
    std::string actor;
    bool scheduled = false, approved = false;
    std::optional<Date> as_of;
    std::optional<std::int64_t> limit; // what the parts before it have left
    Instant ordered{};
    Instant through{}; // when it began: a schedule is served up to here
};

class RunDesk {
public:
    using May = std::function<bool(const RunPart&)>;
    using Stays = std::function<bool(const RunPart&, const std::string& category)>;

    // An order in hand that asks for the same, whoever asked; nothing where there is none. `today` stands for a day
    // that an order leaves open.
    std::optional<std::string> same(const RunOrder&, Date today) const;
    // Its parts, which wait from now on, in the order of their stores' names.
    std::vector<RunPart> put(const RunOrder&);

    // The first part that waits for this store and may begin; it runs from now on. Nothing while one runs there.
    std::optional<RunPart> begin(const std::string& store, Instant now, const May&);
    // It ran, and took so many records. What is left of the order's limit goes to the next one.
    void end(const RunPart&, std::int64_t disposed);
    // Parts of the order, or the one part, of this name that wait: they wait no longer.
    std::vector<RunPart> withdraw(const std::string& name);
    std::vector<RunPart> withdraw_all();
    // Of what waits: the categories that do not stay leave their parts, and a part that has none left waits no longer.
    // Each part that lost some, with what it lost.
    std::vector<RunPart> drop(const Stays&);

    const std::vector<RunPart>& waiting() const { return waiting_; }
    const std::map<std::string, RunPart>& running() const { return running_; } // by store
    bool waits(const std::string& run) const;
    // The schedule's run of this category waits or runs.
    bool scheduled(const std::string& category) const;

private:
    bool its_turn(const RunPart&) const;
    void forget_if_ended(const std::string& order);

    std::map<std::string, RunOrder> orders_; // those that have not ended
    std::vector<RunPart> waiting_;           // in the order in which they came
    std::map<std::string, RunPart> running_;
};

} // namespace retention
