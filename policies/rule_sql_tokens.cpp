#include "policies/rule_sql_tokens.hpp"

#include "policies/utf8.hpp"

#include <algorithm>

namespace retention {
namespace {

using Kind = SqlToken::Kind;

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_word(char c) {
    return is_letter(c) || is_digit(c) || c == '$';
}
bool is_control(char c) {
    return (static_cast<unsigned char>(c) < 0x20 && !is_blank(c)) || c == 0x7F;
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

// What stands between { and }.
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

// Stands on the first character of each token; false once `why` is set.
class Tokens {
public:
    Tokens(std::string_view text, std::string& why) : text_(text), why_(why) {}

    bool run() {
        if (!is_utf8(text_)) return refuse("not valid UTF-8");
        if (std::any_of(text_.begin(), text_.end(), is_control)) return refuse("a control character");
        while (at_ < text_.size())
            if (!token()) return false;
        return brackets_ == 0 || refuse("a bracket that is not closed");
    }
    std::vector<SqlToken> take() { return std::move(tokens_); }

private:
    char here(std::size_t after = 0) const { return at_ + after < text_.size() ? text_[at_ + after] : '\0'; }
    bool refuse(const std::string& why) {
        why_ = why;
        return false;
    }
    bool add(Kind kind, std::size_t length) {
        tokens_.push_back({kind, std::string(text_.substr(at_, length)), {}});
        at_ += length;
        return true;
    }
    std::size_t length_of(bool (*belongs)(char)) const {
        std::size_t length = 0;
        while (at_ + length < text_.size() && belongs(text_[at_ + length])) ++length;
        return length;
    }

    bool token() {
        const char c = here();
        if (is_blank(c)) return add(Kind::blank, length_of(is_blank));
        if (c == '-' && here(1) == '-') return line_comment();
        if (c == '/' && here(1) == '*') return block_comment();
        if (c == '\'') return literal();
        if (c == '"' || c == '`') return quoted(c, Kind::quoted_name, "a quoted name that does not end");
        if (c == '[') return bracketed();
        if (c == '{') return placeholder();
        if (is_digit(c) || (c == '.' && is_digit(here(1)))) return number();
        if (is_letter(c)) return add(Kind::word, length_of(is_word));
        return sign(c);
    }

    bool line_comment() {
        if (here(2) != '\0' && !is_blank(here(2)))
            return refuse("`--` without a blank after it: a comment to some engines, two minus signs to others");
        const auto end = text_.find('\n', at_);
        at_ = end == std::string_view::npos ? text_.size() : end;
        tokens_.push_back({Kind::blank, " ", {}});
        return true;
    }

    bool block_comment() {
        if (here(2) == '!' || here(2) == '+' || (here(2) == 'M' && here(3) == '!'))
            return refuse("a comment that some engines execute");
        const auto end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) return refuse("a comment that does not end");
        if (text_.substr(at_ + 2, end - at_ - 2).find("/*") != std::string_view::npos)
            return refuse("a comment within a comment: engines disagree on its end");
        at_ = end + 2;
        tokens_.push_back({Kind::blank, " ", {}});
        return true;
    }

    // E'…' and U&'…' have escapes of their own.
    bool literal() {
        const bool after_word = !tokens_.empty() && tokens_.back().kind == Kind::word;
        if (after_word && lower_case(tokens_.back().text) == "e") return refuse("E'…' is not read: write a plain '…'");
        if (!tokens_.empty() && tokens_.back().text == "&") return refuse("U&'…' is not read: write a plain '…'");
        return quoted('\'', Kind::literal, "a literal that does not end");
    }

    bool quoted(char quote, Kind kind, const char* endless) {
        std::size_t length = 1;
        for (; here(length) != quote || here(length + 1) == quote; ++length) {
            if (at_ + length >= text_.size()) return refuse(endless);
            if (here(length) == quote)
                ++length; // a doubled one
            else if (here(length) == '\\' && here(length + 1) == quote)
                return refuse("a backslash before a quote: engines disagree on where the literal ends");
        }
        return add(kind, length + 1);
    }

    // [name] of SQLite; not a[1] or ARRAY['a'] of PostgreSQL, whose inside is an expression.
    bool bracketed() {
        if (!tokens_.empty() && (tokens_.back().kind == Kind::word || tokens_.back().kind == Kind::quoted_name ||
                                 tokens_.back().text == ")"))
            return refuse(
                "`[` right after a name: subscripts and array constructors are not read; '{1,2}' is an array too");
        const auto end = text_.find(']', at_);
        if (end == std::string_view::npos) return refuse("a quoted name that does not end");
        const auto name = text_.substr(at_ + 1, end - at_ - 1);
        if (trimmed(name).empty() || name.find_first_of("'\"`[\\;{}\n") != std::string_view::npos)
            return refuse(
                "a name in [ ] that is empty or has quotes, brackets or line ends in it: write it in double quotes");
        return add(Kind::quoted_name, end + 1 - at_);
    }

    bool placeholder() {
        const auto end = text_.find('}', at_);
        if (end == std::string_view::npos) return refuse("a { that is not closed");
        const auto value = read_placeholder(text_.substr(at_ + 1, end - at_ - 1), why_);
        if (!value) return false;
        tokens_.push_back({Kind::placeholder, {}, *value});
        at_ = end + 1;
        return true;
    }

    bool number() {
        std::size_t length = 0;
        const auto belongs = [&](char c) {
            const bool sign = c == '+' || c == '-';
            const bool exponent =
                length > 0 && (here(length - 1) == 'e' || here(length - 1) == 'E') && is_digit(here(length + 1));
            return is_word(c) || c == '.' || (sign && exponent && here(1) != 'x');
        };
        while (at_ + length < text_.size() && belongs(here(length))) ++length;
        return add(Kind::number, length);
    }

    bool sign(char c) {
        if (c == ':' && here(1) == ':') return add(Kind::sign, 2);
        if (c == ':' || c == '?' || c == '@' || c == '$')
            return refuse(std::string("`") + c +
                          "` outside literals: parameters and variables of the engine's own have no value here");
        if (c == ';') return refuse("a semicolon: one expression is all that is wanted");
        if (c == '#') return refuse("`#` outside literals: a comment to MariaDB alone; write /* … */");
        if (c == '}') return refuse("a } without its {");
        if (c == ']') return refuse("a ] without its [");
        if (c == '\\') return refuse("a backslash outside literals");
        if (c == '(') ++brackets_;
        if (c == ')' && brackets_-- == 0) return refuse("a ) without its (");
        return add(Kind::sign, 1);
    }

    std::string_view text_;
    std::string& why_;
    std::size_t at_ = 0, brackets_ = 0;
    std::vector<SqlToken> tokens_;
};

} // namespace

std::optional<std::vector<SqlToken>> read_sql_tokens(std::string_view text, std::string& why) {
    Tokens tokens(text, why);
    if (!tokens.run()) return {};
    return tokens.take();
}

std::string lower_case(std::string_view word) {
    std::string result(word);
    for (auto& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

std::string_view inner_text(const SqlToken& token) {
    const std::string_view text = token.text;
    return text.size() >= 2 ? text.substr(1, text.size() - 2) : text;
}

} // namespace retention
