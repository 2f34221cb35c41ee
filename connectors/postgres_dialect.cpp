// PostgresDialect: names, marks, rows that can be told apart. Its other files: postgres_days, postgres_masks,
// postgres_keys, postgres_forms.

#include "connectors/postgres_dialect.hpp"

#include "connectors/postgres_patterns.hpp"

#include <algorithm>

namespace retention {

std::string PostgresDialect::quote(std::string_view name) const {
    return quoted(name);
}

// The moment of masking, in UTC; a small integer holds no unix time.
Sql PostgresDialect::mark(const Column& column, Date as_of) const {
    const auto typed = [&](const Sql& value) { return "CAST(" + value + " AS " + column.type + ")"; };
    const Sql moment = "(now() AT TIME ZONE INTERVAL '0')";
    switch (column.family) {
    case TypeFamily::date:
        return typed(Sql::value(to_string(as_of)));
    case TypeFamily::boolean:
        return typed("true");
    case TypeFamily::integer:
        return typed(column.type == "smallint" ? Sql("1") : Sql("floor(extract(epoch FROM now()))"));
    case TypeFamily::real:
        return typed("floor(extract(epoch FROM now()))");
    case TypeFamily::zoned_time_stamp:
        return typed("now()");
    case TypeFamily::time_stamp:
        return typed(moment);
    default: {
        const Sql text = "to_char(" + moment + ", 'YYYY-MM-DD HH24:MI:SS')";
        if (!column.length) return typed(text);
        return typed("left(" + text + ", " + std::to_string(*column.length) + ")");
    }
    }
}

Sql PostgresDialect::is_marked(const Sql& value) const {
    return "coalesce(" + postgres::as_text(value) + " NOT IN ('', '0', 'false'), false)";
}

// ctid would do for a transaction, but a set of rows outlives one that is done again.
std::vector<std::string> PostgresDialect::identity(const Table& table) const {
    if (!table.primary_key.empty()) return table.primary_key;
    const auto never_null = [&](const std::string& name) {
        const Column* column = name.empty() ? nullptr : table.find(name); // an expression has no name
        return column && !column->nullable;
    };
    for (const Index& index : table.indexes)
        if (index.unique && !index.partial && !index.columns.empty() &&
            std::all_of(index.columns.begin(), index.columns.end(), never_null))
            return index.columns;
    return {};
}

Sql PostgresDialect::greatest(const std::vector<Sql>& values) const {
    if (values.empty()) return "CAST(NULL AS date)";
    if (values.size() == 1) return values.front();
    return "GREATEST(" + listed(values) + ")";
}

std::string PostgresDialect::temporary(const std::string& name) const {
    return "pg_temp." + name;
}

} // namespace retention
