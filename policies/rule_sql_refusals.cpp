#include "policies/rule_sql_refusals.hpp"

#include "policies/rule_sql_names.hpp"

namespace retention {
namespace {

using Kind = SqlToken::Kind;

class Judge {
public:
    Judge(const std::vector<SqlToken>& tokens, Engine engine) : engine_(engine) {
        for (const auto& token : tokens)
            if (token.kind != Kind::blank) tokens_.push_back(&token);
    }

    std::optional<std::string> verdict() const {
        for (std::size_t at = 0; at < tokens_.size(); ++at)
            if (auto why = token(at)) return why;
        return {};
    }

private:
    bool is(std::size_t at, Kind kind) const { return at < tokens_.size() && tokens_[at]->kind == kind; }
    bool sign(std::size_t at, std::string_view text) const { return is(at, Kind::sign) && tokens_[at]->text == text; }
    std::string word_at(std::size_t at) const {
        return is(at, Kind::word) ? lower_case(tokens_[at]->text) : std::string{};
    }
    std::string word_before(std::size_t at) const { return at > 0 ? word_at(at - 1) : std::string{}; }
    bool sign_before(std::size_t at, std::string_view text) const { return at > 0 && sign(at - 1, text); }
    // Of a literal or a quoted name, in lower case, without blanks around it.
    std::string quoted_text(std::size_t at) const {
        auto text = inner_text(*tokens_[at]);
        while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
        while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
        return lower_case(text);
    }

    std::optional<std::string> token(std::size_t at) const {
        if (is(at, Kind::literal)) return literal(at);
        const bool called = sign(at + 1, "(");
        if (is(at, Kind::quoted_name)) return called ? call(at, quoted_text(at)) : std::nullopt;
        if (!is(at, Kind::word)) return {};
        const auto name = word_at(at);
        if (!sign_before(at, "."))
            if (auto why = bare(at, name)) return why;
        return called ? call(at, name) : std::nullopt;
    }

    std::optional<std::string> bare(std::size_t at, const std::string& name) const {
        const auto next = word_at(at + 1);
        if (is_bare_moment(name)) return "the present moment (" + name + "): write {as_of}";
        if (name == "into") return "`into` writes; a rule's SQL only reads";
        if (is_write(name, next, word_at(at + 2)))
            return "`" + name + " " + next + "`: a rule's SQL only reads, and takes no locks";
        if (name == "update" && later("set", at)) return "`update … set`: a rule's SQL only reads";
        if ((name == "pragma" || name == "vacuum" || name == "reindex") && !next.empty() && at == 0)
            return "`" + name + "` is no expression";
        if (name == "attach" && is(at + 1, Kind::literal)) return "`attach` is no expression";
        if (name == "tablesample" && !next.empty()) return "chance (tablesample): a report and a purge must agree";
        if (name == "value" && next == "for" && (word_before(at) == "next" || word_before(at) == "previous"))
            return "`" + word_before(at) + " value for`: a rule's SQL only reads, and takes no sequence's values";
        return {};
    }

    bool later(std::string_view name, std::size_t after) const {
        for (auto at = after + 1; at < tokens_.size(); ++at)
            if (word_at(at) == name) return true;
        return false;
    }

    std::optional<std::string> call(std::size_t at, const std::string& name) const {
        const auto meaning = meaning_of_function(name);
        const auto count = arguments(at);
        const bool bare_clock = (name == "unix_timestamp" && count == 0) || (name == "age" && count == 1);
        if (meaning == NameMeaning::moment || bare_clock || (meaning == NameMeaning::clock && tells_now(at, name)))
            return "the present moment (" + name +
                   "): write {as_of}, because a report and a purge of one day must agree";
        if (meaning == NameMeaning::chance)
            return "chance or the session's state (" + name + "): a report and a purge of one day must agree";
        if (meaning == NameMeaning::deed) return "`" + name + "` does more than to read";
        return {};
    }

