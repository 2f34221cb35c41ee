#include "connectors/check_words.hpp"

#include <algorithm>

namespace retention {

namespace {

bool in_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Past the end of what begins at `at` with its own quote; a doubled quote stays inside.
std::size_t end_of_quoted(std::string_view sql, std::size_t at, char close, std::string& text) {
    for (++at; at < sql.size(); ++at) {
        if (sql[at] != close) {
            text += sql[at];
        } else if (close != ']' && at + 1 < sql.size() && sql[at + 1] == close) {
            text += sql[at++];
        } else {
            return at + 1;
        }
    }
    return sql.size();
}

std::size_t after(std::string_view sql, std::string_view end, std::size_t from) {
    const std::size_t found = sql.find(end, from);
    return found == std::string_view::npos ? sql.size() : found + end.size();
}

// Past a comment, a string literal or a placeholder that begins here; `at` where none does.
std::size_t skipped(std::string_view sql, std::size_t at) {
    std::string text;
    if (sql.substr(at, 2) == "--") return after(sql, "\n", at);
    if (sql.substr(at, 2) == "/*") return after(sql, "*/", at + 2);
    if (sql[at] == '\'') return end_of_quoted(sql, at, '\'', text);
    if (sql[at] == '{') return after(sql, "}", at);
    return at;
}

using Words = std::vector<SqlWord>;

// PostgreSQL reads a bare CALLS as calls. Where an engine tells them apart, this finds too much.
bool spells(const SqlWord& word, const Catalogue& catalogue, std::string_view name) {
    if (!word.is_name()) return false;
    if (catalogue.same_name(word.text, name)) return true;
    std::string folded = word.text;
    std::transform(folded.begin(), folded.end(), folded.begin(), lower);
    return word.kind == SqlWord::Kind::bare && catalogue.same_name(folded, name);
}

const SqlWord& word_at(const Words& words, std::size_t i) {
    static const SqlWord none;
    return i < words.size() ? words[i] : none;
}

// The table that is named at i, with or without its schema; i moves past it.
bool takes_table(const Words& words, std::size_t& i, const Catalogue& catalogue, const Table& table) {
    if (word_at(words, i + 1).is(".") && spells(word_at(words, i), catalogue, table.schema)) i += 2;
    const bool same = spells(word_at(words, i), catalogue, table.name);
    ++i;
    return same;
}

// From behind SET: true where the list assigns the column, up to the end of the statement.
bool list_assigns(const Words& words, std::size_t i, const Catalogue& catalogue, std::string_view column) {
    int depth = 0;
    bool target = true; // on the left of a `=`
    for (; i < words.size(); ++i) {
        const SqlWord& word = words[i];
        if (depth == 0 && (word.is("where") || word.is("from") || word.is(";") || word.is("returning"))) return false;
        if (word.is("(")) ++depth;
        if (word.is(")") && --depth < 0) return false;
        if (target && spells(word, catalogue, column)) return true;
        if (depth == 0 && word.is("=")) target = false;
        if (depth == 0 && word.is(",")) target = true;
    }
    return false;
}

// NEW.column := …, or SET NEW.column = …, at the beginning of an assignment.
bool assigns_new(const Words& words, std::size_t i, const Catalogue& catalogue, std::string_view column) {
    if (!words[i].is("new") || !word_at(words, i + 1).is(".")) return false;
    if (!spells(word_at(words, i + 2), catalogue, column)) return false;
    if (word_at(words, i + 3).is(":")) return true;
    if (!word_at(words, i + 3).is("=") || i == 0) return false;
    const SqlWord& before = words[i - 1];
    const auto starts = {"set", ",", ";", "begin", "then", "else", "loop"};
    return std::any_of(starts.begin(), starts.end(), [&](const char* word) { return before.is(word); });
}

// UPDATE [OR x] [ONLY] table … SET; i is at UPDATE. Past SET where it is that table, or 0.
std::size_t set_list_of(const Words& words, std::size_t i, const Catalogue& catalogue, const Table& table) {
    ++i;
    if (word_at(words, i).is("or")) i += 2;
    if (word_at(words, i).is("only")) ++i;
    if (!takes_table(words, i, catalogue, table)) return 0;
    for (const std::size_t end = i + 4; i < end && i < words.size(); ++i)
        if (words[i].is("set")) return i + 1;
    return 0;
}

} // namespace

bool SqlWord::is(std::string_view keyword) const {
    return kind != Kind::quoted && text.size() == keyword.size() &&
           std::equal(text.begin(), text.end(), keyword.begin(), [](char a, char b) { return lower(a) == lower(b); });
}

std::vector<SqlWord> words_of(std::string_view sql) {
    Words words;
    for (std::size_t at = 0; at < sql.size();) {
        if (const std::size_t past = skipped(sql, at); past != at) {
            at = past;
            continue;
        }
        SqlWord word;
        const char c = sql[at];
        if (c == '"' || c == '`' || c == '[') {
            word.kind = SqlWord::Kind::quoted;
            at = end_of_quoted(sql, at, c == '[' ? ']' : c, word.text);
        } else if (in_word(c)) {
            word.kind = SqlWord::Kind::bare;
            while (at < sql.size() && in_word(sql[at])) word.text += sql[at++];
        } else {
            word.text = c;
            ++at;
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r') continue;
        }
        words.push_back(std::move(word));
    }
    return words;
}

bool names_table(const Words& words, const Catalogue& catalogue, const Table& table) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (!spells(words[i], catalogue, table.name)) continue;
        const bool behind_dot = i > 0 && words[i - 1].is(".");
        if (behind_dot && (i < 2 || !spells(words[i - 2], catalogue, table.schema))) continue;
        if (i > 0 && words[i - 1].is("as")) continue;
        if (words[i].kind == SqlWord::Kind::bare && word_at(words, i + 1).is("(")) continue;
        return true;
    }
    return false;
}

bool reads_from(const Words& words, const Catalogue& catalogue, const Table& table) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (!words[i].is("from") && !words[i].is("join") && !words[i].is(",")) continue;
        std::size_t next = i + 1;
        while (word_at(words, next).is("(") || word_at(words, next).is("only") || word_at(words, next).is("lateral"))
            ++next;
        if (takes_table(words, next, catalogue, table) && !word_at(words, next).is(".")) return true;
    }
    return false;
}

bool names_column(const Words& words, const Catalogue& catalogue, std::string_view column) {
    return std::any_of(words.begin(), words.end(),
                       [&](const SqlWord& word) { return spells(word, catalogue, column); });
}

bool assigns_column(const Words& words, const Catalogue& catalogue, const Table& owner, const Table& table,
                    std::string_view column) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (&owner == &table && assigns_new(words, i, catalogue, column)) return true;
        if (words[i].is("into")) {
            std::size_t next = i + 1;
            if (takes_table(words, next, catalogue, table)) return true;
        }
        if (!words[i].is("update")) continue;
        if (const std::size_t list = set_list_of(words, i, catalogue, table);
            list && list_assigns(words, list, catalogue, column))
            return true;
    }
    return false;
}

} // namespace retention
