#include "connectors/sqlite_catalogue.hpp"

#include "connectors/sqlite_trigger.hpp"
#include "connectors/sqlite_type.hpp"
#include "tests/support/sqlite_file.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sstream>

using namespace retention;
using test::SqliteFile;
using Names = std::vector<std::string>;

namespace {

Catalogue catalogue_of(const SqliteFile& file) {
    SqliteConnection connection("crm", file.path(), Access::read_only);
    return read_catalogue(connection);
}

const Table& table_of(const Catalogue& catalogue, std::string_view name) {
    const auto* table = catalogue.find(name);
    BOOST_REQUIRE_MESSAGE(table, "no table " << name);
    return *table;
}

std::string joined(const Names& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) text += (i == 0 ? "" : ",") + names[i];
    return text;
}

Names nullable_columns(const Table& table) {
    Names names;
    for (const auto& column : table.columns)
        if (column.nullable) names.push_back(column.name);
    return names;
}

std::string shown(const DatabaseTrigger& trigger) {
    constexpr const char* timings[] = {"before", "after", "instead of"};
    constexpr const char* events[] = {"insert", "update", "delete"};
    std::string text = timings[static_cast<int>(trigger.timing)];
    text += std::string(" ") + events[static_cast<int>(trigger.event)];
    if (!trigger.columns.empty()) text += " of " + joined(trigger.columns);
    return text + (trigger.ignores_row ? ", ignores" : "");
}

std::size_t count(const Catalogue& catalogue, TableKind kind) {
    std::size_t found = 0;
    for (const auto& table : catalogue.tables) found += table.kind == kind;
    return found;
}

// The folder of a sample database; where it is absent the case says so and ends.
std::filesystem::path sample(const char* file) {
    const auto folder = test::sample_data(SOURCE_DIRECTORY);
    if (!folder.empty() && std::filesystem::exists(folder / file)) return folder / file;
    BOOST_WARN_MESSAGE(false, "SKIPPED: no sample database " << file << "; set RETENTION_DATA");
    return {};
}

} // namespace

BOOST_AUTO_TEST_SUITE(sqlite_catalogue)

BOOST_AUTO_TEST_CASE(a_declared_type_has_its_family) {
    struct Row {
        const char* type;
        TypeFamily family;
        std::size_t length; // 0: none
    };
    const Row rows[] = {
        {"INTEGER", TypeFamily::integer, 0},
        {"bigint(20)", TypeFamily::integer, 0},
        {"VARCHAR(20)", TypeFamily::text, 20},
        {"nvarchar ( 160 )", TypeFamily::text, 160},
        {"TEXT", TypeFamily::text, 0},
        {"VARCHAR(max)", TypeFamily::text, 0},
        {"VARCHAR(0)", TypeFamily::text, 0},
        {"VARCHAR(", TypeFamily::text, 0},
        {"CHAR(3 CHAR)", TypeFamily::text, 3},
        {"CLOB", TypeFamily::text, 0},
        {"DOUBLE PRECISION", TypeFamily::real, 0},
        {"FLOAT", TypeFamily::real, 0},
        {"DECIMAL(10, 2)", TypeFamily::real, 0},
        {"NUMERIC", TypeFamily::real, 0},
        {"date", TypeFamily::date, 0},
        {"DATETIME", TypeFamily::time_stamp, 0},
        {"TIMESTAMP WITH TIME ZONE", TypeFamily::time_stamp, 0},
        {"BOOLEAN", TypeFamily::boolean, 0},
        {"BLOB", TypeFamily::binary, 0},
        {"BLOB(16)", TypeFamily::binary, 0},
        {"", TypeFamily::loose, 0},
        {"ANY", TypeFamily::loose, 0},
        {"UUID", TypeFamily::uuid, 0},
        {"JSON", TypeFamily::other, 0},
        {"TIME", TypeFamily::other, 0},
        {"POINT", TypeFamily::integer, 0}, // SQLite's own rule: it has INT in it
    };

    for (const auto& row : rows) BOOST_TEST_CONTEXT("type '" << row.type << "'") {
            BOOST_TEST(static_cast<int>(sqlite_family(row.type)) == static_cast<int>(row.family));
            BOOST_TEST(sqlite_length(row.type).value_or(0) == row.length);
        }
}