    // Of the call at `at`: commas at its own depth, plus one; 0 for ().
    std::size_t arguments(std::size_t at) const {
        if (sign(at + 2, ")")) return 0;
        std::size_t count = 1, depth = 1;
        for (auto i = at + 2; i < tokens_.size() && depth > 0; ++i) {
            if (opens(i)) ++depth;
            if (closes(i)) --depth;
            if (sign(i, ",") && depth == 1) ++count;
        }
        return count;
    }
    bool opens(std::size_t at) const { return sign(at, "(") || sign(at, "["); }
    bool closes(std::size_t at) const { return sign(at, ")") || sign(at, "]"); }

    // date(), strftime('%Y'), date('now'), date(coalesce(x, 'now')), datetime('subsec') of SQLite.
    bool tells_now(std::size_t at, const std::string& name) const {
        const auto count = arguments(at);
        if (count == 0 || (name == "strftime" && count == 1)) return true;
        std::size_t depth = 1, argument = 0;
        for (auto i = at + 2; i < tokens_.size() && depth > 0; ++i) {
            if (opens(i)) ++depth;
            if (closes(i)) --depth;
            if (sign(i, ",") && depth == 1) ++argument;
            if (!is(i, Kind::literal) && !is(i, Kind::quoted_name)) continue;
            const auto text = quoted_text(i);
            const bool dates = argument == (name == "strftime" ? 1u : 0u) || name == "timediff";
            if (is_day_word(text) || (dates && (text == "subsec" || text == "subsecond"))) return true;
        }
        return false;
    }

    // DATE 'today', 'now'::date, CAST('now' AS date), and `sent_at < 'today'`, where PostgreSQL gives it the column's
    // type.
    std::optional<std::string> literal(std::size_t at) const {
        if (is_text(at)) return {};
        const bool day = is_day_word(quoted_text(at)) && used_as_day(at);
        if (!day && !(engine_ == Engine::postgresql && names_a_day(quoted_text(at)))) return {};
        return "the present moment (" + tokens_[at]->text + "): write {as_of}" +
               (engine_ == Engine::postgresql ? ", or " + tokens_[at]->text + "::text where it is no date" : "");
    }

    // 'today'::text, CAST('today' AS text), data ->> 'today'.
    bool is_text(std::size_t at) const {
        if (sign(at + 1, "::")) return is_text_type(word_at(at + 2));
        if (is_cast(at)) return word_at(at + 1) == "as" && is_text_type(word_at(at + 2));
        return is_arrow(at);
    }
    bool is_cast(std::size_t at) const { return at > 1 && sign(at - 1, "(") && word_at(at - 2) == "cast"; }
    // -> or ->> right before.
    bool is_arrow(std::size_t at) const {
        if (!sign_before(at, ">")) return false;
        return sign_before(at - 1, "-") || (sign_before(at - 1, ">") && sign_before(at - 2, "-"));
    }

    bool used_as_day(std::size_t at) const {
        const auto before = word_before(at);
        return is_date_type(before) || is_cast(at) || before == "between" || sign(at + 1, "::") || compares(at + 1) ||
               (at > 0 && compares(at - 1));
    }

    // < or >, also as the first or last part of <= and >=.
    bool compares(std::size_t at) const {
        const bool equals = sign(at, "=");
        return sign(at, "<") || sign(at, ">") || (equals && at > 0 && (sign(at - 1, "<") || sign(at - 1, ">")));
    }

    // As PostgreSQL reads a date: 'today', 'today 12:00', 'tomorrow UTC'; not 'buy now'.
    static bool names_a_day(const std::string& text) {
        bool named = false;
        for (std::size_t at = 0; at < text.size();) {
            std::size_t length = 0;
            while (at + length < text.size() && text[at + length] >= 'a' && text[at + length] <= 'z') ++length;
            const auto word = text.substr(at, length);
            const bool beside = word.empty() || word == "utc" || word == "gmt" || word == "z" || word == "t" ||
                                word == "am" || word == "pm" || word == "allballs";
            named = named || is_day_word(word);
            if (!beside && !is_day_word(word)) return false;
            at += length + (length == 0 ? 1 : 0);
        }
        return named;
    }

    Engine engine_;
    std::vector<const SqlToken*> tokens_;
};

} // namespace

std::optional<std::string> forbidden_in_rule(const std::vector<SqlToken>& tokens, Engine engine) {
    return Judge(tokens, engine).verdict();
}

} // namespace retention
