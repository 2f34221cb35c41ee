#include "policies/rule_sql_placeholder.hpp"

namespace retention {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

// Takes a word from the front, or from the back, where it stands there by itself.
bool take_front(std::string_view& text, std::string_view word) {
    if (text.substr(0, word.size()) != word) return false;
    text.remove_prefix(word.size());
    return true;
}
bool take_start(std::string_view& text) {
    constexpr std::string_view word = "start";
    if (text.size() <= word.size() || text.substr(text.size() - word.size()) != word) return false;
    if (!is_blank(text[text.size() - word.size() - 1])) return false;
    text.remove_suffix(word.size());
    text = trimmed(text);
    return true;
}

} // namespace

std::optional<DatePlaceholder> read_placeholder(std::string_view text, std::string& why) {
    const std::string whole(text);
    const auto unknown = [&]() -> std::optional<DatePlaceholder> {
        why = "unknown {" + whole.substr(0, 40) +
              "}: there are {as_of}, {cutoff}, {as_of - 13 years}, {as_of start} and {cutoff start}";
        return {};
    };
    DatePlaceholder result;
    text = trimmed(text);
    result.start = take_start(text);
    if (take_front(text, "cutoff"))
        result.base = DatePlaceholder::Base::cutoff;
    else if (!take_front(text, "as_of"))
        return unknown();
    text = trimmed(text);
    if (text.empty()) return result;
    if (text.front() != '-') return unknown();
    if (result.base == DatePlaceholder::Base::cutoff) {
        why = "nothing can be taken from {cutoff}, only from {as_of}";
        return {};
    }
    result.minus = parse_period(trimmed(text.substr(1)), why);
    if (!result.minus) {
        why = "{" + whole.substr(0, 40) + "}: " + why;
        return {};
    }
    return result;
}

} // namespace retention
