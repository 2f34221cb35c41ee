#include "connectors/postgres_settings.hpp"

#include <libpq-fe.h>

#include <utility>
#include <vector>

namespace retention {
namespace {

using Kind = StoreError::Kind;
using Settings = std::vector<std::pair<const char*, std::string>>;

constexpr int oldest_version = 130000;
constexpr char connecting[] = "connect";

// How values are read and written.
void add_forms(Settings& settings) {
    settings.insert(settings.end(), {{"TimeZone", "UTC"},
                                     {"DateStyle", "ISO, YMD"},
                                     {"IntervalStyle", "iso_8601"},
                                     {"extra_float_digits", "1"},
                                     {"bytea_output", "hex"},
                                     {"client_encoding", "UTF8"},
                                     {"client_min_messages", "warning"}});
}

// What a statement means. gin_fuzzy_search_limit makes an index leave out rows at random.
void add_meaning(Settings& settings, Access access) {
    settings.insert(settings.end(), {{"standard_conforming_strings", "on"},
                                     {"backslash_quote", "safe_encoding"},
                                     {"transform_null_equals", "off"},
                                     {"array_nulls", "on"},
                                     {"gin_fuzzy_search_limit", "0"},
                                     {"row_security", "off"},
                                     {"jit", "off"},
                                     {"default_transaction_isolation", "read committed"},
                                     {"default_transaction_deferrable", "off"},
                                     {"default_transaction_read_only", access == Access::read_only ? "on" : "off"}});
}

void add_patience(Settings& settings, const Patience& patience, int version) {
    settings.emplace_back("lock_timeout", std::to_string(patience.lock.count()));
    settings.emplace_back("statement_timeout", std::to_string(patience.statement.count()));
    settings.emplace_back("idle_in_transaction_session_timeout", "60000");
    if (version >= 140000) settings.emplace_back("idle_session_timeout", "0");
    if (version >= 170000) settings.emplace_back("transaction_timeout", "0");
}

Sql settling(const Settings& settings) {
    // Whatever waits for a standby is stronger than `on` and stays.
    Sql sql = "SELECT current_setting('session_replication_role'), set_config('synchronous_commit', CASE WHEN "
              "current_setting('synchronous_commit') IN ('off', 'local') THEN 'on' ELSE "
              "current_setting('synchronous_commit') END, false)";
    for (const auto& [name, value] : settings)
        sql += ", set_config('" + std::string(name) + "', " + Sql::value(value) + "::text, false)";
    return sql;
}

std::string shown_version(int version) {
    return std::to_string(version / 10000) + (version < 100000 ? "." + std::to_string(version / 100 % 100) : "");
}

} // namespace

void settle_postgres(PostgresLink& link, Access access, const Patience& patience) {
    if (link.version() < oldest_version)
        link.fail(Kind::refused, connecting,
                  "the server is PostgreSQL " + shown_version(link.version()) + ", and 13 is the oldest that is known" +
                      "\nhint: upgrade the server");
    Settings settings;
    add_forms(settings);
    add_meaning(settings, access);
    add_patience(settings, patience, link.version());
    link.start(settling(settings), connecting);
    std::string role;
    while (const auto answer = link.next())
        if (PQntuples(answer.get()) > 0) role = PQgetvalue(answer.get(), 0, 0);
    if (role != "origin")
        link.fail(Kind::failed, connecting,
                  "session_replication_role is \"" + role + "\": neither triggers nor foreign keys would be in force" +
                      "\nhint: ALTER ROLE … RESET session_replication_role, for the role or the database that sets it");
}

} // namespace retention
