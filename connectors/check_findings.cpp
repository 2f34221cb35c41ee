#include "connectors/check_findings.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace retention {

namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Reserved by at least one engine, and likely as the name of a table or column.
constexpr std::array<std::string_view, 30> reserved = {
    "all",   "case",   "check", "column", "condition",   "default", "desc",   "end",     "from",   "group",
    "index", "key",    "keys",  "left",   "limit",       "option",  "order",  "primary", "rank",   "references",
    "right", "select", "table", "to",     "transaction", "union",   "unique", "user",    "values", "where"};

} // namespace

void CheckFindings::add(Severity severity, const Place& place, std::string what, std::string hint) {
    const bool said = std::any_of(problems_.begin(), problems_.end(), [&](const Problem& problem) {
        return problem.severity == severity && problem.what == what && problem.place.line == place.line;
    });
    if (said) return;
    problems_.push_back({severity, place.line ? place : rule_.place, rule_.category, std::move(what), std::move(hint)});
}

std::string listing(const std::vector<std::string>& names, std::string_view between) {
    std::string text;
    for (const std::string& name : names) {
        if (!text.empty()) text += between;
        text += name;
    }
    return text;
}

std::string shown(std::string_view name) {
    return "'" + std::string(name) + "'";
}
std::string shown(const Table& table) {
    return shown(table.name);
}
std::string shown(const Table& table, const Column& column) {
    return shown(table.name + "." + column.name);
}

std::string shown(const Table& table, const std::vector<std::string>& columns) {
    const std::string list = columns.size() == 1 ? columns.front() : "(" + listing(columns) + ")";
    return shown(table.name + "." + list);
}

std::string toml_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            std::array<char, 8> escape{};
            std::snprintf(escape.data(), escape.size(), "\\u%04X", static_cast<unsigned>(c));
            out += escape.data();
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string toml_key(std::string_view name) {
    const bool bare = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return is_letter(c) || is_digit(c) || c == '_' || c == '-';
    });
    return bare ? std::string(name) : toml_string(name);
}

std::string toml_list(const std::vector<std::string>& names) {
    std::vector<std::string> strings;
    for (const std::string& name : names) strings.push_back(toml_string(name));
    return "[" + listing(strings) + "]";
}

std::string toml_names(const std::vector<std::string>& names) {
    return names.size() == 1 ? toml_string(names.front()) : toml_list(names);
}

std::string configured_name(const Catalogue& catalogue, const Table& table) {
    return catalogue.find(table.name) == &table ? table.name : table.schema + "." + table.name;
}

std::string sql_name(std::string_view name) {
    std::string lower(name);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool word = !name.empty() && !is_digit(name.front()) && std::all_of(name.begin(), name.end(), [](char c) {
        return is_letter(c) || is_digit(c) || c == '_';
    });
    if (word && std::find(reserved.begin(), reserved.end(), lower) == reserved.end()) return std::string(name);
    std::string out = "\"";
    for (const char c : name) out += c == '"' ? "\"\"" : std::string(1, c);
    return out + '"';
}

std::string sql_names(const std::vector<std::string>& names) {
    std::vector<std::string> spelled;
    for (const std::string& name : names) spelled.push_back(sql_name(name));
    return listing(spelled);
}

bool has_name(const Catalogue& catalogue, const std::vector<std::string>& names, std::string_view name) {
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& other) { return catalogue.same_name(other, name); });
}

bool same_columns(const Catalogue& catalogue, const std::vector<std::string>& a, const std::vector<std::string>& b) {
    const auto all_in = [&](const auto& some, const auto& others) {
        return std::all_of(some.begin(), some.end(),
                           [&](const std::string& name) { return has_name(catalogue, others, name); });
    };
    return a.size() == b.size() && all_in(a, b) && all_in(b, a);
}

} // namespace retention
