#pragma once
// TOML text as a tree of plain nodes with places. The one place that includes toml++, so that nothing else needs it.

#include "policies/problem.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace retention {

struct TomlEntry;

struct TomlNode {
    enum class Kind { text, integer, real, boolean, date, other_time, list, table };
    Kind kind = Kind::table;
    Place place;
    std::string text; // of a text; of a date or time, as TOML writes it
    std::int64_t integer = 0;
    double real = 0;
    bool boolean = false;
    std::vector<TomlNode> items;    // of a list
    std::vector<TomlEntry> entries; // of a table, in the order of the file

    // What stands there, for a message: `the number 36`, `a table`, `an empty list`.
    std::string describe() const;
};

struct TomlEntry {
    std::string key;
    Place place;
    TomlNode value;
};

struct TomlText {
    TomlNode root;
    bool valid = false;
    Problem problem; // where it is not valid
};
// Scans (policies/toml_scan.hpp), then parses. A text that is no TOML is one problem.
TomlText read_toml(std::string_view text, const std::string& file);

} // namespace retention
