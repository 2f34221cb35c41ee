#include "connectors/postgres_trigger.hpp"

#include <algorithm>

namespace retention {
namespace {

bool begins_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool in_word(char c) {
    return begins_word(c) || (c >= '0' && c <= '9') || c == '$';
}

// PostgreSQL's lexical rules (postgresql.org/docs/15/sql-syntax-lexical.html): comments nest, E'' has backslashes,
// $tag$ … $tag$ has nothing but its end.
class Code {
public:
    explicit Code(std::string_view sql) : rest_(sql) {}

    std::string read() {
        while (!rest_.empty()) step();
        return std::move(out_);
    }

private:
    void step() {
        if (rest_.starts_with("--"))
            line_comment();
        else if (rest_.starts_with("/*"))
            block_comment();
        else if (rest_[0] == '\'')
            literal(quoted('\'', escapes_));
        else if (rest_[0] == '"')
            out_ += '"' + quoted('"', false) + '"';
        else if (const std::string tag = dollar_tag(); !tag.empty())
            literal(dollar_quoted(tag));
        else if (begins_word(rest_[0]))
            word();
        else
            other();
    }

    std::string_view cut(std::size_t count) {
        const std::string_view taken = rest_.substr(0, count);
        rest_.remove_prefix(taken.size());
        return taken;
    }

    void line_comment() {
        cut(std::min(rest_.find_first_of("\r\n"), rest_.size()));
        out_ += ' ';
    }
    void block_comment() {
        int depth = 0;
        do {
            if (rest_.starts_with("/*")) {
                ++depth;
                cut(2);
            } else if (rest_.starts_with("*/")) {
                --depth;
                cut(2);
            } else {
                cut(1);
            }
        } while (depth > 0 && !rest_.empty());
        out_ += ' ';
    }

    // What stands between the quotes; of "…", with its doubled quotes.
    std::string quoted(char quote, bool escapes) {
        std::string text;
        cut(1);
        while (!rest_.empty()) {
            if (rest_[0] == quote && !rest_.substr(1).starts_with(quote)) break;
            const bool pair = rest_[0] == quote || (escapes && rest_[0] == '\\');
            const std::string_view taken = cut(pair ? 2 : 1);
            text += quote == '"' ? taken : taken.substr(taken.size() - 1);
        }
        cut(1);
        return text;
    }

    std::string dollar_tag() const {
        if (rest_[0] != '$') return "";
        const auto end = rest_.find('$', 1);
        if (end == rest_.npos || (end > 1 && !begins_word(rest_[1]))) return "";
        const std::string_view tag = rest_.substr(0, end + 1);
        return std::all_of(tag.begin() + 1, tag.end() - 1, [](char c) { return c != '$' && in_word(c); })
                   ? std::string(tag)
                   : "";
    }
    std::string dollar_quoted(const std::string& tag) {
        cut(tag.size());
        std::string text(cut(std::min(rest_.find(tag), rest_.size())));
        cut(tag.size());
        return text;
    }

    // What EXECUTE runs is code. A quote in it opens a literal of its own.
    void literal(const std::string& text) {
        escapes_ = false;
        out_ += executing_ ? ' ' + postgres_code(text) + ' ' : "''";
    }

    void word() {
        const auto end = std::ranges::find_if_not(rest_, in_word) - rest_.begin();
        const std::string_view taken = cut(static_cast<std::size_t>(end));
        std::string lower(taken);
        for (char& c : lower)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
        if (lower == "execute") executing_ = true;
        escapes_ = lower == "e" && rest_.starts_with('\'');
        out_ += escapes_ ? " " : taken;
    }
    void other() {
        if (rest_[0] == ';') executing_ = false;
        out_ += cut(1);
    }

    std::string_view rest_;
    std::string out_;
    bool escapes_ = false;   // the literal that follows is E''
    bool executing_ = false; // from EXECUTE to the end of its statement
};

} // namespace

std::string postgres_code(std::string_view sql) {
    return Code(sql).read();
}

} // namespace retention
