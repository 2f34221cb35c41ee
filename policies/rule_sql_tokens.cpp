#include "policies/rule_sql_tokens.hpp"

#include "policies/rule_sql_placeholder.hpp"
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
bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
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

// Stands on the first character of each token; false once `why` is set.
class Tokens {
public:
    Tokens(std::string_view text, Engine engine, std::string& why) : text_(text), engine_(engine), why_(why) {}

    bool run() {
        if (!is_utf8(text_)) return refuse("not valid UTF-8");
        if (std::any_of(text_.begin(), text_.end(), is_control)) return refuse("a control character");
        if (text_.find("\xEF\xBB\xBF") != std::string_view::npos) return refuse("a byte order mark (U+FEFF)");
        while (at_ < text_.size())
            if (!token()) return false;
        return open_.empty() || refuse("a bracket that is not closed");
    }
    std::vector<SqlToken> take() { return std::move(tokens_); }

private:
    bool is(Engine engine) const { return engine_ == engine; }
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
    // Of the token right before this one.
    bool follows(Kind kind) const { return !tokens_.empty() && tokens_.back().kind == kind; }
    std::string last_text() const { return tokens_.empty() ? std::string{} : tokens_.back().text; }
    std::size_t length_of(bool (*belongs)(char), std::size_t from = 0) const {
        std::size_t length = from;
        while (at_ + length < text_.size() && belongs(text_[at_ + length])) ++length;
        return length - from;
    }

    bool token() {
        const char c = here();
        if (is_blank(c)) return add(Kind::blank, length_of(is_blank));
        if (c == '-' && here(1) == '-') return dashes();
        if (c == '#' && is(Engine::mariadb)) return line_comment();
        if (c == '/' && here(1) == '*') return block_comment();
        if (c == '\'') return literal();
        if (c == '"') return double_quoted();
        if (c == '`') return backticked();
        if (c == '[') return bracketed();
        if (c == '{') return placeholder();
        if (is_digit(c) || (c == '.' && is_digit(here(1)))) return number();
        if (is_letter(c)) return add(Kind::word, length_of(is_word));
        return sign(c);
    }

    bool dashes() {
        if (is(Engine::mariadb) && here(2) != '\0' && !is_blank(here(2)))
            return refuse("`--` without a blank after it is no comment to MariaDB but two minus signs: put a blank "
                          "after the `--` of a comment, and one between two signs");
        return line_comment();
    }

    bool line_comment() {
        const auto end = std::min(text_.find('\n', at_), text_.size());
        const auto comment = text_.substr(at_, end - at_);
        if (comment.substr(0, comment.size() - 1).find('\r') != std::string_view::npos ||
            (comment.back() == '\r' && end == text_.size()))
            return refuse("a carriage return in a comment: engines disagree whether it ends there");
        at_ = end;
        tokens_.push_back({Kind::blank, " ", {}});
        return true;
    }

