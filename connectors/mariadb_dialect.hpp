#pragma once
// MariaDB's SQL (10.6 or later; MySQL 8 has no types and functions of some of its forms). Nothing is created in the
// database and no time zone table is asked: what zones mean for a day is told beforehand (connectors/local_days.hpp)
// and stands in the statement.
//
// It counts on the session of connect_mariadb: UTC, utf8mb4, no ANSI_QUOTES, no PIPES_AS_CONCAT, zero dates readable.
// In strict mode an UPDATE or DELETE fails where a SELECT would only warn that a value was no date or number, so that
// no expression converts a value whose form it has not seen first.

#include "connectors/dialect.hpp"

namespace retention {

class MariadbDialect : public Dialect {
public:
    // `here`: the zone of the configuration, `store`: of columns without one.
    MariadbDialect(Zone here, Zone store);

    std::string quote(std::string_view name) const override;
    Sql day_of(const Sql& value, const PlannedDate&) const override; // a DATE
    Sql day(Date) const override;
    Sql day_number(const Sql& day) const override { return "DATEDIFF(" + day + ", '1970-01-01')"; }
    bool returns_updated() const override { return false; }
    const char* then_join() const override { return " STRAIGHT_JOIN "; }
    Sql maybe_before(const Sql& value, const PlannedDate&, Date) const override;
    Sql date(Date) const override;          // a DATE
    Sql first_instant(Date) const override; // a DATETIME, as the store's clock shows it; a TIMESTAMP is compared in UTC
    Sql masked(const PlannedMask&, const Sql& value, const std::string& pseudonym_key) const override;
    Sql is_masked(const PlannedMask&, const Sql& value) const override;
    Sql mark(const Column&, Date as_of) const override;
    Sql is_marked(const Sql& value) const override; // anything but NULL, '', zeros and zero dates
    Sql falls_before(const Sql& value, const PlannedDate&, Date) const override;
    Sql falls_from(const Sql& value, const PlannedDate&, Date) const override;
    std::string key_text(const Column&, const Value&) const override;
    Sql key_value(const Column&, const Value&) const override;
    Sql key_is(const Sql& column, const Column&, const std::string& key_text) const override;
    Sql compare(const std::vector<Sql>& columns, const char* comparison, const std::vector<Sql>& values) const override;
    // The primary key, or a unique index over columns that are never NULL; nothing over TEXT and BLOB columns, of which
    // an index holds the beginning only.
    std::vector<std::string> identity(const Table&) const override;
    Sql greatest(const std::vector<Sql>&) const override;
    std::string temporary(const std::string& name) const override;
    // MariaDB refuses to make or drop a temporary table in a READ ONLY transaction; to change its rows it does not.
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

    // How far the local calendar is from a clock: lists of seconds since the year 0, as SQL takes them. Both empty
    // where it is that clock's own.
    struct Shifts {
        std::string from; // where each but the first begins
        std::string by;   // how far each goes
    };

private:
    Zone here_, store_;
    Shifts of_readings_, of_instants_;
};

} // namespace retention
