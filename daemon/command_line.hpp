#pragma once
// Which commands there are, and which options each of them takes: the table that daemon/options.cpp reads by and --help
// prints. A new command is one entry here.

#include "daemon/options.hpp"

#include <boost/program_options/options_description.hpp>
#include <string>
#include <vector>

namespace retention {

struct CommandLine {
    Command command = Command::nothing;
    std::string name; // "audit verify"
    std::string verb; // "verify"; empty for commands of one word
    std::string does;
    std::vector<std::string> options; // without config and help, which all take
    std::vector<std::string> required;
    std::vector<std::string> formats;
    bool takes_categories = false;   // as words
    bool takes_one_category = false; // exactly one
    bool later = false;              // known, not supported yet
};

const std::vector<CommandLine>& command_lines();
bool takes_value(const std::string& option);
boost::program_options::options_description described_options(const CommandLine&);

} // namespace retention
