#pragma once
// A value on its way to or from a store, with the type that it has there. Values are bound, never put into SQL text.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace retention {

struct Blob {
    std::string bytes;
    auto operator<=>(const Blob&) const = default;
};
// NULL, whole number, real number, text (UTF-8 as the store gave it), bytes.
using Value = std::variant<std::monostate, std::int64_t, double, std::string, Blob>;
using Key = std::vector<Value>; // one value a key column, in the order of the plan's key

// A value as text, as the audit log's digests and `--key` write it: integers in decimal, text as it is, bytes in lower
// case hex, reals as the server prints them ("2.0", "1.0e+30"), NULL as nothing.
std::string key_text(const Value&);

} // namespace retention
