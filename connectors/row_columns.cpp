#include "connectors/row_columns.hpp"

#include <algorithm>

namespace retention {

std::string identity_column(std::size_t i) {
    return "retentiond_i" + std::to_string(i);
}
std::string key_column(std::size_t i) {
    return "retentiond_k" + std::to_string(i);
}

std::vector<std::string> columns_named(std::string (*name)(std::size_t), std::size_t many) {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < many; ++i) all.push_back(name(i));
    return all;
}

Sql names(std::string (*name)(std::size_t), std::size_t many) {
    std::vector<Sql> all;
    for (std::size_t i = 0; i < many; ++i) all.emplace_back(name(i));
    return listed(all);
}

std::vector<Sql> columns_of(const Dialect& dialect, const std::string& alias, const std::vector<std::string>& names) {
    std::vector<Sql> columns;
    for (const std::string& column : names) columns.emplace_back(dialect.column(alias, column));
    return columns;
}

Sql row_value(const Dialect& dialect, const std::string& alias, const std::vector<std::string>& columns) {
    const auto all = columns_of(dialect, alias, columns);
    return columns.size() == 1 ? all.front() : "(" + listed(all) + ")";
}

std::vector<std::string> names_of(const std::vector<const Column*>& columns) {
    std::vector<std::string> names;
    for (const Column* column : columns) names.push_back(column->name);
    return names;
}

bool refers_to_itself(const Table& table) {
    return std::ranges::any_of(table.foreign_keys, [&](const ForeignKey& key) {
        return key.references == table.name && key.schema == table.schema;
    });
}

} // namespace retention
