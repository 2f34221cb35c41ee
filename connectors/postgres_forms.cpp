// PostgresDialect: statements about sets of rows.

#include "connectors/postgres_dialect.hpp"

namespace retention {

namespace {

std::string names(const std::vector<std::string>& columns, const std::string& before = "") {
    std::string all;
    for (const auto& column : columns) all += (all.empty() ? "" : ", ") + before + column;
    return all;
}

// A set as the statement's own list of rows.
Sql rows_of(const std::string& set, const std::vector<std::string>& columns, const std::string& selected,
            const Sql& which) {
    const Sql chosen = which.empty() ? Sql("") : " WHERE " + which;
    return "ARRAY(SELECT " + selected + " FROM pg_temp." + set + chosen + " ORDER BY " + names(columns) + ")";
}

struct Chosen {
    Sql from, where; // `from` is empty where the condition stands alone
};

// The rows of the table that stand in the set, found by the index of their identity, in its order. The server knows
// nothing of how many rows a temporary table has: joined with it, it reads the whole table for every batch. An array it
// takes for ten elements.
Chosen in_set(const PostgresDialect& dialect, const Table& table, const std::vector<std::string>& identity,
              const std::string& set, const std::vector<std::string>& set_identity, const Sql& which) {
    if (identity.size() == 1)
        return {{},
                dialect.column(table.name, identity.front()) + " = ANY (" +
                    rows_of(set, set_identity, set_identity.front(), which) + ")"};
    Sql where;
    for (std::size_t i = 0; i < identity.size(); ++i)
        where +=
            (i > 0 ? " AND " : "") + dialect.column(table.name, identity[i]) + " = retentiond_row." + set_identity[i];
    return {"unnest(" + rows_of(set, set_identity, set, which) + ") AS retentiond_row", where};
}

} // namespace

std::vector<Sql> PostgresDialect::make_temporary(const std::string& name, const Table& of,
                                                 const std::vector<SetColumn>& columns, std::size_t keys,
                                                 bool lasting) const {
    std::vector<std::string> key;
    std::vector<Sql> sources;
    for (const SetColumn& column : columns) {
        sources.push_back(column.source + " AS " + column.name);
        if (key.size() < keys) key.push_back(column.name);
    }
    return {"DROP TABLE IF EXISTS pg_temp." + name,
            "CREATE TEMP TABLE " + Sql(name) + " ON COMMIT " + (lasting ? "PRESERVE" : "DELETE") + " ROWS AS SELECT " +
                listed(sources) + " FROM " + table(of) + " WITH NO DATA",
            "ALTER TABLE pg_temp." + name + " ADD COLUMN retentiond_taken integer DEFAULT 1, ADD PRIMARY KEY (" +
                names(key) + ")"};
}

Sql PostgresDialect::add_rows(const std::string& name, const std::vector<std::string>& columns,
                              const Sql& select) const {
    return "INSERT INTO pg_temp." + Sql(name) + " (" + names(columns) + ") " + select + " ON CONFLICT DO NOTHING";
}

Sql PostgresDialect::erase_set(const Table& of, const std::vector<std::string>& identity, const std::string& set,
                               const std::vector<std::string>& set_identity, const Sql& which) const {
    const Chosen rows = in_set(*this, of, identity, set, set_identity, which);
    return "DELETE FROM " + Sql(table(of)) + (rows.from.empty() ? Sql("") : " USING " + rows.from) + " WHERE " +
           rows.where;
}

Sql PostgresDialect::update_set(const Table& of, const Sql& assignments, const std::vector<std::string>& identity,
                                const std::string& set, const std::vector<std::string>& set_identity,
                                const Sql& which) const {
    const Chosen rows = in_set(*this, of, identity, set, set_identity, which);
    return "UPDATE " + Sql(table(of)) + " SET " + assignments + (rows.from.empty() ? Sql("") : " FROM " + rows.from) +
           " WHERE " + rows.where;
}

// A sub-select that locks is kept as it stands. The rows are locked one by one as the sort hands them on.
Sql PostgresDialect::lock_set(const Table& of, const std::vector<std::string>& identity, const std::string& set,
                              const std::vector<std::string>& set_identity) const {
    const Chosen rows = in_set(*this, of, identity, set, set_identity, {});
    std::vector<Sql> order;
    for (const auto& name : identity) order.emplace_back(column(of.name, name));
    return "SELECT count(*) FROM (SELECT 1 FROM " + Sql(table(of)) + (rows.from.empty() ? Sql("") : ", " + rows.from) +
           " WHERE " + rows.where + " ORDER BY " + listed(order) + " FOR UPDATE OF " + quote(of.name) +
           ") AS retentiond_locked";
}

Sql PostgresDialect::lock_shared(const Sql& rows) const {
    return "SELECT count(*) FROM (" + rows + " FOR SHARE) AS retentiond_shared";
}

// Whoever may not UPDATE a column of a table may lock none of its rows either.
Sql PostgresDialect::may_lock(const Table& of) const {
    return "SELECT count(*) WHERE has_any_column_privilege(" + Sql::value(table(of)) + ", 'UPDATE')";
}

} // namespace retention