BOOST_AUTO_TEST_CASE(columns_are_as_declared) {
    const SqliteFile file("CREATE TABLE t (Id INTEGER PRIMARY KEY, email VARCHAR(60) NOT NULL COLLATE nocase, x,"
                          "g TEXT GENERATED ALWAYS AS (email || x), s INT AS (Id * 2) STORED)");

    const auto catalogue = catalogue_of(file);

    const auto& table = table_of(catalogue, "T");
    BOOST_TEST(table.schema == "main");
    BOOST_TEST(table.name == "t");
    BOOST_TEST((table.kind == TableKind::table));
    BOOST_TEST(table.source.starts_with("CREATE TABLE t"));
    BOOST_REQUIRE_EQUAL(table.columns.size(), 5u);
    BOOST_TEST(joined(nullable_columns(table)) == "x,g,s");
    BOOST_TEST(joined(table.primary_key) == "Id");
    BOOST_TEST(table.columns[1].type == "VARCHAR(60)");
    BOOST_TEST(table.columns[1].collation == "NOCASE");
    BOOST_TEST(table.columns[2].collation == "BINARY");
    BOOST_TEST((table.columns[2].family == TypeFamily::loose));
    BOOST_TEST(table.columns[1].length.value() == 60u);
    BOOST_TEST(!table.columns[1].generated);
    BOOST_TEST(table.columns[3].generated);
    BOOST_TEST(table.columns[4].generated);
}

// In SQLite a primary key may be NULL, but for the rowid's own name, WITHOUT ROWID and STRICT.
BOOST_AUTO_TEST_CASE(a_key_is_nullable_where_sqlite_lets_it_be) {
    struct Row {
        const char *table, *nullable, *key, *indexes;
    };
    const Row rows[] = {
        {"(a INTEGER PRIMARY KEY, b)", "b", "a", ""},
        {"(a INTEGER, b, PRIMARY KEY (a))", "b", "a", ""},
        {"(a INT PRIMARY KEY, b)", "a,b", "a", "a"},
        {"(a INTEGER PRIMARY KEY DESC, b)", "a,b", "a", "a"},
        {"(a TEXT PRIMARY KEY, b)", "a,b", "a", "a"},
        {"(a TEXT PRIMARY KEY NOT NULL, b)", "b", "a", "a"},
        {"(a, b, c, PRIMARY KEY (b, a))", "a,b,c", "b,a", "b,a"},
        {"(a, b, c, PRIMARY KEY (b, a)) WITHOUT ROWID", "c", "b,a", "b,a"},
        {"(a TEXT PRIMARY KEY, b TEXT) STRICT", "b", "a", "a"},
        {"(a, b)", "a,b", "", ""},
    };

    for (const auto& row : rows) BOOST_TEST_CONTEXT(row.table) {
            const SqliteFile file("CREATE TABLE t " + std::string(row.table));
            const auto catalogue = catalogue_of(file);
            const auto& table = table_of(catalogue, "t");
            BOOST_TEST(joined(nullable_columns(table)) == row.nullable);
            BOOST_TEST(joined(table.primary_key) == row.key);
            BOOST_TEST(joined(table.indexes.empty() ? Names{} : table.indexes[0].columns) == row.indexes);
            BOOST_TEST(table.without_rowid == (std::string_view(row.table).find("WITHOUT") != std::string_view::npos));
            // The twin: what the engine itself does with a NULL.
            const bool takes_null = [&] {
                try {
                    file.run("INSERT INTO t (a) VALUES (NULL)");
                    return file.value("SELECT a FROM t") == "NULL";
                } catch (const std::runtime_error&) {
                    return false;
                }
            }();
            BOOST_TEST(table.find("a")->nullable == takes_null);
        }
}

