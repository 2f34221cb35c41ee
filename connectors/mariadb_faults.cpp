#include "connectors/mariadb_faults.hpp"

#include "connectors/check_findings.hpp"
#include "connectors/mariadb_type.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace retention {

namespace {

using Kind = ServerFault::Kind;

bool same(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

class Settings {
public:
    explicit Settings(const MariadbSettings& settings) : settings_(settings) {}

    bool is(const char* name, std::initializer_list<std::string_view> values) const {
        const auto found = settings_.find(name);
        return found != settings_.end() &&
               std::ranges::any_of(values, [&](std::string_view value) { return same(found->second, value); });
    }
    bool is_other_than(const char* name, std::initializer_list<std::string_view> values) const {
        return settings_.contains(name) && !is(name, values);
    }
    std::string assignment(const char* name) const { return std::string(name) + " = " + settings_.at(name); }

private:
    const MariadbSettings& settings_;
};

void judge_writes(const Settings& settings, std::vector<ServerFault>& faults) {
    for (const char* name : {"super_read_only", "read_only", "innodb_read_only"})
        if (settings.is_other_than(name, {"OFF", "0"})) {
            faults.push_back({Kind::read_only, "the server takes no writes: " + settings.assignment(name),
                              "name the primary in the store's url; it may be a replica"});
            break;
        }
    if (settings.is_other_than("innodb_force_recovery", {"0"}))
        faults.push_back({Kind::read_only,
                          "the server runs in recovery: " + settings.assignment("innodb_force_recovery"),
                          "repair it first, then start it without innodb_force_recovery"});
    if (settings.is("wsrep_on", {"ON", "1"}) && settings.is_other_than("wsrep_ready", {"ON", "1"}))
        faults.push_back({Kind::read_only, "the node is no working part of its cluster: wsrep_ready is not ON",
                          "name a node that is synchronised in the store's url"});
}

void judge_durability(const Settings& settings, std::vector<ServerFault>& faults) {
    if (settings.is_other_than("innodb_flush_log_at_trx_commit", {"1", "3"}))
        faults.push_back(
            {Kind::weak_durability,
             "a crash may take back what was committed: " + settings.assignment("innodb_flush_log_at_trx_commit"),
             "SET GLOBAL innodb_flush_log_at_trx_commit = 1, and in the server's configuration"});
    if (settings.is("innodb_doublewrite", {"OFF", "0", "DETECT_ONLY"}))
        faults.push_back({Kind::weak_durability,
                          "a crash may leave torn pages: " + settings.assignment("innodb_doublewrite"),
                          "innodb_doublewrite = ON in the server's configuration"});
    if (settings.is("innodb_flush_method", {"nosync"}))
        faults.push_back({Kind::weak_durability, "the server does not wait for the disk: innodb_flush_method = nosync",
                          "take innodb_flush_method out of the server's configuration"});
}

// InnoDB refuses row changes at READ COMMITTED then (error 1665), and at REPEATABLE READ they would lock what others
// are writing.
void judge_binlog(const Settings& settings, std::vector<ServerFault>& faults) {
    if (settings.is("log_bin", {"ON", "1"}) && settings.is("binlog_format", {"STATEMENT"}))
        faults.push_back({Kind::unsafe,
                          "the binary log takes statements, not rows: binlog_format = STATEMENT, and InnoDB refuses "
                          "changes at READ COMMITTED",
                          "binlog_format = ROW or MIXED in the server's configuration"});
}

bool changeable(const MariadbRights& rights, const Table& table) {
    return table.kind == TableKind::table &&
           (rights.has("DELETE", table.schema, table.name) || rights.has("UPDATE", table.schema, table.name));
}

} // namespace

std::vector<ServerFault> mariadb_server_faults(const MariadbSettings& from) {
    const Settings settings(from);
    std::vector<ServerFault> faults;
    judge_writes(settings, faults);
    judge_durability(settings, faults);
    judge_binlog(settings, faults);
    return faults;
}

std::vector<ServerFault> mariadb_rights_faults(const Catalogue& catalogue, const MariadbRights& rights,
                                               const std::string& user) {
    std::vector<ServerFault> faults;
    // Keys between databases are rare; within its own one nothing may stay hidden.
    const std::string own = catalogue.tables.empty() ? "" : catalogue.tables.front().schema;
    if (!rights.sees_all_tables())
        faults.push_back(
            {rights.sees_schema(own) ? Kind::unseen : Kind::unsafe,
             "foreign keys of tables on which " + mariadb_account(user) +
                 " has no right are not shown to it: rows of such tables could go with what is deleted",
             "GRANT SHOW VIEW ON *.* TO " + mariadb_account(user) + "; it shows names and definitions, no rows"});
    std::vector<std::string> names, grants;
    for (const Table& table : catalogue.tables)
        if (changeable(rights, table) && !rights.has("TRIGGER", table.schema, table.name)) {
            names.push_back(shown(table));
            grants.push_back("GRANT TRIGGER ON " + mariadb_quoted(table.schema) + "." + mariadb_quoted(table.name) +
                             " TO " + mariadb_account(user) + ";");
        }
    // A trigger that is there but may not be read is taken for one that changes rows (connectors/mariadb_trigger.cpp).
    if (!names.empty())
        faults.push_back({Kind::unseen,
                          "what triggers do on " + listing(names) + " is not shown to " + mariadb_account(user) +
                              ", which may change those tables",
                          listing(grants, "\n")});
    return faults;
}

} // namespace retention
