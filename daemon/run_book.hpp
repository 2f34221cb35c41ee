#pragma once
// The runs in hand, and those that ended last, as they are told: one JSON document a run, and its news as it goes
// (daemon/control.hpp has their forms). It decides nothing. On the io_context's thread alone.

#include "daemon/control.hpp"
#include "daemon/history.hpp"
#include "daemon/run_desk.hpp"

#include <deque>

namespace retention {

class RunBook {
public:
    using Listener = std::function<void(const RunNews&)>;

    void ordered(const RunOrder&, const std::vector<RunPart>&);
    void dropped(const RunPart&); // categories of one that waits, which has others left
    void began(const RunPart&, Date as_of, Instant now);
    void progressed(const std::string& run, const Progress&);
    // Of an order's last part: who watches it is told the whole result.
    void ended(const RunPart&, const RunOutcome&, Instant now);

    // `name`: of an order, or of one of its parts.
    bool knows(const std::string& name) const { return find(name) != nullptr; }
    bool has_ended(const std::string& name) const;
    std::string document(const std::string& name) const;
    // Tells at once how it stands.
    std::unique_ptr<RunWatch> watch(const std::string& name, Listener);

    std::vector<std::string> in_hand() const; // orders, newest first
    std::vector<RunInHand> parts_in_hand() const;

private:
    struct Part {
        RunPart part;
        std::optional<Instant> started, finished;
        Progress progress;
        RunOutcome outcome;
    };
    struct Entry {
        RunOrder order;
        std::vector<Part> parts;
        std::vector<std::weak_ptr<Listener>> listeners;
        bool ended() const;
        bool began() const;
        RunOutcome outcome() const;
    };
    class Watch;

    const Entry* find(const std::string& name) const;
    Entry* find(const std::string& name);
    static Part* part_of(Entry*, const std::string& run);
    static std::string news_of(const Entry&, const Part*);
    static void tell(Entry&, const RunNews&);
    void forget_old_ones();

    std::deque<Entry> entries_; // newest first
};

// The document of a run that is remembered.
std::string run_document(const RunRecord&);

} // namespace retention
