#include "connectors/others.hpp"

#include <algorithm>

namespace retention {

std::int64_t Others::add(std::int64_t counted) {
    const std::int64_t since = std::max<std::int64_t>(counted - highest_, 0);
    highest_ = std::max(highest_, counted);
    return since;
}

std::int64_t Others::seen(std::int64_t counted) {
    const std::scoped_lock lock(mutex_);
    const std::int64_t theirs = counted - own();
    if (calls_++ == 0) highest_ = theirs;
    return total_ += add(theirs);
}

// At the first call nobody knows how many of ours are among those counted: none are taken off, as if all were still to
// come.
std::int64_t Others::seen_late(std::int64_t counted, std::int64_t begun) {
    const std::scoped_lock lock(mutex_);
    const std::int64_t ours = own();
    if (calls_ == 0) highest_ = counted;
    if (calls_ == 0) begun_ = begun - ours;
    std::int64_t since = add(counted - ours);
    if (calls_ == 1) since = std::max(since, begun - ours - begun_);
    calls_ = std::min(calls_ + 1, 2);
    return total_ += since;
}

std::chrono::microseconds Others::over(std::chrono::steady_clock::time_point now) {
    const std::scoped_lock lock(mutex_);
    if (!first_) first_ = now;
    return std::chrono::duration_cast<std::chrono::microseconds>(now - *first_);
}

} // namespace retention
