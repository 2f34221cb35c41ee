#pragma once
// What a command has from outside: streams, what stands at their ends, the clock, the folders of systemd. Made once in
// main; tests make their own. Nothing in the environment can change the clock.

#include "daemon/planning.hpp"
#include "daemon/terminal.hpp"
#include "policies/loader.hpp"

#include <chrono>
#include <functional>
#include <iosfwd>

namespace retention {

struct Context {
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
    bool can_ask = false; // a person sits at `in` and sees `err`
    Terminal out_terminal, err_terminal;
    std::function<Instant()> now;
    Directories directories;
    OpenStore open_store = make_connector;
    std::chrono::milliseconds patience = std::chrono::seconds(5); // with another process that has the history locked
};

} // namespace retention
