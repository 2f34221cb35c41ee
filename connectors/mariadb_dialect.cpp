#include "connectors/mariadb_dialect.hpp"

#include "connectors/mariadb_value.hpp"

#include <algorithm>

namespace retention {

std::string MariadbDialect::quote(std::string_view name) const {
    std::string text = "`";
    for (const char c : name) text.append(c == '`' ? 2 : 1, c);
    return text + '`';
}

Sql MariadbDialect::mark(const Column& column, Date as_of) const {
    switch (column.family) {
    case TypeFamily::date:
        return date(as_of);
    case TypeFamily::boolean:
        return "1";
    case TypeFamily::integer:
        if (is_mariadb_type(column, "bigint")) return "UNIX_TIMESTAMP()";
        return is_mariadb_type(column, "int") ? "LEAST(UNIX_TIMESTAMP(), 2147483647)" : "1"; // what it can hold
    case TypeFamily::real:
        return is_mariadb_type(column, "decimal") ? "1" : "UNIX_TIMESTAMP()";
    case TypeFamily::text: {
        const Sql now = "DATE_FORMAT(UTC_TIMESTAMP(), '%Y-%m-%d %H:%i:%s')";
        return column.length ? "LEFT(" + now + ", " + std::to_string(*column.length) + ")" : now;
    }
    default:
        return "UTC_TIMESTAMP()"; // the moment of masking
    }
}

// As text, so that nothing is converted; a BIT is its bytes.
Sql MariadbDialect::is_marked(const Sql& value) const {
    return "COALESCE(CONCAT(" + value + ") REGEXP " + Sql::value(std::string("[^0 :.\\x00-]")) + ", 0)";
}

namespace {

bool is_held_whole(const Column* column) {
    const std::string_view type = column ? std::string_view(column->type) : std::string_view();
    const auto word = type.substr(0, type.find_first_of("( "));
    return column && !word.ends_with("text") && !word.ends_with("blob") && word != "json";
}

} // namespace

std::vector<std::string> MariadbDialect::identity(const Table& table) const {
    const auto all = [&](const std::vector<std::string>& columns, auto condition) {
        return !columns.empty() && std::all_of(columns.begin(), columns.end(),
                                               [&](const std::string& name) { return condition(table.find(name)); });
    };
    if (all(table.primary_key, is_held_whole)) return table.primary_key;
    for (const Index& index : table.indexes)
        if (index.unique && !index.partial &&
            all(index.columns, [](const Column* column) { return is_held_whole(column) && !column->nullable; }))
            return index.columns;
    return {};
}

// GREATEST is NULL where one of its arguments is. No usable date lies in the year 0.
Sql MariadbDialect::greatest(const std::vector<Sql>& values) const {
    if (values.empty()) return "NULL";
    if (values.size() == 1) return values.front();
    std::vector<Sql> known;
    for (const Sql& value : values) known.push_back("COALESCE(" + value + ", DATE'0000-01-01')");
    return "NULLIF(GREATEST(" + listed(known) + "), DATE'0000-01-01')";
}

} // namespace retention
