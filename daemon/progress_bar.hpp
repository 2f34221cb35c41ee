#pragma once
// A bar on a terminal while a category is worked on: how much is done, how fast, how long it will still take. Nothing
// at all where there is no terminal. Time is an argument; it is drawn at most ten times a second.
//
//   contacts  [############------------]  50 %  1,000 of 2,000  500/s  2 s left

#include "daemon/terminal.hpp"
#include "policies/zone.hpp"

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>

namespace retention {

class ProgressBar {
public:
    ProgressBar(std::ostream&, Terminal);
    // Draws, unless the last drawing is less than 100 ms old and this is neither a new category nor its end.
    void show(const std::string& category, std::int64_t done, std::int64_t of, Instant now);
    // What the work waits for, behind the bar until it is drawn again; empty: nothing any more.
    void waits(const std::string& what);
    // Takes the bar away, so that what is printed next starts on a clean line.
    void clear();

private:
    void print(const std::string& line);
    std::string drawn(std::int64_t done, std::int64_t of, Instant now) const;
    std::ostream& out_;
    Terminal terminal_;
    std::string category_;
    Instant began_{};
    std::int64_t before_ = 0; // what was done when the category began to be shown
    std::optional<Instant> last_;
    std::string line_; // as last drawn
};

} // namespace retention
