#pragma once
// PostgreSQL's SQL, 13 and later: plain, without extensions, nothing created in the database, never the server's own
// tzdata. What days and masks mean is said in policies/ and in connectors/sqlite_functions.hpp; every expression here
// gives the same, and raises no error whatever text it meets. It takes a session in UTC with ISO dates and hex bytea.
//
// Dates past the year 9999 count as 9999-12-31, as local_date_of has it; infinite ones, and those before the year 1,
// are none. Between time zones the days are exact from 1900 to 2100.

#include "connectors/dialect.hpp"
#include "connectors/local_days.hpp"

namespace retention {

class PostgresDialect : public Dialect {
public:
    PostgresDialect(Zone here, Zone store);

    std::string quote(std::string_view name) const override;
    // A date. A query is evaluated once; one whose query_family is a date type is read as that, whatever its format.
    Sql day_of(const Sql& value, const PlannedDate&) const override;
    Sql day(Date) const override;
    Sql day_number(const Sql& day) const override { return "(" + day + " - DATE '1970-01-01')"; }
    Sql maybe_before(const Sql& value, const PlannedDate&, Date) const override; // empty: falls_before serves
    Sql falls_before(const Sql& value, const PlannedDate&, Date) const override;
    Sql falls_from(const Sql& value, const PlannedDate&, Date) const override;
    Sql date(Date) const override;
    // Compares rightly with columns with a zone and without. Where the store's zone is UTC: a timestamp. Otherwise the
    // reading of the store's clock with its offset, as a literal without a type: beside a timestamp with time zone it
    // becomes that instant, beside one without that reading, and where neither stands there the server asks for a type.
    Sql first_instant(Date) const override;
    // Infinite dates stay as they are for year, month and day; those outside the years 1 to 9999 are no dates. With a
    // time zone, days are those of UTC. inet and cidr keep the length of their netmask.
    Sql masked(const PlannedMask&, const Sql& value, const std::string& pseudonym_key) const override;
    Sql is_masked(const PlannedMask&, const Sql& value) const override;
    Sql mark(const Column&, Date as_of) const override;
    Sql is_marked(const Sql& value) const override;
    std::string key_text(const Column&, const Value&) const override;
    Sql key_value(const Column&, const Value&) const override;
    Sql key_is(const Sql& column, const Column&, const std::string& key_text) const override;
    Sql key_among(const std::vector<Sql>& key, const std::vector<const Column*>& of,
                  const std::vector<Key>& keys) const override;
    std::vector<std::string> identity(const Table&) const override; // primary key, or a unique index without NULLs
    Sql greatest(const std::vector<Sql>&) const override;
    std::string temporary(const std::string& name) const override;
    std::vector<Sql> make_temporary(const std::string& name, const Table&, const std::vector<SetColumn>&,
                                    std::size_t keys, bool lasting) const override;
    Sql add_rows(const std::string& name, const std::vector<std::string>& columns, const Sql& select) const override;
    Sql erase_set(const Table&, const std::vector<std::string>& identity, const std::string& set,
                  const std::vector<std::string>& set_identity, const Sql& which) const override;
    Sql update_set(const Table&, const Sql& assignments, const std::vector<std::string>& identity,
                   const std::string& set, const std::vector<std::string>& set_identity,
                   const Sql& which) const override;
    Sql lock_set(const Table&, const std::vector<std::string>& identity, const std::string& set,
                 const std::vector<std::string>& set_identity) const override;
    Sql lock_shared(const Sql& rows) const override;
    Sql may_lock(const Table&) const override;

private:
    // A zone whose clock was read, with the days of `here` on it; as parameters of a statement write them.
    struct Clock {
        Zone zone;
        std::string from, shifts; // arrays; empty where the reading's own day is the day
    };
    static Clock clock(const Zone& here, const Zone& zone);
    Sql day_of_reading(const Sql& reading, const Clock&) const;
    Sql day_of_usable(const Sql& reading, const Clock&, const std::optional<Date>& earliest) const;
    Sql day_of_value(const Sql& value, const PlannedDate&) const;
    Sql day_of_text(const Sql& text, const PlannedDate&) const;
    Sql day_of_number(const Sql& number, const PlannedDate&) const;
    Sql from_to(const Sql& value, const PlannedDate&, std::optional<Date> from, std::optional<Date> before) const;

    Zone here_;
    Clock store_, utc_;
};

} // namespace retention
