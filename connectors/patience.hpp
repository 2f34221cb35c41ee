#pragma once
// How long a statement may wait or run.

#include <chrono>

namespace retention {

// How long the server lets a statement of ours wait or run. Zero: no limit.
struct Patience {
    std::chrono::milliseconds connect{10'000};
    std::chrono::milliseconds lock{5'000};
    std::chrono::milliseconds statement{600'000};
};

} // namespace retention
