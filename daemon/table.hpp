#pragma once
// A table for a person: columns aligned on a terminal. In a pipe it is one line a row, parted by tabs, as programs like
// it. Cells are UTF-8; tabs and control characters in them become blanks, so that data can forge neither rows nor
// escape sequences.

#include "daemon/terminal.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace retention {

enum class Align { left, right };

struct Heading {
    std::string title;
    Align align = Align::left;
};

class TextTable {
public:
    explicit TextTable(std::vector<Heading>);
    void add(std::vector<std::string> cells); // one a heading
    std::size_t width() const;                // when aligned, in characters
    void print(std::ostream&, const Terminal&) const;

private:
    std::string line(const std::vector<std::string>& cells, bool aligned) const;
    std::vector<Heading> headings_;
    std::vector<std::vector<std::string>> rows_;
    std::vector<std::size_t> widths_;
};

// The text without control characters: each becomes a blank.
std::string printable(std::string_view);

} // namespace retention
