#include "connectors/sqlite_trigger.hpp"

#include <algorithm>

namespace retention {
namespace {

struct Token {
    enum class Kind { end, word, name, mark } kind = Kind::end; // name: in quotes of any kind
    std::string text;                                           // of a name, without its quotes
};

class Tokens {
public:
    explicit Tokens(std::string_view text) : rest_(text) { next(); }

    const Token& now() const { return now_; }
    Token take() {
        Token taken = std::move(now_);
        next();
        return taken;
    }
    bool take_word(std::string_view word) {
        if (now_.kind != Token::Kind::word || as_word(now_.text) != word) return false;
        next();
        return true;
    }
    bool take_mark(char mark) {
        if (now_.kind != Token::Kind::mark || now_.text[0] != mark) return false;
        next();
        return true;
    }

private:
    static std::string as_word(std::string_view text) {
        std::string word(text);
        for (auto& letter : word)
            if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - ('a' - 'A'));
        return word;
    }
    static bool in_word(char letter) {
        const auto byte = static_cast<unsigned char>(letter);
        const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
        return plain || byte == '_' || byte == '$' || byte >= 0x80;
    }

    void next() {
        skip_blanks();
        if (rest_.empty())
            now_ = {};
        else if (const char quote = closing_quote(); quote != 0)
            quoted(quote);
        else if (in_word(rest_[0]))
            word();
        else
            now_ = {Token::Kind::mark, cut(1)};
    }

    void skip_blanks() {
        for (;;) {
            rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\n\f\r"), rest_.size()));
            if (rest_.starts_with("--"))
                skip_past("\n");
            else if (rest_.starts_with("/*"))
                skip_past("*/");
            else
                return;
        }
    }
    void skip_past(std::string_view end) {
        const auto found = rest_.find(end, 2);
        rest_.remove_prefix(found == rest_.npos ? rest_.size() : found + end.size());
    }

    char closing_quote() const {
        switch (rest_[0]) {
        case '\'':
        case '"':
        case '`':
            return rest_[0];
        case '[':
            return ']';
        default:
            return 0;
        }
    }
    void quoted(char quote) {
        now_ = {Token::Kind::name, {}};
        for (rest_.remove_prefix(1); !rest_.empty(); rest_.remove_prefix(1)) {
            const bool ends = rest_[0] == quote;
            const bool doubled = ends && quote != ']' && rest_.size() > 1 && rest_[1] == quote;
            if (doubled)
                rest_.remove_prefix(1);
            else if (ends)
                break;
            now_.text += rest_[0];
        }
        if (!rest_.empty()) rest_.remove_prefix(1);
    }
    void word() {
        const auto end = std::ranges::find_if_not(rest_, in_word) - rest_.begin();
        now_ = {Token::Kind::word, cut(static_cast<std::size_t>(end))};
    }
    std::string cut(std::size_t count) {
        std::string text(rest_.substr(0, count));
        rest_.remove_prefix(count);
        return text;
    }

    std::string_view rest_;
    Token now_;
};

// CREATE TRIGGER IF NOT EXISTS schema.name: all of it passed over. The name may be any word, BEFORE too.
void skip_head(Tokens& tokens) {
    tokens.take_word("CREATE");
    if (!tokens.take_word("TEMP")) tokens.take_word("TEMPORARY");
    tokens.take_word("TRIGGER");
    if (tokens.take_word("IF")) {
        tokens.take_word("NOT");
        tokens.take_word("EXISTS");
    }
    tokens.take();
    if (tokens.take_mark('.')) tokens.take();
}

TriggerTiming take_timing(Tokens& tokens) {
    if (tokens.take_word("AFTER")) return TriggerTiming::after;
    if (tokens.take_word("INSTEAD")) {
        tokens.take_word("OF");
        return TriggerTiming::instead_of;
    }
    tokens.take_word("BEFORE");
    return TriggerTiming::before;
}

TriggerEvent take_event(Tokens& tokens) {
    if (tokens.take_word("DELETE")) return TriggerEvent::erase;
    if (tokens.take_word("UPDATE")) return TriggerEvent::update;
    tokens.take_word("INSERT");
    return TriggerEvent::insert;
}

std::vector<std::string> take_columns(Tokens& tokens) {
    std::vector<std::string> columns;
    if (!tokens.take_word("OF")) return columns;
    do columns.push_back(tokens.take().text);
    while (tokens.take_mark(','));
    return columns;
}

bool raises_ignore(Tokens& tokens) {
    while (tokens.now().kind != Token::Kind::end) {
        if (!tokens.take_word("RAISE"))
            tokens.take();
        else if (tokens.take_mark('(') && tokens.take_word("IGNORE"))
            return true;
    }
    return false;
}

} // namespace

DatabaseTrigger read_trigger(std::string name, std::string text) {
    DatabaseTrigger trigger;
    trigger.name = std::move(name);
    trigger.text = std::move(text);
    Tokens tokens(trigger.text);
    skip_head(tokens);
    trigger.timing = take_timing(tokens);
    trigger.event = take_event(tokens);
    trigger.columns = take_columns(tokens);
    trigger.ignores_row = raises_ignore(tokens);
    return trigger;
}

} // namespace retention