BOOST_AUTO_TEST_CASE(indexes_say_what_they_keep_apart) {
    const SqliteFile file("CREATE TABLE t (a TEXT UNIQUE, b TEXT COLLATE NOCASE, c, d);"
                          "CREATE INDEX plain ON t (c, d); CREATE UNIQUE INDEX part ON t (c) WHERE d > 0;"
                          "CREATE UNIQUE INDEX expression ON t (lower(c), d);"
                          "CREATE UNIQUE INDEX finer ON t (b COLLATE BINARY); CREATE UNIQUE INDEX same ON t (b);"
                          "CREATE UNIQUE INDEX coarser ON t (c COLLATE NOCASE)");

    const auto catalogue = catalogue_of(file);

    const auto& table = table_of(catalogue, "t");
    std::string text;
    for (const auto& index : table.indexes)
        text += index.name + "(" + joined(index.columns) + ")" + (index.unique ? " unique" : "") +
                (index.partial ? " partial" : "") + "\n";
    BOOST_TEST(text == "coarser(c) unique\nsame(b) unique\nfiner(b)\nexpression(,d) unique\npart(c) unique partial\n"
                       "plain(c,d)\nsqlite_autoindex_t_1(a) unique\n");
    BOOST_TEST(table.is_unique({"a"}));
    BOOST_TEST(!table.is_unique({"d"}));
    file.run("DROP INDEX coarser; DROP INDEX same");
    const auto without = catalogue_of(file);
    BOOST_TEST(!table_of(without, "t").is_unique({"b"}));
    BOOST_TEST(!table_of(without, "t").is_unique({"c"}));
}

