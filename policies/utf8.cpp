#include "policies/utf8.hpp"

#include <cstdint>

namespace retention {
namespace {

struct Form {
    std::size_t length;
    std::uint32_t bits, least; // of the first byte; the smallest number that needs this length
};

Form form_of(unsigned char first) {
    if (first < 0x80) return {1, first, 0};
    if (first >= 0xC2 && first < 0xE0) return {2, first & 0x1Fu, 0x80};
    if (first >= 0xE0 && first < 0xF0) return {3, first & 0x0Fu, 0x800};
    if (first >= 0xF0 && first < 0xF5) return {4, first & 0x07u, 0x10000};
    return {0, 0, 0};
}

bool is_character(std::uint32_t code, std::uint32_t least) {
    const bool surrogate = code >= 0xD800 && code < 0xE000;
    return code >= least && code <= 0x10FFFF && !surrogate;
}

} // namespace

std::size_t utf8_length(std::string_view text, std::size_t at) {
    if (at >= text.size()) return 0;
    const auto form = form_of(static_cast<unsigned char>(text[at]));
    if (form.length == 0 || text.size() - at < form.length) return 0;
    auto code = form.bits;
    for (std::size_t i = 1; i < form.length; ++i) {
        const auto next = static_cast<unsigned char>(text[at + i]);
        if ((next & 0xC0u) != 0x80u) return 0;
        code = code << 6 | (next & 0x3Fu);
    }
    return is_character(code, form.least) ? form.length : 0;
}

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto length = utf8_length(text, at);
        if (length == 0) return false;
        at += length;
    }
    return true;
}

} // namespace retention
