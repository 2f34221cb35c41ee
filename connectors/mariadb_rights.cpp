#include "connectors/mariadb_rights.hpp"

#include "connectors/check_words.hpp"

#include <algorithm>
#include <utility>

namespace retention {

namespace {

using Words = std::vector<SqlWord>;

std::string upper(std::string text) {
    for (auto& letter : text)
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - ('a' - 'A'));
    return text;
}

bool at(const Words& words, std::size_t i, std::string_view what) {
    return i < words.size() && words[i].is(what);
}

// From behind GRANT up to ON, which i then stands at: "SELECT", "UPDATE" of "UPDATE (`at`)", "SHOW VIEW".
std::vector<std::string> rights_in(const Words& words, std::size_t& i) {
    std::vector<std::string> rights(1);
    int depth = 0;
    for (; i < words.size() && (depth > 0 || !words[i].is("on")); ++i) {
        if (words[i].is("(")) ++depth;
        if (words[i].is(")")) --depth;
        if (depth > 0 || words[i].is(")")) continue;
        if (words[i].is(","))
            rights.emplace_back();
        else
            rights.back() += (rights.back().empty() ? "" : " ") + upper(words[i].text);
    }
    return rights;
}

// As LIKE does: _ is any one character, % any number of them, a backslash takes the meaning from the next one.
bool matches(std::string_view pattern, std::string_view name) {
    if (pattern.empty()) return name.empty();
    if (pattern.front() == '%')
        return matches(pattern.substr(1), name) || (!name.empty() && matches(pattern, name.substr(1)));
    if (name.empty()) return false;
    const bool escaped = pattern.front() == '\\' && pattern.size() > 1;
    if (escaped) pattern.remove_prefix(1);
    if (!escaped && pattern.front() == '_') {
        name.remove_prefix(1); // the rest of one UTF-8 character goes with its first byte
        while (!name.empty() && (static_cast<unsigned char>(name.front()) & 0xC0) == 0x80) name.remove_prefix(1);
        return matches(pattern.substr(1), name);
    }
    return pattern.front() == name.front() && matches(pattern.substr(1), name.substr(1));
}

// SELECT is not among them: information_schema.REFERENTIAL_CONSTRAINTS leaves out tables on which a user has only that.
constexpr std::string_view table_rights[] = {"INSERT",      "UPDATE",     "DELETE",  "CREATE",
                                             "DROP",        "REFERENCES", "INDEX",   "ALTER",
                                             "CREATE VIEW", "SHOW VIEW",  "TRIGGER", "DELETE HISTORY"};

} // namespace

bool MariadbRights::Grant::has(std::string_view right) const {
    return std::ranges::any_of(
        rights, [&](const std::string& own) { return own == right || own == "ALL PRIVILEGES" || own == "ALL"; });
}

void MariadbRights::add(std::string_view line) {
    const Words words = words_of(line);
    if (!at(words, 0, "grant")) return;
    std::size_t i = 1;
    Grant grant;
    grant.rights = rights_in(words, i);
    ++i; // ON
    if (at(words, i, "table")) ++i;
    if (i + 2 >= words.size() || !words[i + 1].is(".")) return;
    grant.everywhere = words[i].is("*");
    grant.whole_schema = !grant.everywhere && words[i + 2].is("*");
    grant.schema = words[i].text;
    grant.table = words[i + 2].text;
    for (i += 3; i < words.size() && !at(words, i, "with") && !at(words, i, "identified"); ++i)
        grant.to += words[i].text;
    grants_.push_back(std::move(grant));
}

bool MariadbRights::has_by_schema(const Grant& grant, std::string_view right, const std::string& schema) const {
    const auto applies = [&](const Grant& other) {
        return other.whole_schema && other.to == grant.to && matches(other.schema, schema);
    };
    return applies(grant) && grant.has(right) &&
           std::ranges::all_of(grants_, [&](const Grant& other) { return !applies(other) || other.has(right); });
}

bool MariadbRights::has(std::string_view right, const std::string& schema, const std::string& table) const {
    return std::ranges::any_of(grants_, [&](const Grant& grant) {
        if (grant.everywhere) return grant.has(right);
        if (grant.whole_schema) return has_by_schema(grant, right, schema);
        return grant.schema == schema && grant.table == table && grant.has(right);
    });
}

bool MariadbRights::sees_schema(const std::string& schema) const {
    return sees_all_tables() || std::ranges::any_of(grants_, [&](const Grant& grant) {
               return std::ranges::any_of(table_rights,
                                          [&](std::string_view right) { return has_by_schema(grant, right, schema); });
           });
}

bool MariadbRights::sees_all_tables() const {
    return std::ranges::any_of(grants_, [](const Grant& grant) {
        return grant.everywhere &&
               std::ranges::any_of(table_rights, [&](std::string_view right) { return grant.has(right); });
    });
}

} // namespace retention
