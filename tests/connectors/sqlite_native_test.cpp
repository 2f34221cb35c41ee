#include "connectors/sqlite_native.hpp"

#include "tests/support/sqlite_file.hpp"

#include <boost/test/unit_test.hpp>

#include <sqlite3.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <thread>

#include <unistd.h>

using namespace retention;
using namespace std::chrono_literals;
using test::SqliteFile;
using Kind = StoreError::Kind;

namespace {

SqliteConnection reader(const SqliteFile& file) {
    return {"crm", file.path(), Access::read_only};
}
SqliteConnection writer(const SqliteFile& file, std::chrono::milliseconds timeout = 5s) {
    return {"crm", file.path(), Access::read_write, timeout};
}

// The error that the work ends with; the test fails where there is none.
template <typename Work>
StoreError error_of(Work work) {
    try {
        work();
    } catch (const StoreError& error) {
        return error;
    }
    BOOST_FAIL("no StoreError");
    throw;
}

bool says(const StoreError& error, std::string_view text) {
    return std::string_view(error.what()).find(text) != std::string_view::npos;
}

std::int64_t count(const SqliteConnection& connection, const std::string& query) {
    SqliteStatement statement(connection, query);
    BOOST_REQUIRE(statement.step());
    return statement.integer(0);
}

// As long as it lives, this process reads the folders but does not write to them, whoever runs the tests.
class Unprivileged {
public:
    explicit Unprivileged(std::vector<std::filesystem::path> folders) : folders_(std::move(folders)), was_(geteuid()) {
        allow(std::filesystem::perms{0555});
        if (was_ == 0) BOOST_REQUIRE_EQUAL(seteuid(65534), 0);
    }
    ~Unprivileged() {
        if (seteuid(was_) != 0) std::abort();
        allow(std::filesystem::perms{0755});
    }
    Unprivileged(const Unprivileged&) = delete;
    Unprivileged& operator=(const Unprivileged&) = delete;

private:
    void allow(std::filesystem::perms rights) const {
        for (const auto& folder : folders_) std::filesystem::permissions(folder, rights);
    }
    std::vector<std::filesystem::path> folders_;
    uid_t was_;
};

constexpr char endless[] = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

} // namespace

BOOST_AUTO_TEST_SUITE(sqlite_native)

BOOST_AUTO_TEST_CASE(a_missing_file_is_an_error_and_is_not_created) {
    const SqliteFile file;
    const auto missing = file.folder() / "missing.sqlite";

    for (const auto access : {Access::read_only, Access::read_write}) {
        const auto error = error_of([&] { SqliteConnection("crm", missing, access); });

        BOOST_TEST(static_cast<int>(error.kind) == static_cast<int>(Kind::lost));
        BOOST_TEST(says(error, "store 'crm'"));
        BOOST_TEST(says(error, "there is no such file"));
        BOOST_TEST(says(error, "hint: "));
        BOOST_TEST(!std::filesystem::exists(missing));
    }
}

BOOST_AUTO_TEST_CASE(a_folder_and_a_file_that_is_no_database_are_said_to_be_so) {
    const SqliteFile file;
    const auto text = file.folder() / "text.sqlite";
    std::ofstream(text) << std::string(4096, 'x');

    const auto folder_error = error_of([&] { SqliteConnection("crm", file.folder(), Access::read_only); });
    const auto text_error = error_of([&] { SqliteConnection("crm", text, Access::read_only); });

    BOOST_TEST(says(folder_error, "it is not a file"));
    BOOST_TEST(static_cast<int>(text_error.kind) == static_cast<int>(Kind::lost));
    BOOST_TEST(says(text_error, "file is not a database"));
    BOOST_TEST(says(text_error, "text.sqlite"));
}

BOOST_AUTO_TEST_CASE(a_path_may_hold_anything) {
    for (const std::string name :
         {"a b.db", "100%41.db", "q?mode=rwc.db", "x#y.db", "it's \"so\".db", "Größe=ü&;.db", "a:b.db"})
        BOOST_TEST_CONTEXT(name) {
            const SqliteFile file("CREATE TABLE t (x); INSERT INTO t VALUES (7)", name);

            BOOST_TEST(count(reader(file), "SELECT x FROM t") == 7);
            BOOST_TEST(count(writer(file), "SELECT x FROM t") == 7);
        }
}

