// MariadbDialect: statements about sets of rows.

#include "connectors/mariadb_dialect.hpp"

#include <algorithm>

namespace retention {

namespace {

std::string name_list(const MariadbDialect& dialect, const std::vector<std::string>& names) {
    std::string all;
    for (const auto& name : names) all += (all.empty() ? "" : ", ") + dialect.quote(name);
    return all;
}

// From the few rows of the set to theirs of the table, in the order of the set's primary key. (DELETE … WHERE id IN
// (SELECT …) reads the whole table before MariaDB 11.1.)
Sql driven_by_set(const MariadbDialect& dialect, const Table& table, const std::vector<std::string>& identity,
                  const std::string& set, const std::vector<std::string>& set_identity) {
    std::vector<Sql> same;
    for (std::size_t i = 0; i < identity.size(); ++i)
        same.emplace_back(dialect.column(table.name, identity[i]) + " = " + dialect.column(set, set_identity[i]));
    return dialect.quote(set) + " STRAIGHT_JOIN " + dialect.table(table) + " ON " + all_of(same, "1 = 0");
}

Sql where(const Sql& which) {
    const auto is_text = [](const auto& part) { return part != std::variant<std::string, Value>(std::string()); };
    return std::any_of(which.parts().begin(), which.parts().end(), is_text) ? " WHERE " + which : Sql("");
}

// CREATE … SELECT takes ON UPDATE CURRENT_TIMESTAMP along from a plain column, and an UPDATE of the set would change
// its key; from an expression it takes the type alone.
Sql as_expression(const MariadbDialect& dialect, const Table& table, const Sql& source) {
    if (source.parts().size() != 1) return source;
    const auto* text = std::get_if<std::string>(&source.parts().front());
    const bool moves = text && std::any_of(table.columns.begin(), table.columns.end(), [&](const Column& column) {
                           return column.updates_itself && text->ends_with(dialect.quote(column.name));
                       });
    return moves ? "COALESCE(" + source + ")" : source;
}

} // namespace

std::string MariadbDialect::temporary(const std::string& name) const {
    return quote(name);
}

// Types, signs and collations are those of the sources.
std::vector<Sql> MariadbDialect::make_temporary(const std::string& name, const Table& of,
                                                const std::vector<SetColumn>& columns, std::size_t keys, bool) const {
    std::vector<Sql> select;
    std::vector<std::string> key;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        select.push_back(as_expression(*this, of, columns[i].source) + " AS " + quote(columns[i].name));
        if (i < keys) key.push_back(columns[i].name);
    }
    select.emplace_back("1 AS `retentiond_taken`");
    return {"DROP TEMPORARY TABLE IF EXISTS " + quote(name),
            "CREATE TEMPORARY TABLE " + quote(name) + " (`retentiond_taken` INT NOT NULL DEFAULT 1, PRIMARY KEY (" +
                name_list(*this, key) + ")) ENGINE=InnoDB SELECT " + listed(select) + " FROM " + table(of) +
                " LIMIT 0"};
}

Sql MariadbDialect::add_rows(const std::string& name, const std::vector<std::string>& columns,
                             const Sql& select) const {
    return "INSERT IGNORE INTO " + quote(name) + " (" + name_list(*this, columns) + ") " + select;
}

Sql MariadbDialect::erase_set(const Table& of, const std::vector<std::string>& identity, const std::string& set,
                              const std::vector<std::string>& set_identity, const Sql& which) const {
    return "DELETE " + table(of) + " FROM " + driven_by_set(*this, of, identity, set, set_identity) + where(which);
}

Sql MariadbDialect::update_set(const Table& of, const Sql& assignments, const std::vector<std::string>& identity,
                               const std::string& set, const std::vector<std::string>& set_identity,
                               const Sql& which) const {
    return "UPDATE " + driven_by_set(*this, of, identity, set, set_identity) + " SET " + assignments + where(which);
}

Sql MariadbDialect::lock_set(const Table& of, const std::vector<std::string>& identity, const std::string& set,
                             const std::vector<std::string>& set_identity) const {
    return "SELECT count(*) FROM " + driven_by_set(*this, of, identity, set, set_identity) + " FOR UPDATE";
}

// In a sub-select the rows would not be locked. LOCK IN SHARE MODE over an index that covers the query locks the entries
// of that index alone, and an UPDATE of another column passes; FOR UPDATE locks the row as well.
Sql MariadbDialect::lock_shared(const Sql& rows) const {
    return rows + " FOR UPDATE";
}

} // namespace retention
