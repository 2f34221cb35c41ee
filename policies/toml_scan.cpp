#include "policies/toml_scan.hpp"

#include "policies/utf8.hpp"

namespace retention {
namespace {

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\n') || byte == 0x7F;
}
bool is_bare_key(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}
bool is_blank(char c) {
    return c == ' ' || c == '\t';
}
bool is_line_end(char c) {
    return c == '\n' || c == '\r';
}
bool is_ascii(char c) {
    return static_cast<unsigned char>(c) < 0x80;
}

// Walks the text once, character by character, knowing where it is. Each function stands on the first character of what
// it reads, leaves the walk behind it, and answers false once a fault was found.
class Scan {
public:
    Scan(std::string_view text, const std::string& file) : text_(text), file_(file) {}

    std::optional<Problem> run() {
        if (text_.size() > longest_toml)
            fault("the file is longer than 1 MiB", "divide it into several policy files");
        else if (characters())
            structure();
        return fault_;
    }

private:
    bool end() const { return at_ >= text_.size(); }
    char here() const { return end() ? '\0' : text_[at_]; }
    char next(std::size_t after) const { return at_ + after < text_.size() ? text_[at_ + after] : '\0'; }

    void step() {
        const bool line_end = here() == '\n';
        at_ += utf8_length(text_, at_);
        line_ += line_end ? 1 : 0;
        column_ = line_end ? 1 : column_ + 1;
    }
    void step(std::size_t count) {
        while (count-- > 0) step();
    }

    bool fault(const std::string& what, const std::string& hint = {}) {
        fault_ = Problem{Severity::error, {file_, line_, column_}, {}, what, hint};
        return false;
    }

    // Every character of the file, whatever it stands in.
    bool characters() {
        skip_mark();
        for (; !end(); step()) {
            if (utf8_length(text_, at_) == 0) return fault("not valid UTF-8", "save the file as UTF-8");
            if (here() == '\r' && next(1) == '\n') continue;
            if (is_control(here())) return fault("a control character", "write it as an escape: \"\\u0009\"");
        }
        at_ = 0;
        line_ = column_ = 1;
        skip_mark();
        return true;
    }

    void skip_mark() { // a byte order mark
        if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
    }

    void structure() {
        bool line_start = true;
        while (!end()) {
            const char c = here();
            const bool header = line_start && depth_ == 0 && c == '[';
            line_start = is_line_end(c) || (line_start && is_blank(c));
            if (!(header ? head() : token(c))) return;
        }
    }

    // `[` or `[[`, and the first character of the name.
    bool head() {
        step(next(1) == '[' ? 2 : 1);
        while (is_blank(here())) step();
        if (is_bare_key(here()) || here() == '"' || here() == '\'') return true;
        return fault("a table header needs a name", "write [name] or [[name]]; quote a name with other characters");
    }

    bool token(char c) {
        if (c == '#') return comment();
        if (c == '"' || c == '\'') return string(c);
        if (!is_ascii(c)) return fault("a character that is not ASCII outside quotes", "quote the key or the value");
        if (!count(c)) return false;
        step();
        return true;
    }

    bool comment() {
        while (!end() && here() != '\n') step();
        return true;
    }

    // What limits depth, and the ASCII that TOML has outside strings.
    bool count(char c) {
        constexpr std::string_view punctuation = "+.:,=[]{}";
        if (!is_bare_key(c) && !is_blank(c) && !is_line_end(c) && punctuation.find(c) == std::string_view::npos)
            return fault(std::string("unexpected '") + c + "'", "quote the key or the value");
        if (c == '.' && ++parts_ >= longest_toml_path) return fault("a key of more than 32 parts");
        if (is_line_end(c) || c == ',' || c == '=' || c == '[' || c == ']' || c == '{' || c == '}') parts_ = 0;
        if ((c == '[' || c == '{') && ++depth_ > deepest_toml) return fault("nested more than 64 deep");
        if ((c == ']' || c == '}') && depth_ > 0) --depth_;
        return true;
    }

    bool string(char quote) {
        const bool several = next(1) == quote && next(2) == quote;
        step(several ? 3 : 1);
        return several ? lines(quote) : line(quote);
    }

    bool line(char quote) {
        while (!end() && !is_line_end(here())) {
            const char c = here();
            if (c == '\\' && quote == '"' && !escape()) return false;
            if (c == '\\' && quote == '"') continue;
            step();
            if (c == quote) return true;
        }
        return fault("a string that does not end on its line");
    }

    // A run of quotes ends it: three, with up to two more before them that belong to the text.
    bool lines(char quote) {
        while (!end()) {
            if (here() == '\\' && quote == '"') {
                if (!escape()) return false;
                continue;
            }
            std::size_t run = 0;
            while (run < 5 && next(run) == quote) ++run;
            step(run == 0 ? 1 : run);
            if (run >= 3) return true;
        }
        return fault("a multi-line string that does not end");
    }

    // A backslash and the character after it; at the end of a line, all blanks and line ends after it.
    bool escape() {
        step();
        const bool trims = is_blank(here()) || is_line_end(here());
        while (trims && !end() && (is_blank(here()) || is_line_end(here()))) step();
        if (!is_ascii(here())) return fault("a character that is not ASCII right after a backslash");
        if (!trims && !end()) step();
        return true;
    }

    std::string_view text_;
    const std::string& file_;
    std::size_t at_ = 0;
    std::uint32_t line_ = 1, column_ = 1;
    std::size_t depth_ = 0, parts_ = 0;
    std::optional<Problem> fault_;
};

} // namespace

std::optional<Problem> scan_toml(std::string_view text, const std::string& file) {
    return Scan(text, file).run();
}

} // namespace retention