BOOST_AUTO_TEST_CASE(a_read_only_connection_changes_nothing) {
    const SqliteFile file("CREATE TABLE t (x); INSERT INTO t VALUES (7)");
    auto connection = reader(file);

    const auto error = error_of([&] { connection.exec("DELETE FROM t"); });

    BOOST_TEST(static_cast<int>(error.kind) == static_cast<int>(Kind::refused));
    BOOST_TEST(file.value("SELECT count(*) FROM t") == "1");
    BOOST_TEST(writer(file).exec("DELETE FROM t") == 1); // the twin: the same statement where it is allowed
}

BOOST_AUTO_TEST_CASE(a_wal_database_is_read_whether_its_log_is_there_or_not) {
    const SqliteFile file("PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (7)");
    const auto wal = file.path().string() + "-wal";
    BOOST_REQUIRE(!std::filesystem::exists(wal));

    BOOST_TEST(count(reader(file), "SELECT x FROM t") == 7);

    auto application = writer(file);
    application.exec("UPDATE t SET x = 8");
    BOOST_REQUIRE(std::filesystem::exists(wal));
    BOOST_TEST(count(reader(file), "SELECT x FROM t") == 8);
}

BOOST_AUTO_TEST_CASE(a_wal_that_is_out_of_reach_is_said_with_what_to_do) {
    const SqliteFile file("PRAGMA journal_mode = WAL; CREATE TABLE t (x)");
    const SqliteFile plain("CREATE TABLE t (x); INSERT INTO t VALUES (7)");

    const Unprivileged user({file.folder(), plain.folder()});
    const auto error = error_of([&] { reader(file); });

    BOOST_TEST(static_cast<int>(error.kind) == static_cast<int>(Kind::lost));
    BOOST_TEST(says(error, "hint: a database in WAL mode"));
    BOOST_TEST(says(error, file.folder().string()));
    BOOST_TEST(count(reader(plain), "SELECT x FROM t") == 7); // the twin: without WAL it is read from there
}

BOOST_AUTO_TEST_CASE(foreign_keys_are_enforced) {
    const SqliteFile file("CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p (id));"
                          "INSERT INTO p VALUES (1); INSERT INTO c VALUES (1)");

    auto connection = writer(file);
    const auto error = error_of([&] { connection.exec("DELETE FROM p"); });

    BOOST_TEST(static_cast<int>(error.kind) == static_cast<int>(Kind::refused));
    BOOST_TEST(says(error, "FOREIGN KEY constraint failed"));
    file.run("DELETE FROM p"); // the twin: SQLite alone lets it happen
    BOOST_TEST(file.value("SELECT count(*) FROM p") == "0");
}

