#include "connectors/postgres_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace retention {
namespace {

std::string whole(const std::string& text, const char* what) {
    if (text.find('\0') != text.npos)
        throw std::invalid_argument(std::string(what) + " holds a zero byte, which PostgreSQL cannot take");
    return text;
}

std::string real(double number) {
    if (std::isnan(number)) return "NaN";
    if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
    std::array<char, 32> digits{}; // the shortest that reads back the same: 17 significant digits at most
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return {digits.data(), end};
}

std::string hex(const std::string& bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text = "\\x";
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        text += {digits[value >> 4], digits[value & 15]};
    }
    return text;
}

struct AsText {
    std::optional<std::string> operator()(std::monostate) const { return {}; }
    std::optional<std::string> operator()(std::int64_t number) const { return std::to_string(number); }
    std::optional<std::string> operator()(double number) const { return real(number); }
    std::optional<std::string> operator()(const std::string& text) const { return whole(text, "a value"); }
    std::optional<std::string> operator()(const Blob& blob) const { return hex(blob.bytes); }
};

// Whether it would run together with a $1 beside it: "a" and "$1" make the name a$1, "$1" and "2" make $12.
bool joins(char letter) {
    const auto within = [&](char from, char to) { return letter >= from && letter <= to; };
    return within('a', 'z') || within('A', 'Z') || within('0', '9') || letter == '_' || letter == '$' ||
           (static_cast<unsigned char>(letter) & 0x80) != 0;
}

} // namespace

PostgresText postgres_text(const Sql& sql) {
    PostgresText rendered;
    bool after_value = false;
    for (const auto& part : sql.parts()) {
        if (const auto* piece = std::get_if<std::string>(&part)) {
            if (after_value && !piece->empty() && joins(piece->front())) rendered.text += ' ';
            rendered.text += whole(*piece, "the statement");
            after_value = after_value && piece->empty();
            continue;
        }
        if (!rendered.text.empty() && joins(rendered.text.back())) rendered.text += ' ';
        rendered.values.push_back(std::visit(AsText{}, std::get<Value>(part)));
        rendered.text += '$' + std::to_string(rendered.values.size());
        after_value = true;
    }
    return rendered;
}

} // namespace retention
