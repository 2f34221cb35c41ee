#pragma once
// Text taken apart: at a separator, and out of its percent code (RFC 3986, section 2.1). Pure. What the parts mean, and
// whether they are UTF-8, is for those who ask.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retention {

// "a,,b" -> "a", "", "b"; "" -> "". Views into `text`.
std::vector<std::string_view> split(std::string_view text, char at);
int hex_digit(char); // its value; -1: it is none
// "a%20b" -> "a b"; nothing where two hex digits do not follow a %.
std::optional<std::string> percent_decoded(std::string_view);

} // namespace retention
