#include "connectors/sql.hpp"

namespace retention {

Sql listed(const std::vector<Sql>& items, const char* separator) {
    Sql sql;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i) sql += separator;
        sql += items[i];
    }
    return sql;
}

namespace {

Sql joined(const std::vector<Sql>& conditions, const char* word, const char* otherwise) {
    if (conditions.empty()) return otherwise;
    if (conditions.size() == 1) return conditions.front();
    return "(" + listed(conditions, word) + ")";
}

} // namespace

Sql all_of(const std::vector<Sql>& conditions, const char* otherwise) {
    return joined(conditions, " AND ", otherwise);
}

Sql any_of(const std::vector<Sql>& conditions, const char* otherwise) {
    return joined(conditions, " OR ", otherwise);
}

std::string quoted(std::string_view name) {
    std::string text = "\"";
    for (const char c : name) text.append(c == '"' ? 2 : 1, c);
    return text + '"';
}

std::string qualified(std::string_view alias, std::string_view column) {
    return quoted(alias) + "." + quoted(column);
}

} // namespace retention
