#include "connectors/value.hpp"

#include <algorithm>
#include <cstdio>

namespace retention {
namespace {

std::string hex(const std::string& bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char byte : bytes) {
        text += digits[static_cast<unsigned char>(byte) >> 4];
        text += digits[static_cast<unsigned char>(byte) & 15];
    }
    return text;
}

// As SQLite prints a real number: 15 digits, and always a point (sqlite.org/printf.html, "%!.15g").
std::string printed(double value) {
    char digits[32];
    std::string text(digits, static_cast<std::size_t>(std::snprintf(digits, sizeof digits, "%.15g", value)));
    if (text.find_first_not_of("-0123456789e+") != text.npos) return text; // it has a point, or is no number
    const auto exponent = std::min(text.find('e'), text.size());
    return text.insert(exponent, ".0");
}

struct KeyText {
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(double value) const { return printed(value); }
    std::string operator()(const std::string& value) const { return value; }
    std::string operator()(const Blob& value) const { return hex(value.bytes); }
};

} // namespace

std::string key_text(const Value& value) {
    return std::visit(KeyText{}, value);
}

} // namespace retention
