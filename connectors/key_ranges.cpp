#include "connectors/key_ranges.hpp"

#include <utility>

namespace retention {

std::optional<KeyRange> KeyRanges::take(const Cut& cut) {
    const std::scoped_lock lock(mutex_);
    if (!returned_.empty()) {
        KeyRange range = std::move(returned_.front());
        returned_.pop_front();
        return range;
    }
    if (finished_) return std::nullopt;
    auto last = cut(at_);
    KeyRange range{std::exchange(at_, last), last};
    finished_ = !last;
    return range;
}

void KeyRanges::give_back(KeyRange range) {
    const std::scoped_lock lock(mutex_);
    returned_.push_front(std::move(range)); // cut off last, it lies next: a walk alone keeps the order of the key
}

void KeyRanges::finish() {
    const std::scoped_lock lock(mutex_);
    finished_ = true;
}

} // namespace retention
