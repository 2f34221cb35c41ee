#include "daemon/request_target.hpp"

#include "policies/text_parts.hpp"
#include "policies/utf8.hpp"

#include <algorithm>

namespace retention {
namespace {

class Reading {
public:
    explicit Reading(std::string& why) : why_(why) {}

    std::optional<RequestTarget> target(std::string_view text) {
        if (!is_plain(text)) return {};
        const auto question = text.find('?');
        RequestTarget result;
        if (!path(text.substr(1, question == std::string_view::npos ? question : question - 1), result)) return {};
        if (question != std::string_view::npos && !query(text.substr(question + 1), result)) return {};
        return result;
    }

private:
    bool refuse(const char* why) {
        why_ = why;
        return false;
    }

    bool is_plain(std::string_view text) {
        if (text.empty() || text.front() != '/') return refuse("the target is no path from the root");
        if (!std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; }))
            return refuse("a blank, a control character or a letter beyond ASCII stands in the target unescaped");
        return text.find('#') == std::string_view::npos || refuse("the target has a fragment (#)");
    }

    bool path(std::string_view text, RequestTarget& result) {
        for (const auto part : split(text, '/')) {
            auto segment = decoded(part);
            if (!segment) return false;
            result.path.push_back(std::move(*segment));
        }
        return true;
    }

    bool query(std::string_view text, RequestTarget& result) {
        if (text.empty()) return true;
        for (const auto part : split(text, '&')) {
            const auto equals = part.find('=');
            if (equals == std::string_view::npos || equals == 0) return refuse("a part of the query is no NAME=VALUE");
            if (part.find('+') != std::string_view::npos)
                return refuse("a bare + in the query (a blank is %20, a plus is %2B)");
            auto name = decoded(part.substr(0, equals)), value = decoded(part.substr(equals + 1));
            if (!name || !value) return false;
            result.query.emplace_back(std::move(*name), std::move(*value));
        }
        return true;
    }

    std::optional<std::string> decoded(std::string_view text) {
        auto result = percent_decoded(text);
        if (!result) return refuse("a % without two hex digits"), std::nullopt;
        if (result->find('\0') != std::string::npos) return refuse("a zero byte in the target"), std::nullopt;
        if (!is_utf8(*result)) return refuse("the target is no UTF-8"), std::nullopt;
        return result;
    }

    std::string& why_;
};

} // namespace

std::optional<RequestTarget> read_target(std::string_view text, std::string& why) {
    return Reading(why).target(text);
}

} // namespace retention
