#include "daemon/wording.hpp"

#include "policies/load_hint.hpp"

namespace retention {
std::string grouped(std::int64_t number) {
    std::string text = std::to_string(number);
    const std::size_t first = number < 0 ? 1 : 0;
    for (std::size_t at = text.size(); at > first + 3;) text.insert(at -= 3, ",");
    return text;
}

std::string counted(std::int64_t number, std::string_view one) {
    return grouped(number) + " " + std::string(one) + (number == 1 ? "" : "s");
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
    std::string text;
    for (const std::string& word : words) {
        if (!text.empty()) text += between;
        text += word;
    }
    return text;
}

Advice parted(const std::string& message) {
    constexpr std::string_view mark = "\nhint: ";
    const auto at = message.find(mark);
    if (at == message.npos) return {message, ""};
    return {message.substr(0, at), message.substr(at + mark.size())};
}

std::string on_one_line(const Advice& advice) {
    const auto what = advice.what.substr(0, advice.what.find('\n'));
    if (advice.hint.empty()) return what;
    const bool short_one = advice.hint.find('\n') == advice.hint.npos;
    return what + "; hint: " + (short_one ? advice.hint : "run retentiond check, which prints what to do");
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known, const std::string& otherwise) {
    const std::string guess = did_you_mean(word, known);
    return guess.empty() ? otherwise : guess;
}

} // namespace retention
