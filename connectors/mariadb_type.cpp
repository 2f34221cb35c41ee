#include "connectors/mariadb_type.hpp"

#include <algorithm>

namespace retention {

namespace {

struct Known {
    std::string_view type;
    TypeFamily family;
};
constexpr Known known[] = {
    {"tinyint", TypeFamily::integer},     {"smallint", TypeFamily::integer},
    {"mediumint", TypeFamily::integer},   {"int", TypeFamily::integer},
    {"bigint", TypeFamily::integer},      {"bit", TypeFamily::integer},
    {"year", TypeFamily::integer},        {"decimal", TypeFamily::real},
    {"float", TypeFamily::real},          {"double", TypeFamily::real},
    {"char", TypeFamily::text},           {"varchar", TypeFamily::text},
    {"tinytext", TypeFamily::text},       {"text", TypeFamily::text},
    {"mediumtext", TypeFamily::text},     {"longtext", TypeFamily::text},
    {"json", TypeFamily::text},           {"binary", TypeFamily::binary},
    {"varbinary", TypeFamily::binary},    {"tinyblob", TypeFamily::binary},
    {"blob", TypeFamily::binary},         {"mediumblob", TypeFamily::binary},
    {"longblob", TypeFamily::binary},     {"date", TypeFamily::date},
    {"datetime", TypeFamily::time_stamp}, {"timestamp", TypeFamily::zoned_time_stamp},
    {"uuid", TypeFamily::uuid},           {"inet4", TypeFamily::address},
    {"inet6", TypeFamily::address},
};

// Past the end of what opens at `at` with its own quote; its text, unescaped, goes to `text`.
std::size_t past_quoted(std::string_view sql, std::size_t at, bool backslashes, std::string& text) {
    const char quote = sql[at];
    for (++at; at < sql.size(); ++at) {
        if (backslashes && quote != '`' && sql[at] == '\\' && at + 1 < sql.size())
            text += sql[++at];
        else if (sql[at] != quote)
            text += sql[at];
        else if (at + 1 < sql.size() && sql[at + 1] == quote)
            text += sql[at++];
        else
            return at + 1;
    }
    return at;
}

std::string in_quotes(std::string_view text, char quote) {
    std::string result(1, quote);
    for (const char letter : text) result.append(letter == quote ? 2 : 1, letter);
    return result + quote;
}

std::size_t past(std::string_view sql, std::string_view end, std::size_t from) {
    const auto found = sql.find(end, from);
    return found == sql.npos ? sql.size() : found + end.size();
}

// MariaDB takes `--` for a comment only before a blank or a control character.
bool dashes_comment(std::string_view rest) {
    return rest.size() == 2 || static_cast<unsigned char>(rest[2]) <= ' ';
}

// Past a comment that begins here; `at` where none does.
std::size_t past_comment(std::string_view sql, std::size_t at) {
    const auto rest = sql.substr(at);
    if (rest.starts_with("#") || (rest.starts_with("--") && dashes_comment(rest))) return past(sql, "\n", at);
    return rest.starts_with("/*") ? past(sql, "*/", at + 2) : at;
}

} // namespace

TypeFamily mariadb_family(std::string_view data_type) {
    const auto* found = std::ranges::find(known, data_type, &Known::type);
    return found == std::end(known) ? TypeFamily::other : found->family;
}

std::string mariadb_values(std::string_view column_type) {
    const bool lists = column_type.starts_with("enum(") || column_type.starts_with("set(");
    if (!lists) return "";
    const auto from = column_type.find('(') + 1, to = column_type.rfind(')');
    return to == column_type.npos ? "" : std::string(column_type.substr(from, to - from));
}

std::vector<std::string> mariadb_names(std::string_view text) {
    std::vector<std::string> names;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '`') return {};
        at = past_quoted(text, at, false, names.emplace_back());
        if (at < text.size() && text[at] != ',') return {};
    }
    return names;
}

std::string mariadb_quoted(std::string_view name) {
    return in_quotes(name, '`');
}

std::string mariadb_account(std::string_view user) {
    const auto host = user.rfind('@');
    if (host == user.npos) return in_quotes(user, '\'') + "@'%'";
    return in_quotes(user.substr(0, host), '\'') + "@" + in_quotes(user.substr(host + 1), '\'');
}

std::string mariadb_plain(std::string_view sql, bool backslashes) {
    std::string plain;
    for (std::size_t at = 0; at < sql.size();) {
        const char letter = sql[at];
        if (const auto end = past_comment(sql, at); end != at) {
            plain += '\n';
            at = end;
        } else if (letter == '\'' || letter == '"' || letter == '`') {
            std::string text;
            at = past_quoted(sql, at, backslashes, text);
            plain += in_quotes(text, letter);
        } else {
            plain += letter;
            ++at;
            if (letter == '-' && at < sql.size() && sql[at] == '-') plain += ' ';
        }
    }
    return plain;
}

} // namespace retention