    bool block_comment() {
        if (here(2) == '!' || here(2) == '+' || (here(2) == 'M' && here(3) == '!'))
            return refuse("a comment that some engines execute: write what it says without the comment, or leave it "
                          "out");
        const auto end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) return refuse("a comment that does not end");
        const auto inside = text_.substr(at_ + 2, end + 1 - at_ - 2); // with the * of its end: /* x /*/ nests too
        if (inside.find("/*") != std::string_view::npos)
            return refuse("a comment within a comment: engines disagree on its end");
        at_ = end + 2;
        tokens_.push_back({Kind::blank, " ", {}});
        return true;
    }

    // U&'…' and U&"…".
    bool follows_u_and() const {
        return tokens_.size() > 1 && last_text() == "&" && tokens_[tokens_.size() - 2].kind == Kind::word &&
               lower_case(tokens_[tokens_.size() - 2].text) == "u";
    }

    bool literal() {
        if (follows(Kind::word) && lower_case(last_text()) == "e")
            return refuse("E'…' is not read: write a plain '…', with chr() for what cannot stand in it");
        if (follows_u_and()) return refuse("U&'…' is not read: write a plain '…'");
        return quoted('\'', Kind::literal, "a literal that does not end");
    }

    bool double_quoted() {
        if (is(Engine::mariadb))
            return refuse("\"…\" is a text or a name to MariaDB, as sql_mode says: write 'text' or `name`");
        if (follows_u_and()) return refuse("U&\"…\" is not read: write a plain \"…\"");
        return quoted('"', Kind::quoted_name, "a quoted name that does not end");
    }

    bool backticked() {
        if (is(Engine::postgresql)) return refuse("` is no quote to PostgreSQL: write the name in double quotes");
        return quoted('`', Kind::quoted_name, "a quoted name that does not end");
    }

    bool quoted(char quote, Kind kind, const char* endless) {
        std::size_t length = 1;
        for (; here(length) != quote || here(length + 1) == quote; ++length) {
            if (at_ + length >= text_.size()) return refuse(endless);
            if (here(length) == quote)
                ++length; // a doubled one
            else if (here(length) == '\\' && here(length + 1) == quote)
                return refuse("a backslash before a quote: where the text ends depends on the engine and its "
                              "settings; write two quotes for a quote in it, and nothing ending in a backslash");
        }
        return add(kind, length + 1);
    }

    bool bracketed() {
        if (is(Engine::mariadb)) return refuse("`[` has no meaning to MariaDB: write a name as `name`");
        if (is(Engine::postgresql)) return open('[');
        if (follows(Kind::word) || follows(Kind::quoted_name) || last_text() == ")")
            return refuse("`[` right after a name: SQLite has no subscripts; put a blank before a name in [ ]");
        const auto end = text_.find(']', at_);
        if (end == std::string_view::npos) return refuse("a quoted name that does not end");
        const auto name = text_.substr(at_ + 1, end - at_ - 1);
        if (std::all_of(name.begin(), name.end(), is_blank) ||
            name.find_first_of("'\"`[\\;{}\n") != std::string_view::npos)
            return refuse(
                "a name in [ ] that is empty or has quotes, brackets or line ends in it: write it in double quotes");
        return add(Kind::quoted_name, end + 1 - at_);
    }

    // A bound value must not grow together with what stands beside it: `date{as_of}` would become `date$1`, a name.
    bool placeholder() {
        const auto end = text_.find('}', at_);
        if (end == std::string_view::npos) return refuse("a { that is not closed");
        const auto value = read_placeholder(text_.substr(at_ + 1, end - at_ - 1), why_);
        if (!value) return false;
        const char next = end + 1 < text_.size() ? text_[end + 1] : ' ';
        if (follows(Kind::word) || follows(Kind::number) || follows(Kind::placeholder) || is_word(next))
            return refuse("a word or number right beside {" +
                          std::string(text_.substr(at_ + 1, end - at_ - 1)).substr(0, 40) + "}: put a blank between");
        tokens_.push_back({Kind::placeholder, {}, *value});
        at_ = end + 1;
        return true;
    }

    // 12, 1.5, .5, 1e-5, 0x1F. What has letters after it is a name to MariaDB, a number and a name to PostgreSQL 14.
    bool number() {
        std::size_t length = 0;
        const char base = here() == '0' ? here(1) : '\0';
        if ((base == 'x' || base == 'X') && is_hex(here(2))) {
            length = 2 + length_of(is_hex, 2);
        } else {
            length = length_of(is_digit);
            if (here(length) == '.') length += 1 + length_of(is_digit, length + 1);
            const bool exponent = here(length) == 'e' || here(length) == 'E';
            const std::size_t sign = here(length + 1) == '+' || here(length + 1) == '-' ? 2 : 1;
            if (exponent && is_digit(here(length + sign))) length += sign + length_of(is_digit, length + sign);
        }
        if (is_word(here(length)))
            return refuse("letters right after a number (" + std::string(text_.substr(at_, length)) +
                          "…): engines disagree where it ends; quote a name, or put a blank between");
        return add(Kind::number, length);
    }

    bool open(char bracket) {
        open_ += bracket;
        return add(Kind::sign, 1);
    }
    bool close(char bracket, char opened) {
        if (open_.empty() || open_.back() != opened)
            return refuse(std::string("a ") + bracket + " without its " + opened);
        open_.pop_back();
        return add(Kind::sign, 1);
    }

    bool sign(char c) {
        if (c == '(') return open(c);
        if (c == ')') return close(c, '(');
        if (c == ']') return close(c, '[');
        if (c == ';') return refuse("a semicolon: one expression is all that is wanted");
        if (c == '}') return refuse("a } without its {");
        if (c == '\\') return refuse("a backslash outside literals");
        if (c == ':') return colon();
        if (c == '$') return refuse("`$` outside literals: parameters have no value here; write $$…$$ as '…'");
        if ((c == '?' || c == '@') && !is(Engine::postgresql))
            return refuse(std::string("`") + c +
                          "` outside literals: parameters and variables of the engine's own have no value here");
        if (c == '#' && is(Engine::sqlite)) return refuse("`#` outside literals: write a comment as /* … */");
        if (c == '|' && here(1) == '|' && is(Engine::mariadb))
            return refuse("`||` is OR or concatenation to MariaDB, as sql_mode says: write OR, or concat(a, b)");
        return add(Kind::sign, 1);
    }

    bool colon() {
        if (is(Engine::postgresql) && here(1) == ':') return add(Kind::sign, 2);
        if (is(Engine::postgresql) && !open_.empty() && open_.back() == '[') return add(Kind::sign, 1); // a[1:2]
        if (here(1) == ':') return refuse("`::` is PostgreSQL's own: write CAST(… AS …)");
        if (here(1) == '=')
            return refuse("`:=` outside literals: a rule's SQL assigns nothing; an argument's name goes with =>");
        return refuse("`:` outside literals: parameters of the engine's own have no value here");
    }

    std::string_view text_;
    Engine engine_;
    std::string& why_;
    std::size_t at_ = 0;
    std::string open_; // brackets
    std::vector<SqlToken> tokens_;
};

} // namespace

std::optional<std::vector<SqlToken>> read_sql_tokens(std::string_view text, Engine engine, std::string& why) {
    Tokens tokens(text, engine, why);
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
