#pragma once
// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing past U+10FFFF. What reads text from outside asks
// here first. Pure.

#include <cstddef>
#include <string_view>

namespace retention {

// Bytes of the character that begins at `at`, 1 to 4; 0 where none does.
std::size_t utf8_length(std::string_view text, std::size_t at);
bool is_utf8(std::string_view);

} // namespace retention
