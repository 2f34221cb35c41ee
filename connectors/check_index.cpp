#include "connectors/check_index.hpp"

#include "connectors/check_findings.hpp"

#include <algorithm>

namespace retention {
namespace {

bool is_postgres(const Catalogue& catalogue) {
    return catalogue.server.starts_with("PostgreSQL");
}
bool is_mariadb(const Catalogue& catalogue) {
    return catalogue.native_dates && !is_postgres(catalogue);
}

std::string in_quotes(std::string_view name, char quote) {
    std::string text(1, quote);
    for (const char c : name) text += c == quote ? std::string(2, c) : std::string(1, c);
    return text + quote;
}

// sql_name() as the engine reads it: PostgreSQL folds bare names to lower case, MariaDB quotes with backticks.
std::string spelled(const Catalogue& catalogue, std::string_view name) {
    const bool quoted = sql_name(name) != name;
    if (is_mariadb(catalogue)) return quoted ? in_quotes(name, '`') : std::string(name);
    const bool upper = std::any_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    return is_postgres(catalogue) && upper ? in_quotes(name, '"') : sql_name(name);
}

} // namespace

bool has_index(const Catalogue& catalogue, const Table& table, const std::vector<std::string>& columns) {
    const auto leads = [&](const std::vector<std::string>& of) {
        return !of.empty() && has_name(catalogue, columns, of.front());
    };
    return leads(table.primary_key) || std::any_of(table.indexes.begin(), table.indexes.end(), [&](const Index& index) {
               return !index.partial && leads(index.columns);
           });
}

std::string name_to_paste(const Catalogue& catalogue, const Table& table) {
    const std::string name = spelled(catalogue, table.name);
    return catalogue.find(table.name) == &table ? name : spelled(catalogue, table.schema) + "." + name;
}

// PostgreSQL builds without stopping writers, but never on a partitioned table as a whole; MariaDB does so by itself.
std::string index_to_make(const Catalogue& catalogue, const Table& table, const std::vector<std::string>& columns) {
    std::vector<std::string> names;
    for (const std::string& column : columns) names.push_back(spelled(catalogue, column));
    const bool concurrently = is_postgres(catalogue) && !table.partitioning;
    return std::string("CREATE INDEX ") + (concurrently ? "CONCURRENTLY " : "") +
           spelled(catalogue, table.name + "_" + listing(columns, "_")) + " ON " + name_to_paste(catalogue, table) +
           " (" + listing(names) + ");";
}

} // namespace retention
