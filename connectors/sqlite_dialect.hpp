#pragma once
// SQLite's SQL. Dates are text or numbers, so that days are read, and masks applied, by the functions that
// connectors/sqlite_functions.hpp puts on the connection: one reading for every engine's dates would be the server's,
// here it is our own.

#include "connectors/dialect.hpp"

namespace retention {

class SqliteDialect : public Dialect {
public:
    explicit SqliteDialect(Zone here, Zone store) : here_(std::move(here)), store_(std::move(store)) {}

    std::string quote(std::string_view name) const override;
    Sql day_of(const Sql& value, const PlannedDate&) const override;
    Sql day(Date) const override;
    Sql day_number(const Sql& day) const override { return day; }
    bool groups_cheaply() const override { return false; }
    Sql maybe_before(const Sql& value, const PlannedDate&, Date) const override;
    Sql date(Date) const override;          // 'YYYY-MM-DD'
    Sql first_instant(Date) const override; // 'YYYY-MM-DD HH:MM:SS' in the zone of the store
    Sql masked(const PlannedMask&, const Sql& value, const std::string& pseudonym_key) const override;
    Sql is_masked(const PlannedMask&, const Sql& value) const override;
    Sql mark(const Column&, Date as_of) const override;
    Sql is_marked(const Sql& value) const override;
    std::string key_text(const Column&, const Value&) const override;
    Sql key_value(const Column&, const Value&) const override;
    Sql key_is(const Sql& column, const Column&, const std::string& key_text) const override;
    std::vector<std::string> identity(const Table&) const override; // the row id, or the primary key
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
    Sql lock_shared(const Sql&) const override { return {}; }

private:
    Zone here_, store_;
};

} // namespace retention
