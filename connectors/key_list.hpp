#pragma once
// Keys of records in the order of a walk, close together in memory: half a million of them must not weigh on the
// server's machine. Filled by one thread, then read by several. Pure.

#include "connectors/value.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace retention {

class KeyList {
public:
    void add(const Key&);
    std::size_t size() const { return ends_.size(); }
    bool empty() const { return ends_.empty(); }
    // From the position `from` up to `to`, which is not among them.
    std::vector<Key> part(std::size_t from, std::size_t to) const;

private:
    Key read(std::size_t position) const;

    std::string bytes_;
    std::vector<std::size_t> ends_; // of each key in `bytes_`
};

} // namespace retention
