#include "daemon/json_text.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>

namespace retention {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_line = 100;

std::string scalar(const json::value& value) {
    if (!value.is_double()) return json::serialize(value);
    if (!std::isfinite(value.get_double())) return "null";
    char digits[400]; // the longest double has 309 digits before its point
    const auto end = std::to_chars(digits, digits + sizeof digits, value.get_double(), std::chars_format::fixed).ptr;
    return {digits, end};
}

std::string open_list(const json::value&, std::size_t depth);

// All on one line: { "a": 1, "b": [ 2, 3 ] }
std::string flat(const json::value& value) {
    std::string text;
    const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
    if (const auto* object = value.if_object()) {
        for (const auto& [name, member] : *object) add(json::serialize(json::value(name)) + ": " + flat(member));
        return text.empty() ? "{}" : "{ " + text + " }";
    }
    if (const auto* array = value.if_array()) {
        for (const json::value& element : *array) add(flat(element));
        return text.empty() ? "[]" : "[ " + text + " ]";
    }
    return scalar(value);
}

bool is_list(const json::value& value) {
    return value.is_object() || value.is_array();
}

// Fits one line, and holds nothing that holds more.
bool is_small(const json::value& value) {
    if (const auto* object = value.if_object())
        if (std::any_of(object->begin(), object->end(), [](const auto& member) { return is_list(member.value()); }))
            return false;
    if (const auto* array = value.if_array())
        if (std::any_of(array->begin(), array->end(), is_list)) return false;
    return flat(value).size() <= longest_line;
}

std::string laid_out(const json::value& value, std::size_t depth) {
    if (!is_list(value) || is_small(value)) return flat(value);
    return open_list(value, depth);
}

std::string open_list(const json::value& value, std::size_t depth) {
    const std::string indent(2 * (depth + 1), ' ');
    std::string text;
    const auto add = [&](const std::string& part) { text += (text.empty() ? "\n" : ",\n") + indent + part; };
    if (const auto* object = value.if_object()) {
        for (const auto& [name, member] : *object)
            add(json::serialize(json::value(name)) + ": " + laid_out(member, depth + 1));
        return "{" + text + "\n" + std::string(2 * depth, ' ') + "}";
    }
    for (const json::value& element : value.get_array()) add(laid_out(element, depth + 1));
    return "[" + text + "\n" + std::string(2 * depth, ' ') + "]";
}

} // namespace

std::string json_text(const json::value& value) {
    return laid_out(value, 0) + "\n";
}

} // namespace retention
