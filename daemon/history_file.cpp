#include "daemon/history_file.hpp"

#include "daemon/digest.hpp"

#include <fcntl.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sqlite3.h>

namespace retention {
namespace {

namespace fs = std::filesystem;

constexpr int form = 2; // of the tables below; 1 had no `schedule`

fs::path database_in(const fs::path& folder) {
    return folder / "history.db";
}
fs::path name_in(const fs::path& folder) {
    return folder / "history";
}

std::string what_to_do(const fs::path& folder) {
    return "\nhint: bring " + folder.string() +
           " back from a backup, or, to go on without it, say so as an operator: retentiond purge CATEGORY --yes (with "
           "--local where no daemon runs)";
}

HistoryFile lost_history(const fs::path& folder, const std::string& why) {
    return {nullptr, "the state is lost: " + database_in(folder).string() + " " + why + what_to_do(folder)};
}

// `sql`: through which it may be read; from now on without waiting.
HistoryFile busy_history(const fs::path& folder, std::unique_ptr<soci::session> sql) {
    const auto file = database_in(folder).string();
    if (sql) be_patient(*sql, Patience(0));
    return {std::move(sql),
            "the state is busy: " + file +
                " is locked by another process\nhint: nothing is lost; try again when that process (fuser " + file +
                " names it) has let go, the daemon does so by itself",
            true};
}

// SOCI's whole text repeats the statement with its values.
std::string reason_of(const std::exception& error) {
    const auto* failure = dynamic_cast<const soci::soci_error*>(&error);
    return failure ? failure->get_error_message() : error.what();
}

bool is_busy(const std::exception& error) {
    const auto* failure = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
    return failure && (failure->result() & 0xff) == SQLITE_BUSY;
}

// SOCI makes a file that is missing: only one that is there is opened.
std::unique_ptr<soci::session> connect(const fs::path& file, Patience patience) {
    auto sql = std::make_unique<soci::session>(*soci::factory_sqlite3(), "db=\"" + file.string() + "\"");
    be_patient(*sql, patience);
    *sql << "PRAGMA synchronous = FULL";
    return sql;
}

HistoryFile make_history(const fs::path& folder, Patience patience) {
    const auto name = unlike_any_other();
    const auto file = database_in(folder);
    create_durably(file, "", 0600);
    HistoryFile made{connect(file, patience)};
    auto& sql = *made.sql;
    sql << "BEGIN IMMEDIATE";
    sql << "CREATE TABLE identity (name TEXT NOT NULL)";
    sql << "CREATE TABLE runs (number INTEGER PRIMARY KEY, run TEXT NOT NULL UNIQUE, record TEXT NOT NULL)";
    sql << "CREATE TABLE categories (category TEXT PRIMARY KEY, record TEXT NOT NULL)";
    sql << "CREATE TABLE served (category TEXT PRIMARY KEY, through TEXT NOT NULL, schedule TEXT)";
    sql << "INSERT INTO identity VALUES (:name)", soci::use(name, "name");
    sql << "PRAGMA user_version = " + std::to_string(form);
    sql << "COMMIT";
    replace_durably(name_in(folder), name + "\n", 0600); // not before the file it names
    return made;
}

std::string text_from(soci::session& sql, const std::string& query) {
    std::string text;
    sql << query, soci::into(text);
    return text;
}

int form_of(soci::session& sql) {
    int version = 0;
    sql << "SELECT user_version FROM pragma_user_version", soci::into(version);
    return version;
}

void bring_up_to_date(soci::session& sql) {
    if (form_of(sql) == form) return;
    soci::transaction all(sql);
    sql << "ALTER TABLE served ADD COLUMN schedule TEXT";
    sql << "PRAGMA user_version = " + std::to_string(form);
    all.commit();
}

// Empty: it is whole and the one that `name` says.
std::string fault_of(soci::session& sql, const std::string& name) {
    if (const auto check = text_from(sql, "PRAGMA quick_check(1)"); check != "ok") return "is damaged: " + check;
    const int version = form_of(sql);
    if (version < 1 || version > form)
        return "is of form " + std::to_string(version) + ", which this program does not know";
    if (text_from(sql, "SELECT name FROM identity") + "\n" != name) return "is not the one that was kept here";
    return "";
}

HistoryFile opened(const fs::path& folder, const std::string& name, Patience patience) {
    try {
        auto sql = connect(database_in(folder), patience);
        const auto fault = fault_of(*sql, name);
        if (!fault.empty()) return lost_history(folder, fault);
        bring_up_to_date(*sql);
        return is_free(*sql) ? HistoryFile{std::move(sql)} : busy_history(folder, std::move(sql));
    } catch (const std::exception& error) {
        return unusable_history(folder, error);
    }
}

} // namespace

void be_patient(soci::session& sql, Patience patience) {
    sql << "PRAGMA busy_timeout = " + std::to_string(patience.count());
}

bool is_free(soci::session& sql) {
    try {
        sql << "BEGIN EXCLUSIVE";
        sql << "ROLLBACK";
        return true;
    } catch (const std::exception& error) {
        return !is_busy(error); // what else is wrong shows when it is written
    }
}

HistoryFile unusable_history(const fs::path& folder, const std::exception& error, HistoryFile file) {
    if (is_busy(error)) return busy_history(folder, std::move(file.sql));
    return lost_history(folder, "cannot be used: " + reason_of(error));
}

HistoryFile open_history(const fs::path& folder, bool past, Patience patience) {
    const bool named = fs::exists(name_in(folder)), there = fs::exists(database_in(folder));
    if (named && there) return opened(folder, read_fully(name_in(folder)), patience);
    if (named) return lost_history(folder, "is missing");
    if (past)
        return {nullptr, "the state is lost: the audit log goes on from an earlier time, of which " + folder.string() +
                             " knows nothing" + what_to_do(folder)};
    if (there) fs::remove(database_in(folder)); // a first start that ended before it was named
    return make_history(folder, patience);
}

HistoryFile begin_history_anew(const fs::path& folder, Patience patience) {
    const auto file = database_in(folder);
    for (int number = 1; fs::exists(file); ++number) {
        const auto aside = folder / ("history.db.lost-" + std::to_string(number));
        if (!fs::exists(aside)) fs::rename(file, aside);
    }
    fs::remove(file.string() + "-journal");
    return make_history(folder, patience);
}

} // namespace retention
