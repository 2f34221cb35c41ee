#include "policies/rule_sql_refusals.hpp"

#include <algorithm>
#include <set>

namespace retention {
namespace {

using Kind = SqlToken::Kind;
using Words = std::set<std::string_view>;

// The standard's, MariaDB's, and what SQLite and PostgreSQL have of both: no brackets needed.
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
const Words chances{"random",
                    "rand",
                    "randomblob",
                    "random_bytes",
                    "random_normal",
                    "gen_random_uuid",
                    "gen_random_bytes",
                    "uuid",
                    "uuid_short",
                    "sys_guid",
                    "newid",
                    "newsequentialid",
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
                    "txid_current",
                    "pg_current_xact_id",
                    "connection_id",
                    "pg_backend_pid"};
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
                  "set_config",
                  "pg_notify",
                  "pg_reload_conf",
                  "pg_terminate_backend",
                  "pg_cancel_backend",
                  "lo_import",
                  "lo_export",
                  "lo_unlink",
                  "pg_read_file",
                  "pg_read_binary_file",
                  "pg_ls_dir",
                  "dblink",
                  "dblink_exec",
                  "query_to_xml"};
// SQLite: the present moment where they have no argument, or 'now' among them.
const Words clocks{"date", "time", "datetime", "julianday", "unixepoch", "strftime", "timediff"};
const Words day_words{"now", "today", "tomorrow", "yesterday"}; // PostgreSQL reads them in a literal
const Words day_types{"date", "timestamp", "timestamptz", "time", "timetz", "zone"}; // … WITH TIME ZONE '…'

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
    {"for", {"update", "share", "no", "key"}},
    {"lock", {"in", "table", "tables"}},
};

class Judge {
public:
    explicit Judge(const std::vector<SqlToken>& tokens) {
        for (const auto& token : tokens)
            if (token.kind != Kind::blank) tokens_.push_back(&token);
    }

    std::optional<std::string> verdict() const {
        for (std::size_t at = 0; at < tokens_.size(); ++at) {
            if (is(at, Kind::literal) && names_a_day(at))
                return "the present moment (" + tokens_[at]->text + "): write {as_of}";
            if (!is(at, Kind::word)) continue;
            if (auto why = word(at)) return why;
        }
        return {};
    }

private:
    bool is(std::size_t at, Kind kind) const { return at < tokens_.size() && tokens_[at]->kind == kind; }
    bool sign(std::size_t at, std::string_view text) const { return is(at, Kind::sign) && tokens_[at]->text == text; }
    std::string word_at(std::size_t at) const {
        return is(at, Kind::word) ? lower_case(tokens_[at]->text) : std::string{};
    }

    std::optional<std::string> word(std::size_t at) const {
        const auto name = word_at(at);
        const bool qualified = at > 0 && sign(at - 1, ".");
        if (!qualified)
            if (auto why = bare(at, name)) return why;
        return sign(at + 1, "(") ? call(at, name) : std::nullopt;
    }

    std::optional<std::string> bare(std::size_t at, const std::string& name) const {
        if (bare_moments.count(name)) return "the present moment (" + name + "): write {as_of}";
        if (name == "into") return "`into` writes; a rule's SQL only reads";
        for (const auto& write : writes)
            if (write.word == name && write.next.count(word_at(at + 1)))
                return "`" + name + " " + word_at(at + 1) + "`: a rule's SQL only reads, and takes no locks";
        if (name == "update" && later("set", at)) return "`update … set`: a rule's SQL only reads";
        if ((name == "pragma" || name == "vacuum" || name == "reindex") && is(at + 1, Kind::word) && at == 0)
            return "`" + name + "` is no expression";
        if (name == "attach" && is(at + 1, Kind::literal)) return "`attach` is no expression";
        return {};
    }

    bool later(std::string_view name, std::size_t after) const {
        for (auto at = after + 1; at < tokens_.size(); ++at)
            if (word_at(at) == name) return true;
        return false;
    }

    std::optional<std::string> call(std::size_t at, const std::string& name) const {
        const auto begins = [&](std::string_view prefix) { return name.rfind(prefix, 0) == 0; };
        const auto count = arguments(at);
        const bool clock = clocks.count(name) && (count == 0 || says_now(at) || (name == "strftime" && count == 1));
        const bool bare_clock = (name == "unix_timestamp" && count == 0) || (name == "age" && count == 1);
        if (moments.count(name) || clock || bare_clock)
            return "the present moment (" + name +
                   "): write {as_of}, because a report and a purge of one day must agree";
        if (chances.count(name) || begins("uuid_generate_"))
            return "chance or the session's state (" + name + "): a report and a purge of one day must agree";
        if (deeds.count(name) || begins("pg_sleep") || begins("pg_advisory_") || begins("pg_try_advisory_"))
            return "`" + name + "` does more than to read";
        return {};
    }

    // Of the call at `at`: commas at its own depth, plus one; 0 for ().
    std::size_t arguments(std::size_t at) const {
        if (sign(at + 2, ")")) return 0;
        std::size_t count = 1, depth = 1;
        for (auto i = at + 2; i < tokens_.size() && depth > 0; ++i) {
            if (sign(i, "(")) ++depth;
            if (sign(i, ")")) --depth;
            if (sign(i, ",") && depth == 1) ++count;
        }
        return count;
    }

    bool says_now(std::size_t at) const {
        std::size_t depth = 1;
        for (auto i = at + 2; i < tokens_.size() && depth > 0; ++i) {
            if (sign(i, "(")) ++depth;
            if (sign(i, ")")) --depth;
            const bool text = is(i, Kind::literal) || is(i, Kind::quoted_name);
            if (text && day_word(i) == "now") return true;
        }
        return false;
    }

    std::string day_word(std::size_t at) const {
        auto text = inner_text(*tokens_[at]);
        while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
        while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
        return lower_case(text);
    }

    // DATE 'today', 'now'::date, CAST('now' AS date), and `sent_at < 'today'`, where PostgreSQL gives it the column's
    // type.
    bool names_a_day(std::size_t at) const {
        if (!day_words.count(day_word(at))) return false;
        const auto before = at > 0 ? word_at(at - 1) : std::string{};
        const bool cast = at > 1 && sign(at - 1, "(") && word_at(at - 2) == "cast";
        return day_types.count(before) || cast || before == "between" || sign(at + 1, "::") || compares(at + 1) ||
               (at > 0 && compares(at - 1));
    }

    // < or >, also as the first or last part of <= and >=.
    bool compares(std::size_t at) const {
        const bool equals = sign(at, "=");
        return sign(at, "<") || sign(at, ">") || (equals && at > 0 && (sign(at - 1, "<") || sign(at - 1, ">")));
    }

    std::vector<const SqlToken*> tokens_;
};

} // namespace

std::optional<std::string> forbidden_in_rule(const std::vector<SqlToken>& tokens) {
    return Judge(tokens).verdict();
}

} // namespace retention
