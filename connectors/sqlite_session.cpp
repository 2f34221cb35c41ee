#include "connectors/sqlite_session.hpp"

#include "connectors/sqlite_catalogue.hpp"
#include "connectors/sqlite_functions.hpp"
#include "connectors/sqlite_query.hpp"
#include "connectors/witness_table.hpp"

#include <chrono>
#include <sqlite3.h>

namespace retention {

SqliteSession::SqliteSession(const StoreSettings& settings, const Zone& here, Access access)
    : connection_(settings.name, settings.file, access)
    , database_(connection_)
    , dialect_(here, settings.zone)
    , here_(here) {
    register_functions(connection_.handle(), here, settings.zone);
    if (access == Access::read_only) return;
    // A rollback journal that is kept (journal_mode = persist) would keep the deleted rows with it. A write-ahead log
    // is truncated once, at the end: growing again after each checkpoint would cost the file system a commit of its
    // own.
    SqliteStatement mode(connection_, "PRAGMA main.journal_mode", "read the journal's mode");
    if (mode.step() && mode.text(0) == "persist") connection_.exec("PRAGMA journal_size_limit = 0");
    // What a statement needs to undo itself is as large as its batch: in memory it costs no second copy on the disk.
    connection_.exec("PRAGMA temp_store = MEMORY");
}

Catalogue SqliteSession::catalogue() {
    return read_catalogue(connection_);
}

std::unique_ptr<Walk> SqliteSession::walk(const Plan& plan) {
    return make_sqlite_walk(connection_, database_, dialect_, plan);
}

void SqliteSession::prepare_witnesses() {
    connection_.exec(create_witness_table(Engine::sqlite));
}

namespace {

constexpr const char* has_witnesses =
    "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = 'retentiond_batches'";

} // namespace

std::vector<Witness> SqliteSession::witnesses() {
    const Snapshot snapshot(database_);
    std::vector<Witness> witnesses;
    if (count_of(connection_, has_witnesses, "look for witness rows") == 0) return witnesses;
    SqliteStatement select(connection_, "SELECT batch, records, at, head FROM main.retentiond_batches ORDER BY rowid",
                           "read witness rows");
    while (select.step()) {
        Witness witness;
        witness.batch = select.text(0);
        witness.records = select.integer(1);
        witness.at = utc_instant(select.text(2));
        witness.head = select.text(3);
        witnesses.push_back(std::move(witness));
    }
    return witnesses;
}

void SqliteSession::mark(const std::string& name) {
    connection_.exec("INSERT INTO main.retentiond_batches (batch, records, at, head) VALUES (?, 0, ?, '')",
                     {mark_row(name), utc_text(now()) + "Z"});
}

// Whoever still had the batch's transaction open would hold the write lock: having it, we know that none does.
Settled SqliteSession::settle(const std::string& batch) {
    try {
        database_.begin_batch();
        const bool is_there =
            count_of(connection_, has_witnesses, "look for witness rows") > 0 &&
            count_of(connection_, "SELECT count(*) FROM main.retentiond_batches WHERE batch = " + Sql::value(batch),
                     "look for a witness row") > 0;
        database_.rollback();
        return is_there ? Settled::committed : Settled::rolled_back;
    } catch (const StoreError& error) {
        database_.rollback();
        if (error.kind == StoreError::Kind::busy) return Settled::in_doubt;
        throw;
    }
}

namespace {

// Rewriting a database of this size takes about a second. A larger one is left to its administrator.
constexpr std::int64_t small_database = 64 << 20;

bool truncate_log(const SqliteConnection& connection) {
    SqliteStatement checkpoint(connection, "PRAGMA main.wal_checkpoint(TRUNCATE)", "truncate the write-ahead log");
    return !checkpoint.step() || checkpoint.integer(0) == 0;
}

} // namespace

// secure_delete wipes what is deleted, but not the old place of a row that SQLite moved to another page: only rewriting
// the file does. Virtual tables may refer to row ids, which that would change.
bool SqliteSession::rewrite() {
    const auto bytes = count_of(connection_, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
                                "read the size");
    const auto virtual_tables =
        count_of(connection_, "SELECT count(*) FROM main.sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL%'",
                 "look for virtual tables");
    if (bytes > small_database || virtual_tables > 0) return false;
    try {
        connection_.exec("PRAGMA temp_store = FILE"); // the copy must not stand in memory
        connection_.exec("VACUUM main");
        return truncate_log(connection_);
    } catch (const StoreError& error) {
        if (error.kind == StoreError::Kind::busy) return false;
        throw;
    }
}

std::vector<std::string> SqliteSession::leave_no_trace() {
    const bool changed = sqlite3_total_changes64(connection_.handle()) > 0;
    const bool truncated = truncate_log(connection_);
    if (truncated && (!changed || rewrite())) return {};
    if (truncated)
        return {connection_.store() + ": values of rows that SQLite once moved may stay in unused parts of its pages "
                                      "until VACUUM rewrites the file"};
    return {connection_.store() + ": another connection reads an old state: rows that were disposed of stay in the "
                                  "write-ahead log until it ends and a later run truncates it"};
}

Instant SqliteSession::now() {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

namespace {

class SqliteConnector : public Connector {
public:
    SqliteConnector(StoreSettings settings, Zone here) : settings_(std::move(settings)), here_(std::move(here)) {}
    std::unique_ptr<Session> open(Access access) override {
        return std::make_unique<SqliteSession>(settings_, here_, access);
    }
    std::size_t most_writers() const override { return 1; }

private:
    StoreSettings settings_;
    Zone here_;
};

} // namespace

std::unique_ptr<Connector> make_sqlite_connector(const StoreSettings& settings, const Zone& here) {
    return std::make_unique<SqliteConnector>(settings, here);
}

} // namespace retention
