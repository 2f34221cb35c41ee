#pragma once
// What differs between the engines' SQL, and nothing else: how a date is read, a mask applied, a name quoted. The rest
// of a statement is put together once, in connectors/conditions.cpp. Pure; thread-safe.

#include "connectors/plan.hpp"
#include "connectors/sql.hpp"

#include <string>
#include <string_view>

namespace retention {

class Dialect {
public:
    virtual ~Dialect() = default;

    virtual std::string quote(std::string_view name) const = 0;
    std::string column(std::string_view alias, std::string_view name) const { return quote(alias) + "." + quote(name); }
    std::string table(const Table& table) const { return quote(table.schema) + "." + quote(table.name); }

    // The local day on which a stored date falls, as something that can be compared with day(Date); NULL where the
    // value is NULL or no usable date.
    virtual Sql day_of(const Sql& value, const PlannedDate&) const = 0;
    virtual Sql day(Date) const = 0;
    // True of every value that falls before the date, and cheaper to find out than day_of; empty where there is no
    // such.
    virtual Sql maybe_before(const Sql& value, const PlannedDate&, Date) const = 0;
    // {as_of} and {cutoff} in rule SQL, and the first instant of such a day.
    virtual Sql date(Date) const = 0;
    virtual Sql first_instant(Date) const = 0;

    // The value that takes the place of `value`, and whether `value` already is such a one (never NULL).
    virtual Sql masked(const PlannedMask&, const Sql& value, const std::string& pseudonym_key) const = 0;
    virtual Sql is_masked(const PlannedMask&, const Sql& value) const = 0;
    // What is written into a marker column, and whether it says so (never NULL).
    virtual Sql mark(const Column&, Date as_of) const = 0;
    virtual Sql is_marked(const Sql& value) const = 0;

    // Columns that tell one row of a table from every other as long as the transaction lasts.
    virtual std::vector<std::string> identity(const Table&) const = 0;
    // The largest of several expressions, NULLs passed over; NULL where all are.
    virtual Sql greatest(const std::vector<Sql>&) const = 0;
};

} // namespace retention
