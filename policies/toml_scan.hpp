#pragma once
// What toml++ must not see. Version 3.3 has undefined behaviour on some texts that are no TOML (`[&]`: upstream issue
// 294; a character like U+00A4 outside strings: issue 190), and depth or size without limit would exhaust the stack.
// This scan runs first and refuses those. It knows strings, comments and brackets, not TOML's grammar: a text that
// passes may still be no TOML, and then toml++ says so. Ordinary TOML 1.0 passes, with one knowing exception: a
// character that is not ASCII as the first one after a line-ending backslash in a multi-line string.

#include "policies/problem.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace retention {

constexpr std::size_t longest_toml = 1 << 20;   // bytes of one file
constexpr std::size_t deepest_toml = 64;        // brackets within brackets
constexpr std::size_t longest_toml_path = 32;   // parts of one dotted key
constexpr std::size_t most_toml_entries = 4096; // of one table or list; policies/load_toml.cpp counts them

// The first thing that must not be parsed, with its place; columns count characters, as toml++ does.
std::optional<Problem> scan_toml(std::string_view text, const std::string& file);

} // namespace retention
