#pragma once
// A table cut into ranges of its key, in the order of the key, for one pass: each range is handed out once, to one of
// the walks that share it. A range that was not finished comes back and is handed out again. Thread-safe.

#include "connectors/value.hpp"

#include <deque>
#include <functional>
#include <mutex>
#include <optional>

namespace retention {

struct KeyRange {
    std::optional<Key> after; // exclusive; nothing: from the first key on
    std::optional<Key> last;  // inclusive; nothing: to the last key
};

class KeyRanges {
public:
    // The end of a range that begins after a key; nothing where fewer rows are left than it should have.
    using Cut = std::function<std::optional<Key>(const std::optional<Key>& after)>;

    // Nothing: all of the key has been handed out. What `cut` throws goes through, and nothing is handed out then.
    std::optional<KeyRange> take(const Cut&);
    void give_back(KeyRange);
    // Nothing is left to be handed out but what comes back.
    void finish();

private:
    std::mutex mutex_;
    std::deque<KeyRange> returned_;
    std::optional<Key> at_;
    bool finished_ = false;
};

} // namespace retention