BOOST_AUTO_TEST_CASE(foreign_keys_name_both_ends_as_the_catalogue_does) {
    const SqliteFile file(
        "CREATE TABLE Parent (Id INTEGER PRIMARY KEY, Code TEXT UNIQUE); CREATE TABLE pair (x, y, PRIMARY KEY (y, x));"
        "CREATE TABLE child (a REFERENCES parent, b REFERENCES PARENT (CODE) ON DELETE CASCADE, c, d,"
        " e REFERENCES missing, f REFERENCES missing (g) ON DELETE SET NULL, self REFERENCES child (a) ON DELETE "
        "RESTRICT,"
        " FOREIGN KEY (C, d) REFERENCES pair ON DELETE SET DEFAULT, FOREIGN KEY (d, c) REFERENCES pair (x, y))");

    const auto catalogue = catalogue_of(file);

    std::string text;
    constexpr const char* actions[] = {"no action", "restrict", "cascade", "set null", "set default"};
    for (const auto& key : table_of(catalogue, "child").foreign_keys)
        text += joined(key.columns) + " " + key.schema + "." + key.references + "(" + joined(key.referenced) + ") " +
                actions[static_cast<int>(key.on_delete)] + "\n";
    BOOST_TEST(text == "a main.Parent(Id) no action\nb main.Parent(Code) cascade\ne main.missing(e) no action\n"
                       "f main.missing(g) set null\nself main.child(a) restrict\nc,d main.pair(y,x) set default\n"
                       "d,c main.pair(x,y) no action\n");
    BOOST_TEST(catalogue.references_to(table_of(catalogue, "parent")).size() == 2u);
    BOOST_TEST(catalogue.references_to(table_of(catalogue, "pair")).size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_trigger_is_read_from_its_text) {
    struct Row {
        std::string text, meaning;
    };
    const Row rows[] = {
        {"CREATE TRIGGER a DELETE ON t BEGIN SELECT 1; END", "before delete"},
        {"create trigger if not exists main.a after insert on t begin select 1; end", "after insert"},
        {"CREATE TRIGGER before AFTER UPDATE ON t BEGIN SELECT 1; END", "after update"},
        {"CREATE TRIGGER \"a \"\"b\"\" AFTER\" BEFORE UPDATE OF x, \"y z\", [w], `v`, 'u' ON t BEGIN SELECT 1; END",
         "before update of x,y z,w,v,u"},
        {"CREATE TRIGGER a -- AFTER DELETE\n /* INSTEAD OF */ UPDATE/**/OF/**/x ON t BEGIN SELECT 1; END",
         "before update of x"},
        {"CREATE TRIGGER 'a.b' INSTEAD OF INSERT ON v BEGIN SELECT 1; END", "instead of insert"},
        {"CREATE TRIGGER [a].[b] BEFORE DELETE ON t BEGIN SELECT RAISE ( ignore ); END", "before delete, ignores"},
        {"CREATE TRIGGER a BEFORE DELETE ON t WHEN OLD.x BEGIN SELECT CASE WHEN 1 THEN RAISE(/**/IGNORE) END; END",
         "before delete, ignores"},
        {"CREATE TRIGGER a BEFORE DELETE ON t BEGIN SELECT RAISE(ABORT, 'RAISE(IGNORE)'); END", "before delete"},
        {"CREATE TRIGGER a BEFORE DELETE ON t BEGIN SELECT 1; -- RAISE(IGNORE)\n END", "before delete"},
        {"CREATE TRIGGER a BEFORE DELETE ON t BEGIN UPDATE t SET \"raise\" = (ignore); END", "before delete"},
        {"CREATE TRIGGER übergabe AFTER DELETE ON t BEGIN SELECT 1; END", "after delete"},
    };

    for (const auto& row : rows) BOOST_TEST_CONTEXT(row.text) {
            const auto trigger = read_trigger("name", row.text);
            BOOST_TEST(shown(trigger) == row.meaning);
            BOOST_TEST(trigger.name == "name");
            BOOST_TEST(trigger.text == row.text);
        }
    for (const char* torn :
         {"", "CREATE TRIGGER", "CREATE TRIGGER a UPDATE OF", "CREATE TRIGGER 'a", "CREATE TRIGGER /*"})
        BOOST_CHECK_NO_THROW(read_trigger("torn", torn));
}

BOOST_AUTO_TEST_CASE(triggers_belong_to_their_table_and_temporary_ones_to_none) {
    const SqliteFile file("CREATE TABLE T (x, Y); CREATE VIEW v AS SELECT x FROM T;"
                          "CREATE TRIGGER a BEFORE UPDATE OF y ON t BEGIN SELECT RAISE(IGNORE); END;"
                          "CREATE TRIGGER b INSTEAD OF DELETE ON V BEGIN DELETE FROM T; END");
    SqliteConnection connection("crm", file.path(), Access::read_write);
    connection.exec("CREATE TEMP TRIGGER c AFTER DELETE ON main.t BEGIN SELECT 1; END");
    connection.exec("CREATE TEMP TABLE mine (x)");
    connection.exec("CREATE TEMP TABLE T (other)");

    const auto catalogue = read_catalogue(connection);

    BOOST_REQUIRE_EQUAL(catalogue.tables.size(), 2u);
    const auto& table = table_of(catalogue, "t");
    BOOST_REQUIRE_EQUAL(table.triggers.size(), 1u);
    BOOST_TEST(shown(table.triggers[0]) == "before update of Y, ignores");
    BOOST_TEST(table.columns.size() == 2u);
    BOOST_REQUIRE_EQUAL(table_of(catalogue, "v").triggers.size(), 1u);
    BOOST_TEST(table_of(catalogue, "v").triggers[0].name == "b");
}

BOOST_AUTO_TEST_CASE(views_and_virtual_tables_are_told_from_tables) {
    const SqliteFile file("CREATE TABLE t (x INTEGER PRIMARY KEY AUTOINCREMENT); CREATE VIEW v AS SELECT x AS y FROM t;"
                          "CREATE TABLE gone (x); CREATE VIEW broken AS SELECT * FROM gone; DROP TABLE gone;"
                          "CREATE VIRTUAL TABLE f USING fts5(body)");

    const auto catalogue = catalogue_of(file);

    BOOST_TEST((table_of(catalogue, "v").kind == TableKind::view));
    BOOST_TEST(table_of(catalogue, "v").columns.at(0).name == "y");
    BOOST_TEST((table_of(catalogue, "broken").kind == TableKind::view));
    BOOST_TEST(table_of(catalogue, "broken").columns.empty());
    BOOST_TEST((table_of(catalogue, "f").kind == TableKind::virtual_table));
    BOOST_TEST((table_of(catalogue, "f_data").kind == TableKind::virtual_table));
    BOOST_TEST(count(catalogue, TableKind::table) == 1u);
    BOOST_TEST(catalogue.find("sqlite_sequence") == nullptr);
}

BOOST_AUTO_TEST_CASE(any_name_will_do) {
    const Names names = {"Order Details", "a.b", "it's", "say \"so\"", "Größe", "select", "[x]", "50%", "-- no"};
    for (const auto& name : names) BOOST_TEST_CONTEXT(name) {
            std::string quoted;
            for (const char letter : name) quoted += letter == '"' ? std::string("\"\"") : std::string(1, letter);
            const SqliteFile file("CREATE TABLE \"" + quoted + "\" (\"" + quoted +
                                  "\" TEXT COLLATE NOCASE PRIMARY KEY,"
                                  " p REFERENCES \"" +
                                  quoted + "\"); CREATE INDEX \"i" + quoted + "\" ON \"" + quoted + "\" (\"" + quoted +
                                  "\"); CREATE TRIGGER \"t" + quoted + "\" BEFORE UPDATE OF \"" + quoted + "\" ON \"" +
                                  quoted + "\" BEGIN SELECT 1; END");

            const auto catalogue = catalogue_of(file);

            const auto& table = table_of(catalogue, name);
            BOOST_TEST(table.name == name);
            BOOST_TEST(table.columns.at(0).name == name);
            BOOST_TEST(table.columns.at(0).collation == "NOCASE");
            BOOST_TEST(joined(table.primary_key) == name);
            BOOST_TEST(table.foreign_keys.at(0).references == name);
            BOOST_TEST(joined(table.foreign_keys.at(0).referenced) == name);
            BOOST_TEST(joined(table.triggers.at(0).columns) == name);
            BOOST_TEST(table.indexes.size() == 2u);
            BOOST_TEST(&table_of(catalogue, "main." + name) == &table);
        }
}

BOOST_AUTO_TEST_CASE(reading_leaves_the_transaction_as_it_was) {
    const SqliteFile file("CREATE TABLE t (x)");
    SqliteConnection connection("crm", file.path(), Access::read_write);

    read_catalogue(connection);
    BOOST_TEST(!connection.in_transaction());
    connection.exec("BEGIN");
    connection.exec("CREATE TABLE u (x)");
    const auto inside = read_catalogue(connection);

    BOOST_TEST(connection.in_transaction());
    BOOST_TEST(inside.tables.size() == 2u);
    connection.exec("ROLLBACK");
    BOOST_TEST(read_catalogue(connection).tables.size() == 1u);
}

BOOST_AUTO_TEST_CASE(reads_the_sample_database_chinook) {
    const auto original = sample("chinook/Chinook_Sqlite.sqlite");
    if (original.empty()) return;

    const auto catalogue = catalogue_of(SqliteFile::copy_of(original));

    BOOST_TEST(catalogue.tables.size() == 11u);
    const auto& customer = table_of(catalogue, "customer");
    BOOST_TEST(joined(customer.primary_key) == "CustomerId");
    BOOST_TEST(customer.find("LastName")->length.value() == 20u);
    BOOST_TEST(!customer.find("Email")->nullable);
    BOOST_TEST((table_of(catalogue, "Invoice").find("InvoiceDate")->family == TypeFamily::time_stamp));
    const auto references = catalogue.references_to(table_of(catalogue, "Invoice"));
    BOOST_REQUIRE_EQUAL(references.size(), 1u);
    BOOST_TEST(references[0].from->name == "InvoiceLine");
    BOOST_TEST(joined(table_of(catalogue, "PlaylistTrack").primary_key) == "PlaylistId,TrackId");
}

BOOST_AUTO_TEST_CASE(reads_the_sample_database_northwind) {
    const auto script = sample("northwind/northwind_create.sql");
    if (script.empty()) return;
    std::ifstream stream(script);
    std::ostringstream sql;
    sql << "BEGIN;" << stream.rdbuf() << ";COMMIT;";

    const auto catalogue = catalogue_of(SqliteFile(sql.str()));

    BOOST_TEST(count(catalogue, TableKind::view) == 16u);
    const auto& details = table_of(catalogue, "Order Details");
    BOOST_TEST(joined(details.primary_key) == "OrderID,ProductID");
    BOOST_TEST(details.foreign_keys.size() == 2u);
    BOOST_TEST(&table_of(catalogue, "main.order details") == &details);
    BOOST_TEST((table_of(catalogue, "Orders").find("ShippedDate")->family == TypeFamily::time_stamp));
    for (const auto& table : catalogue.tables)
        if (table.kind == TableKind::view) BOOST_TEST_CONTEXT(table.name) BOOST_TEST(!table.columns.empty());
}

BOOST_AUTO_TEST_SUITE_END()
