#pragma once
// From "5,7" to a record's story: what the command and the control socket share.

#include "daemon/planning.hpp"

#include <string>
#include <vector>

namespace retention {

// The text does not fit the key of its category, or no record has it.
class NoSuchRecord : public std::runtime_error {
public:
    NoSuchRecord(const std::string& what, std::string what_to_do)
        : std::runtime_error(what), hint(std::move(what_to_do)) {}
    std::string hint;
};

// "5,7" is two values where the key has two columns; a comma in a key of one column is a comma. Throws NoSuchRecord.
std::vector<std::string> split_key(const std::string& text, const Plan&);
// design.md's explain as JSON. `plans` of one store with the one category in it. Throws NoSuchRecord, StoreError, and
// std::runtime_error where the category is stopped.
std::string explain_record(const StorePlans&, const std::string& key, Date as_of);

} // namespace retention
