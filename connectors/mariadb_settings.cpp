#include "connectors/mariadb_settings.hpp"

#include "connectors/mariadb_statement.hpp"

#include <map>
#include <mysql.h>

namespace retention {
namespace {

constexpr const char* preparing = "prepare the session";

// Where MariaDB 10.6 and MySQL 8 differ in a name, both stand here: what a server does not have is left out.
std::map<std::string, std::string> wanted(const Patience& patience) {
    const auto seconds = [](std::chrono::milliseconds time) {
        const auto whole = std::chrono::ceil<std::chrono::seconds>(time).count();
        return std::to_string(whole == 0 ? 31'536'000 : whole); // a year: no limit
    };
    const auto milliseconds = patience.statement.count();
    return {
        {"time_zone", "'+00:00'"},
        // MariaDB's own dialect, in which rules are written: no ANSI_QUOTES, no PIPES_AS_CONCAT. No NO_ZERO_DATE, so
        // that zero dates, where there are any, can be compared.
        {"sql_mode", "'STRICT_ALL_TABLES,STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"},
        {"autocommit", "1"},
        {"completion_type", "0"},
        {"foreign_key_checks", "1"},
        {"unique_checks", "1"},
        {"check_constraint_checks", "1"},
        {"sql_safe_updates", "0"},
        {"sql_select_limit", "18446744073709551615"},
        {"sql_big_selects", "1"},
        {"sql_auto_is_null", "0"},
        // A long IN list of keys would become a sub-select, for which DELETE reads the whole table.
        {"in_predicate_conversion_threshold", "0"},
        {"sql_quote_show_create", "1"},
        {"default_storage_engine", "InnoDB"},
        {"group_concat_max_len", "1073741824"},
        {"lc_messages", "'en_US'"}, // connectors/mariadb_error.cpp knows where these words quote a value
        {"lc_time_names", "'en_US'"},
        {"innodb_lock_wait_timeout", seconds(patience.lock)},
        {"lock_wait_timeout", seconds(patience.lock)},
        {"max_statement_time",
         std::to_string(milliseconds / 1000) + "." + std::to_string(1000 + milliseconds % 1000).substr(1)},
        {"max_execution_time", std::to_string(milliseconds)}, // MySQL: of SELECT alone
        // In MariaDB 11 a statement at READ COMMITTED would fail where a row changed since it began.
        {"innodb_snapshot_isolation", "0"},
        // A reader may take its time between two rows, a batch between its statement and its COMMIT. One that is stuck
        // for ten minutes must let go of its locks.
        {"wait_timeout", "28800"},
        {"net_write_timeout", "3600"},
        {"net_read_timeout", "3600"},
        {"idle_transaction_timeout", "0"},
        {"idle_readonly_transaction_timeout", "0"},
        {"idle_write_transaction_timeout", "600"},
        // Galera: what another node has committed is seen; a witness row, for one.
        {"wsrep_sync_wait", "3"},
    };
}

std::map<std::string, std::string> values_now(MariadbState& state, const std::map<std::string, std::string>& names) {
    std::string list;
    for (const auto& [name, value] : names) list += (list.empty() ? "'" : ", '") + name + "'";
    MariadbStatement show(state, "SHOW SESSION VARIABLES WHERE Variable_name IN (" + list + ")", preparing);
    show.execute();
    std::map<std::string, std::string> values;
    while (show.fetch()) values.emplace(show.text(0), show.text(1));
    return values;
}

void refuse_old(MariadbState& state) {
    const auto version = mysql_get_server_version(state.handle()); // 10.6.4 is 100604
    const unsigned long oldest = mariadb_connection(state.handle()) ? 100600 : 80000;
    if (version < oldest)
        state.refuse(preparing, "the server is " + std::string(mysql_get_server_info(state.handle())) +
                                    "; MariaDB 10.6 or MySQL 8.0 is the oldest that is supported");
}

// A proxy that shares server connections among clients loses such settings from one statement to the next. Of the two
// names of the isolation level a server may know one.
void prove(MariadbState& state) {
    const std::map<std::string, std::string> must{{"time_zone", "+00:00"},
                                                  {"autocommit", "ON"},
                                                  {"foreign_key_checks", "ON"},
                                                  {"tx_isolation", "READ-COMMITTED"},
                                                  {"sql_select_limit", "18446744073709551615"},
                                                  {"transaction_isolation", "READ-COMMITTED"}};
    const auto values = values_now(state, must);
    if (values.size() < must.size() - 1) state.refuse(preparing, "the server does not show its settings");
    for (const auto& [name, value] : values)
        if (must.at(name) != value)
            state.refuse(preparing, name + " was set to " + must.at(name) + " and is " + value +
                                        "\nhint: connect to the server itself, or let the proxy keep one server "
                                        "connection for each session");
}

} // namespace

void settle_mariadb_session(MariadbState& state, Access access) {
    refuse_old(state);
    state.command("SET NAMES utf8mb4", preparing);
    state.command("SET SESSION sql_select_limit = 18446744073709551615", preparing); // SHOW obeys it too
    const auto all = wanted(state.patience());
    std::string list;
    for (const auto& [name, value] : values_now(state, all))
        list += (list.empty() ? "SET SESSION " : ", SESSION ") + name + " = " + all.at(name);
    state.command(list, preparing);
    state.command(std::string("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, ") +
                      (access == Access::read_only ? "READ ONLY" : "READ WRITE"),
                  preparing);
    prove(state);
}

} // namespace retention
