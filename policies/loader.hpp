#pragma once
// TOML text into a Configuration, or a list of every problem in it with its place. Nothing runs on half a
// configuration. No input may crash or hang it: toml++ 3.3 has undefined behaviour on some texts, which are refused
// before it sees them (policies/toml_scan.hpp).

#include "policies/configuration.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retention {

struct Loaded {
    std::optional<Configuration> configuration; // only where no problem is an error
    Problems problems;                          // in the order of file, line, column
};

// Directories that systemd hands over (STATE_DIRECTORY and so on). Each may be empty; the design's default stands then.
struct Directories {
    std::filesystem::path state, logs, credentials, runtime = {};
};

struct SourceText {
    std::string name; // as problems name it
    std::string text;
};

// Pure: the configuration's own text and that of its policy files. `policies` of the text is not followed.
Loaded read_configuration(const SourceText& main, const std::vector<SourceText>& policies, const Directories&);
// From disk: follows `policies`, whose patterns are relative to the file; a pattern that matches nothing is a problem.
Loaded load_configuration(const std::filesystem::path& file, const Directories&);

} // namespace retention
