#pragma once
// Something wrong or risky, with its place and what to do about it. Found by the loader in the files, and by the
// connectors in the catalogue of a store.

#include <cstdint>
#include <string>
#include <vector>

namespace retention {

struct Place {
    std::string file;       // as the user named it
    std::uint32_t line = 0; // from 1; 0 where there is none
    std::uint32_t column = 0;
};

enum class Severity { error, warning };

struct Problem {
    Severity severity = Severity::error;
    Place place;
    std::string category; // the rule it is about; empty for the configuration as a whole
    std::string what;     // lower case, no full stop
    std::string hint;     // what to do; may be empty, may have several lines (an entry to paste)
};

using Problems = std::vector<Problem>;

bool has_errors(const Problems&);
// "file:line:column: error: what", and "hint: …" on the lines after it.
std::string to_string(const Problem&);

} // namespace retention
