#include "policies/rule_sql_names.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace retention {
namespace {

using Words = std::set<std::string_view>;

// The standard's, MariaDB's, and what SQLite and PostgreSQL have of both.
const Words bare_moments{"current_date",   "current_time", "current_timestamp", "localtime",
                         "localtimestamp", "utc_date",     "utc_time",          "utc_timestamp"};
const Words moments{"now",
                    "curdate",
                    "curtime",
                    "sysdate",
                    "getdate",
                    "getutcdate",
                    "sysdatetime",
                    "sysutcdatetime",
                    "clock_timestamp",
                    "statement_timestamp",
                    "transaction_timestamp",
                    "timeofday"};
// SQLite's and PostgreSQL's: the present moment where they have no argument, or 'now' among them.
const Words clocks{"date",     "time",      "datetime",    "julianday", "unixepoch",
                   "strftime", "timestamp", "timestamptz", "timetz",    "timediff"};
const Words chances{"random",
                    "rand",
                    "randomblob",
                    "random_bytes",
                    "random_normal",
                    "gen_random_uuid",
                    "gen_random_bytes",
                    "gen_salt",
                    "uuid",
                    "uuid_short",
                    "uuid_v4",
                    "uuid_v7",
                    "uuidv4",
                    "uuidv7",
                    "sys_guid",
                    "newid",
                    "newsequentialid",
                    "encrypt",
                    "nextval",
                    "setval",
                    "currval",
                    "lastval",
                    "setseed",
                    "last_insert_rowid",
                    "last_insert_id",
                    "changes",
                    "total_changes",
                    "row_count",
                    "found_rows",
                    "connection_id",
                    "current_setting",
                    "is_free_lock",
                    "is_used_lock",
                    "wsrep_last_seen_gtid",
                    "wsrep_last_written_gtid",
                    "pg_backend_pid",
                    "pg_postmaster_start_time",
                    "pg_conf_load_time",
                    "pg_export_snapshot"};
const std::vector<std::string_view> chance_families{"uuid_generate_", "txid_current", "pg_current_", "pg_last_",
                                                    "pg_stat_get_"};
const Words deeds{"sleep",
                  "benchmark",
                  "load_extension",
                  "readfile",
                  "writefile",
                  "edit",
                  "fts3_tokenizer",
                  "load_file",
                  "get_lock",
                  "release_lock",
                  "release_all_locks",
                  "master_pos_wait",
                  "master_gtid_wait",
                  "wsrep_sync_wait_upto_gtid",
                  "sys_exec",
                  "sys_eval",
                  "sys_set",
                  "set_config",
                  "pg_notify",
                  "pg_reload_conf",
                  "pg_promote",
                  "pg_prewarm",
                  "pg_nextoid",
                  "pg_log_backend_memory_contexts",
                  "pg_import_system_collations",
                  "pg_stat_file",
                  "pg_stat_clear_snapshot",
                  "loread",
                  "lowrite",
                  "ts_stat",
                  "query_to_xml",
                  "query_to_xmlschema",
                  "query_to_xml_and_xmlschema",
                  "gin_clean_pending_list"};
const std::vector<std::string_view> deed_families{
    "pg_sleep",   "pg_advisory_", "pg_try_advisory_", "pg_read_",       "pg_ls_",        "pg_file_",   "pg_terminate_",
    "pg_cancel_", "pg_logical_",  "pg_replication_",  "pg_create_",     "pg_drop_",      "pg_switch_", "pg_backup_",
    "pg_start_",  "pg_stop_",     "pg_rotate_",       "pg_wal_replay_", "pg_stat_reset", "brin_",      "dblink",
    "lo_",        "crosstab",     "connectby",        "spider_"};
const Words day_words{"now", "today", "tomorrow", "yesterday"};
const Words date_types{"date", "timestamp", "timestamptz", "time", "timetz", "zone"};
const Words text_types{"text", "varchar", "char", "character", "bpchar", "citext", "name"};

struct Write {
    std::string_view word;
    Words next; // the word right after it that makes it a statement
};
const std::vector<Write> writes{
    {"insert", {"into", "or", "ignore", "overwrite"}},
    {"delete", {"from"}},
    {"drop", {"table", "index", "view", "trigger", "database", "schema", "column", "function", "temporary"}},
    {"create",
     {"table", "index", "view", "trigger", "database", "schema", "temp", "temporary", "unique", "or", "virtual"}},
    {"alter", {"table", "index", "view", "database", "schema", "system", "role", "user"}},
    {"truncate", {"table"}},
    {"attach", {"database"}},
    {"detach", {"database"}},
    {"for", {"update", "share"}},
    {"lock", {"in", "table", "tables"}},
    {"procedure", {"analyse"}},
};

bool is_of(const std::vector<std::string_view>& families, std::string_view name) {
    return std::any_of(families.begin(), families.end(),
                       [&](std::string_view family) { return name.substr(0, family.size()) == family; });
}

} // namespace

NameMeaning meaning_of_function(std::string_view name) {
    if (moments.count(name)) return NameMeaning::moment;
    if (clocks.count(name)) return NameMeaning::clock;
    if (chances.count(name) || is_of(chance_families, name)) return NameMeaning::chance;
    if (deeds.count(name) || is_of(deed_families, name)) return NameMeaning::deed;
    return NameMeaning::plain;
}

bool is_bare_moment(std::string_view word) {
    return bare_moments.count(word) > 0;
}
bool is_day_word(std::string_view word) {
    return day_words.count(word) > 0;
}
bool is_date_type(std::string_view word) {
    return date_types.count(word) > 0;
}
bool is_text_type(std::string_view word) {
    return text_types.count(word) > 0;
}

bool is_write(std::string_view word, std::string_view next, std::string_view after) {
    if (word == "for") // not `substring(name for key)`
        if ((next == "no" && after == "key") || (next == "key" && after == "share")) return true;
    return std::any_of(writes.begin(), writes.end(),
                       [&](const Write& write) { return write.word == word && write.next.count(next) > 0; });
}

} // namespace retention
