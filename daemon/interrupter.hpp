#pragma once
// Stops the work of one thread on a store from another thread: a flag that the run looks at between batches, and
// Session::cancel for what only reads (a count, a survey, a plan), which can last for minutes. A batch is not
// cancelled: it is short, and ends.

#include "daemon/planning.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace retention {

class Interrupter {
public:
    Interrupter();
    ~Interrupter(); // waits for cancels on their way
    Interrupter(const Interrupter&) = delete;
    Interrupter& operator=(const Interrupter&) = delete;

    const std::atomic<bool>& flag() const;
    // Connectors whose sessions can be interrupted. They may outlive this.
    OpenStore wrap(OpenStore) const;

    // Before the next piece of work.
    void allow();
    // Sets the flag; what reads just now, or begins to, ends with StoreError cancelled, and nothing more is opened to
    // read. Returns at once: a cancel may need a connection of its own. May be called twice.
    void interrupt();

    struct Sessions; // interrupter.cpp
private:
    std::shared_ptr<Sessions> sessions_;
    std::vector<std::jthread> cancelling_;
    int work_ = 0; // pieces of work are numbered
};

} // namespace retention
