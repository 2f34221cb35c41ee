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
    // Days since 1970-01-01 of what day_of gave.
    virtual Sql day_number(const Sql& day) const = 0;
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

    // True where the value is a usable date that falls before the day, false or NULL where it is not; and whether it is
    // usable and falls on the day or later. Exactly day_of(value) < day(date), but put so that an index on the column
    // serves, where the engine can.
    virtual Sql falls_before(const Sql& value, const PlannedDate&, Date) const;
    virtual Sql falls_from(const Sql& value, const PlannedDate&, Date) const;

    // Keys, as Rows::value gave them: as the audit log's digests and --key write them (design.md section 6); and bound
    // again, with the type of the column.
    virtual std::string key_text(const Column&, const Value&) const = 0;
    virtual Sql key_value(const Column&, const Value&) const = 0;
    // A column against what stands behind --key. The store may refuse a text that cannot be such a value.
    virtual Sql key_is(const Sql& column, const Column&, const std::string& key_text) const = 0;
    // The key is one of those, of which there is one at least, so that the key's index serves.
    virtual Sql key_among(const std::vector<Sql>& key, const std::vector<const Column*>& of,
                          const std::vector<Key>& keys) const;
    // (a, b) > (x, y), in the order of the key, so that the key's index serves. `comparison`: ">", ">=", "<=".
    virtual Sql compare(const std::vector<Sql>& columns, const char* comparison, const std::vector<Sql>& values) const;

    // Columns that tell one row of a table from every other as long as the transaction lasts. Empty: there are none.
    virtual std::vector<std::string> identity(const Table&) const = 0;
    // The largest of several expressions, NULLs passed over; NULL where all are.
    virtual Sql greatest(const std::vector<Sql>&) const = 0;

    // GROUP BY costs less than handing each row over; not so in SQLite, which sorts for it.
    virtual bool groups_cheaply() const { return true; }
    // Between tables that are to be read in the order in which they stand: from the few rows of a set to what they lead
    // to. MariaDB would rather begin with a whole table that it has no statistics of.
    virtual const char* then_join() const { return " CROSS JOIN "; }
    // UPDATE … RETURNING; not so in MariaDB.
    virtual bool returns_updated() const { return true; }

    // Forms of statements about sets of rows, which are temporary tables of the connection.
    struct SetColumn {
        std::string name;
        Sql source; // an expression over the rows of `table`; its type becomes the column's
    };
    virtual std::string temporary(const std::string& name) const = 0; // as it is spelled in a statement
    // Makes the temporary table anew, empty. Its first `keys` columns are its primary key; `retentiond_taken`, an
    // integer that is 1 by default, is added as its last. `lasting`: its rows outlive the transaction; otherwise they
    // end with it at the latest.
    virtual std::vector<Sql> make_temporary(const std::string& name, const Table& table,
                                            const std::vector<SetColumn>& columns, std::size_t keys,
                                            bool lasting) const = 0;
    // INSERT INTO the temporary table what is not in it yet. `columns` in the order of `select`.
    virtual Sql add_rows(const std::string& name, const std::vector<std::string>& columns, const Sql& select) const = 0;
    // DELETE or UPDATE of the rows of `table` whose identity stands in the set. `set_identity`: its columns that hold
    // it; `which`: a condition on the set's own columns, for example "retentiond_taken > 0"; may be empty. In
    // `assignments` the row answers to its table's bare name.
    virtual Sql erase_set(const Table&, const std::vector<std::string>& identity, const std::string& set,
                          const std::vector<std::string>& set_identity, const Sql& which) const = 0;
    virtual Sql update_set(const Table&, const Sql& assignments, const std::vector<std::string>& identity,
                           const std::string& set, const std::vector<std::string>& set_identity,
                           const Sql& which) const = 0;
    // Locks those rows until the transaction ends, in the order of their identity, waiting for whoever has them. One
    // number comes back: how many there are. Empty: the engine has no row locks and the batch holds the whole store.
    virtual Sql lock_set(const Table&, const std::vector<std::string>& identity, const std::string& set,
                         const std::vector<std::string>& set_identity) const = 0;
    // Locks the rows of a query ("SELECT 1 FROM …" over plain tables) against change until the transaction ends. One
    // row comes back. Empty: as above. `may_lock` asks for a number above 0 where this user may lock rows of the table;
    // empty: whoever reads may.
    virtual Sql lock_shared(const Sql& rows) const = 0;
    virtual Sql may_lock(const Table&) const { return {}; }
};

} // namespace retention
