#pragma once
// The files of a configuration, read from disk: the only I/O of this room but the zones'.

#include "policies/loader.hpp"

#include <optional>
#include <vector>

namespace retention {

struct ConfigurationFiles {
    std::optional<SourceText> main;   // nothing where it cannot be read
    std::vector<SourceText> policies; // in the order of their names, each once
    Problems problems;
};

// The main file, and those that its `policies` names: glob(3) patterns relative to its folder. What else is wrong with
// the main file is not said here.
ConfigurationFiles read_files(const std::filesystem::path& main);

} // namespace retention
