#pragma once
// From "5,7" to a record's story: what the command and the control socket share.

#include "daemon/planning.hpp"

#include <stdexcept>
#include <string>

namespace retention {

// No record of the category has the key.
class NoSuchRecord : public std::runtime_error {
public:
    NoSuchRecord(const std::string& what, std::string what_to_do)
        : std::runtime_error(what), hint(std::move(what_to_do)) {}
    std::string hint;
};
// None could have it: the text does not fit the key's columns.
class UnfitKey : public NoSuchRecord {
    using NoSuchRecord::NoSuchRecord;
};

// `plans` of one store, with the one category in it. "5,7" is two values where the key has two columns; a comma in a
// key of one column is a comma. Throws NoSuchRecord, StoreError.
Explanation explained(const StorePlans& plans, const std::string& key);
// design.md's explain as JSON. Throws NoSuchRecord, StoreError, and
// std::runtime_error where the category is stopped.
std::string explain_record(const StorePlans&, const std::string& key, Date as_of);

} // namespace retention