BOOST_AUTO_TEST_CASE(deleted_bytes_are_overwritten) {
    const SqliteFile file("PRAGMA journal_mode = DELETE; CREATE TABLE t (x);"
                          "INSERT INTO t VALUES ('Annabel Plackett'), ('Somebody Else')");
    const auto bytes = [&] {
        std::ifstream stream(file.path(), std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(stream), {});
    };
    BOOST_REQUIRE(bytes().find("Annabel") != std::string::npos);

    writer(file).exec("DELETE FROM t WHERE x LIKE 'Annabel%'");

    BOOST_TEST((bytes().find("Annabel") == std::string::npos));
    file.run("PRAGMA secure_delete = OFF; DELETE FROM t WHERE x LIKE 'Somebody%'"); // the twin
    BOOST_TEST((bytes().find("Somebody") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(an_unknown_name_in_quotes_is_an_error_and_no_string) {
    const SqliteFile file("CREATE TABLE t (kind TEXT)");
    const auto connection = reader(file);

    const auto error = error_of([&] { SqliteStatement(connection, "SELECT * FROM t WHERE \"knid\" = 'x'"); });

    BOOST_TEST(says(error, "no such column: knid"));
    BOOST_CHECK_NO_THROW(SqliteStatement(connection, "SELECT * FROM t WHERE \"kind\" = 'x'"));
    BOOST_TEST(file.value("SELECT \"knid\" = 'knid'") == "1"); // the twin: SQLite's default takes it for a string
}

BOOST_AUTO_TEST_CASE(a_schema_that_quotes_its_strings_doubly_still_opens) {
    const SqliteFile file("CREATE TABLE t (kind TEXT DEFAULT \"none\" CHECK (kind <> \"bad\"))");
    auto connection = writer(file);

    connection.exec("INSERT INTO t DEFAULT VALUES");

    BOOST_TEST(file.value("SELECT kind FROM t") == "none");
}

BOOST_AUTO_TEST_CASE(triggers_of_the_schema_may_still_fill_a_full_text_index) {
    const SqliteFile file("CREATE TABLE t (id INTEGER PRIMARY KEY, x); CREATE VIRTUAL TABLE f USING fts5(x);"
                          "CREATE TRIGGER d AFTER DELETE ON t BEGIN DELETE FROM f WHERE rowid = OLD.id; END;"
                          "INSERT INTO t VALUES (1, 'a'); INSERT INTO f (rowid, x) VALUES (1, 'a')");

    writer(file).exec("DELETE FROM t");

    BOOST_TEST(file.value("SELECT count(*) FROM f") == "0");
}

BOOST_AUTO_TEST_CASE(a_statement_is_one_statement) {
    const SqliteFile file("CREATE TABLE t (x)");
    const auto connection = reader(file);

    for (const char* good :
         {"SELECT 1", "SELECT 1;", "SELECT 1 ; -- and no more\n", "SELECT ';' /* ; */ ;;", "/* a */ SELECT 1"})
        BOOST_TEST_CONTEXT(good) BOOST_CHECK_NO_THROW(SqliteStatement(connection, good));
    for (const char* bad : {"SELECT 1; SELECT 2", "SELECT 1; x", "SELECT 1;; DELETE FROM t", "SELECT 1; 'open"})
        BOOST_TEST_CONTEXT(bad)
    BOOST_TEST(says(error_of([&] { SqliteStatement(connection, bad); }), "text after the statement's end"));
    for (const char* none : {"", "  ", ";", "-- nothing"})
        BOOST_TEST_CONTEXT(none) BOOST_TEST(says(error_of([&] { SqliteStatement(connection, none); }), "no statement"));
    BOOST_TEST(
        says(error_of([&] { SqliteStatement(connection, std::string_view("SELECT 1\0, 2", 12)); }), "zero byte"));
}

BOOST_AUTO_TEST_CASE(values_come_back_as_they_went_in) {
    const SqliteFile file("CREATE TABLE t (x)");
    auto connection = writer(file);
    const std::string zeros("a\0b", 3);
    const std::vector<Value> values = {
        {},     std::int64_t{0}, std::int64_t{5'000'000'000},    std::numeric_limits<std::int64_t>::min(),
        0.1,    std::string(),   std::string("a:b ? 'c' \"d\""), zeros,
        Blob{}, Blob{zeros}};

    for (const auto& value : values) connection.exec("INSERT INTO t VALUES (?)", {value});

    SqliteStatement rows(connection, "SELECT x, x IS NULL FROM t ORDER BY rowid");
    for (const auto& value : values) {
        BOOST_REQUIRE(rows.step());
        BOOST_TEST((rows.value(0) == value));
        BOOST_TEST(rows.is_null(0) == (rows.integer(1) == 1));
    }
    BOOST_TEST(!rows.step());
}

BOOST_AUTO_TEST_CASE(typed_access_gives_what_value_gives) {
    const SqliteFile file;
    const auto connection = reader(file);
    SqliteStatement row(connection, "SELECT 5000000000, 0.5, 'text', NULL");

    BOOST_REQUIRE(row.step());

    BOOST_TEST(row.columns() == 4);
    BOOST_TEST(row.integer(0) == 5'000'000'000);
    BOOST_TEST(row.real(1) == 0.5);
    BOOST_TEST(row.text(2) == "text");
    BOOST_TEST(row.text(3).empty());
    BOOST_TEST(row.is_null(3));
}

BOOST_AUTO_TEST_CASE(a_statement_runs_again_with_its_bindings_kept) {
    const SqliteFile file("CREATE TABLE t (x); INSERT INTO t VALUES (1), (2), (3)");
    const auto connection = reader(file);
    SqliteStatement statement(connection, "SELECT x FROM t WHERE x >= ?1 ORDER BY x");
    statement.bind(1, std::int64_t{2});

    const auto all = [&] {
        std::vector<std::int64_t> found;
        while (statement.step()) found.push_back(statement.integer(0));
        return found;
    };

    const std::vector<std::int64_t> expected{2, 3};
    BOOST_TEST(all() == expected);
    BOOST_TEST(all() == expected);
    BOOST_REQUIRE(statement.step());
    statement.reset();
    BOOST_TEST(all() == expected);
}

BOOST_AUTO_TEST_CASE(every_parameter_must_get_its_value) {
    const SqliteFile file;
    auto connection = reader(file);

    BOOST_TEST(says(error_of([&] { connection.exec("SELECT ?, ?", {std::int64_t{1}}); }), "1 values for 2 parameters"));
    BOOST_CHECK_NO_THROW(connection.exec("SELECT ?, ?", {std::int64_t{1}, {}}));
    SqliteStatement one(connection, "SELECT ?");
    BOOST_CHECK_THROW(one.bind(2, {}), StoreError);
}

BOOST_AUTO_TEST_CASE(exec_counts_the_rows_of_its_own_statement_alone) {
    const SqliteFile file("CREATE TABLE p (id INTEGER PRIMARY KEY);"
                          "CREATE TABLE c (p REFERENCES p (id) ON DELETE CASCADE);"
                          "INSERT INTO p VALUES (1), (2); INSERT INTO c VALUES (1), (1), (1)");
    auto connection = writer(file);

    BOOST_TEST(connection.exec("DELETE FROM p WHERE id = 1") == 1);
    BOOST_TEST(connection.exec("SELECT * FROM p") == 0);
    BOOST_TEST(connection.exec("DELETE FROM p WHERE id = 1") == 0);
}

BOOST_AUTO_TEST_CASE(errors_have_the_kind_that_tells_what_to_do) {
    const SqliteFile file("CREATE TABLE t (id INTEGER PRIMARY KEY, x INT NOT NULL UNIQUE CHECK (x > 0));"
                          "INSERT INTO t VALUES (1, 1)");
    auto connection = writer(file, 0ms);
    struct Row {
        const char* sql;
        Kind kind;
    };

    for (const Row& row :
         {Row{"INSERT INTO t VALUES (2, 1)", Kind::refused}, Row{"INSERT INTO t VALUES (1, 2)", Kind::refused},
          Row{"INSERT INTO t VALUES (2, NULL)", Kind::refused}, Row{"UPDATE t SET x = 0", Kind::refused},
          Row{"INSERT INTO t VALUES ('a', 2)", Kind::refused}, Row{"SELECT * FROM missing", Kind::failed},
          Row{"SELEC 1", Kind::failed}, Row{"SELECT abs(-9223372036854775808)", Kind::failed}})
        BOOST_TEST_CONTEXT(row.sql) {
            const auto error = error_of([&] { connection.exec(row.sql); });
            BOOST_TEST(static_cast<int>(error.kind) == static_cast<int>(row.kind));
        }
}

BOOST_AUTO_TEST_CASE(a_lock_that_another_holds_is_busy_and_is_had_once_it_is_free) {
    const SqliteFile file("CREATE TABLE t (x)");
    auto other = writer(file);
    auto connection = writer(file, 20ms);
    other.exec("BEGIN IMMEDIATE");

    const auto error = error_of([&] { connection.exec("BEGIN IMMEDIATE"); });

    BOOST_TEST(static_cast<int>(error.kind) == static_cast<int>(Kind::busy));
    BOOST_TEST(says(error, "database is locked"));
    BOOST_TEST(!connection.in_transaction());
    other.exec("ROLLBACK");
    connection.exec("BEGIN IMMEDIATE");
    BOOST_TEST(connection.in_transaction());
}

BOOST_AUTO_TEST_CASE(a_snapshot_that_another_overtook_is_busy) {
    const SqliteFile file("PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1)");
    auto connection = writer(file);
    connection.exec("BEGIN");
    BOOST_REQUIRE_EQUAL(count(connection, "SELECT x FROM t"), 1);
    file.run("UPDATE t SET x = 2");

    const auto error = error_of([&] { connection.exec("UPDATE t SET x = 3"); });

    BOOST_TEST(static_cast<int>(error.kind) == static_cast<int>(Kind::busy));
    BOOST_TEST(says(error, std::to_string(SQLITE_BUSY_SNAPSHOT)));
}

BOOST_AUTO_TEST_CASE(a_statement_that_runs_can_be_cancelled_from_another_thread) {
    const SqliteFile file;
    auto connection = reader(file);
    std::atomic<bool> ended = false;
    std::thread canceller([&] {
        while (!ended) connection.cancel();
    });

    const auto error = error_of([&] { connection.exec(endless); });
    ended = true;
    canceller.join();

    BOOST_TEST(static_cast<int>(error.kind) == static_cast<int>(Kind::cancelled));
    BOOST_TEST(count(connection, "SELECT 1") == 1); // the next one is not touched
}

BOOST_AUTO_TEST_CASE(a_wait_for_a_lock_can_be_cancelled) {
    const SqliteFile file("CREATE TABLE t (x)");
    auto other = writer(file);
    auto connection = writer(file, 10min);
    other.exec("BEGIN IMMEDIATE");
    std::atomic<bool> ended = false;
    std::thread canceller([&] {
        while (!ended) connection.cancel();
    });

    const auto error = error_of([&] { connection.exec("BEGIN IMMEDIATE"); });
    ended = true;
    canceller.join();

    BOOST_TEST(static_cast<int>(error.kind) == static_cast<int>(Kind::cancelled));
}

BOOST_AUTO_TEST_CASE(a_cancel_while_nothing_runs_does_nothing) {
    const SqliteFile file("CREATE TABLE t (x); INSERT INTO t VALUES (1), (2)");
    const auto connection = std::make_unique<SqliteConnection>(reader(file));
    SqliteStatement rows(*connection, "SELECT x FROM t");
    BOOST_REQUIRE(rows.step());

    connection->cancel();

    BOOST_TEST(rows.step());
    BOOST_TEST(!rows.step());
    BOOST_REQUIRE(rows.step());
    sqlite3_interrupt(connection->handle()); // the twin: without the guard it hits what was begun
    BOOST_CHECK_THROW(rows.step(), StoreError);
}

BOOST_AUTO_TEST_CASE(a_statement_keeps_its_connection_open) {
    const SqliteFile file("CREATE TABLE t (x); INSERT INTO t VALUES (1)");
    auto connection = std::make_unique<SqliteConnection>(reader(file));
    SqliteStatement rows(*connection, "SELECT x FROM t");

    connection.reset();

    BOOST_TEST(rows.step());
}

BOOST_AUTO_TEST_CASE(a_failed_statement_leaves_the_transaction_to_its_caller) {
    const SqliteFile file("CREATE TABLE t (x UNIQUE); INSERT INTO t VALUES (1)");
    auto connection = writer(file);
    connection.exec("BEGIN IMMEDIATE");
    connection.exec("INSERT INTO t VALUES (2)");

    BOOST_CHECK_THROW(connection.exec("INSERT INTO t VALUES (1)"), StoreError);

    BOOST_TEST(connection.in_transaction());
    connection.exec("ROLLBACK");
    BOOST_TEST(!connection.in_transaction());
    BOOST_TEST(file.value("SELECT count(*) FROM t") == "1");
}

BOOST_AUTO_TEST_CASE(a_file_or_folder_that_may_not_be_written_is_named_with_who_must) {
    const SqliteFile file("CREATE TABLE a (id INTEGER); INSERT INTO a VALUES (1);");
    const auto said = [&](std::filesystem::perms of_file) {
        std::filesystem::permissions(file.path(), of_file);
        const Unprivileged now({file.folder()});
        auto connection = writer(file);
        const auto error = error_of([&] { connection.exec("DELETE FROM a"); });
        BOOST_TEST(
            says(error, "\nhint: the user that retentiond runs as must be able to write the file, and to make "));
        return std::string(error.what());
    };

    BOOST_TEST(said(std::filesystem::perms{0444}).find("readonly database") != std::string::npos);
    BOOST_TEST(said(std::filesystem::perms{0666}).find("(sqlite code 1544)") != std::string::npos); // its folder
}

BOOST_AUTO_TEST_SUITE_END()
