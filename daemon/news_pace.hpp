#pragma once
// How often a run's progress is told on: ten times a second is enough for an eye. What a run waits for, and that it
// waits no longer, is always told, and so is the first of each category. Called on any thread of the run.

#include "daemon/enforcement.hpp"

#include <mutex>

namespace retention {

class NewsPace {
public:
    using Moment = std::chrono::steady_clock::time_point;
    bool lets_pass(const Progress&, Moment now);

private:
    std::mutex mutex_;
    std::string category_;
    Moment last_{};
};

} // namespace retention
