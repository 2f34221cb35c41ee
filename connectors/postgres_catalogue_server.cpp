#include "connectors/postgres_catalogue_parts.hpp"

namespace retention {
namespace {

using Kind = ServerFault::Kind;

// reset_val is what the server, the database and the role have set, whatever the session set since for itself. The
// primary's host is told to roles with pg_read_all_stats alone.
constexpr char server[] =
    "SELECT pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1), "
    "pg_catalog.pg_is_in_recovery(), "
    "(SELECT w.sender_host || ':' || w.sender_port FROM pg_catalog.pg_stat_wal_receiver AS w LIMIT 1), "
    "(SELECT g.reset_val::pg_catalog.bool FROM pg_catalog.pg_settings AS g "
    "WHERE g.name = 'default_transaction_read_only'), "
    "pg_catalog.current_setting('fsync')::pg_catalog.bool, "
    "pg_catalog.current_setting('full_page_writes')::pg_catalog.bool, pg_catalog.quote_ident(session_user)";

// The administrator's statement to paste, or the risk to accept.
std::string switch_on(const std::string& setting) {
    return "ALTER SYSTEM SET " + setting + " = on; and reload, or accept it: `weak_durability = true` on the store";
}

} // namespace

void read_postgres_server(PostgresCatalogue& reader) {
    const auto rows = reader.ask(server);
    if (!rows->next()) return;
    Catalogue& catalogue = reader.catalogue;
    catalogue.server = "PostgreSQL " + std::string(rows->text(0));
    const auto fault = [&](Kind kind, std::string what, std::string hint) {
        catalogue.faults.push_back({kind, std::move(what), std::move(hint)});
    };
    const std::string primary(rows->text(2));
    if (rows->integer(1) != 0)
        fault(Kind::read_only, "the server is a standby, which takes no writes",
              primary.empty() ? "name the primary in the store's url"
                              : "name the primary, " + primary + ", in the url");
    if (rows->integer(3) != 0)
        fault(Kind::read_only, "default_transaction_read_only is on: the server is not meant to be written to",
              "let the user write: ALTER ROLE " + std::string(rows->text(6)) +
                  " SET default_transaction_read_only = off; or name the server that takes writes");
    if (rows->integer(4) == 0)
        fault(Kind::weak_durability, "fsync is off: a crash may lose what was committed, or the whole database",
              switch_on("fsync"));
    if (rows->integer(5) == 0)
        fault(Kind::weak_durability, "full_page_writes is off: a crash may leave pages that are half written",
              switch_on("full_page_writes"));
}

} // namespace retention
