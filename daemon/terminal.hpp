#pragma once
// What stands at the end of a stream: a terminal with a width and perhaps colours, or a pipe or file, which gets
// neither alignment nor colour nor a bar, and never an escape byte. A plain value; only terminal_of looks at the
// system.

#include <cstddef>
#include <string>
#include <string_view>

namespace retention {

struct Terminal {
    bool interactive = false;
    bool colour = false;
    std::size_t width = 80; // in characters
};

// Colour is off where NO_COLOR is set and not empty (https://no-color.org), and where TERM is "dumb" or missing.
Terminal terminal_of(int descriptor);

enum class Paint { bold, red, green, yellow };
// The text in colour, or as it is where the terminal has none.
std::string painted(std::string_view text, Paint, const Terminal&);

} // namespace retention
