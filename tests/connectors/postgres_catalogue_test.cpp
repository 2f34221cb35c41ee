#include "connectors/postgres_catalogue.hpp"

#include "connectors/check.hpp"
#include "connectors/postgres_connection.hpp"
#include "tests/support/hand_catalogue.hpp"
#include "tests/support/postgres_server.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>

using namespace retention;
using test::PostgresServer;
using Names = std::vector<std::string>;

namespace {

// Says that the case was skipped where there is no server.
bool absent() {
    const bool missing = !PostgresServer::shared();
    if (missing) BOOST_TEST_MESSAGE("skipped: " << PostgresServer::missing());
    return missing;
}

// A database of its own, with what the script makes.
struct World {
    explicit World(const std::string& script) : server(*PostgresServer::shared()), database(server.make_database()) {
        server.run(database, script);
    }
    Catalogue read(const std::string& user = "postgres", Access access = Access::read_only) const {
        const auto connection = connect_postgres(server.settings(database, user), access);
        return read_postgres_catalogue(*connection);
    }
    PostgresServer& server;
    std::string database;
};

// Counts the questions, and passes all on.
class CountedDatabase : public Database {
public:
    explicit CountedDatabase(std::unique_ptr<Database> to) : to_(std::move(to)) {}

    std::size_t questions = 0;

    const std::string& store() const noexcept override { return to_->store(); }
    bool in_transaction() const noexcept override { return to_->in_transaction(); }
    std::unique_ptr<Rows> query(const Sql& sql, const std::string& operation) override {
        ++questions;
        return to_->query(sql, operation);
    }
    std::int64_t execute(const Sql& sql, const std::string& operation) override {
        ++questions;
        return to_->execute(sql, operation);
    }
    std::vector<TypeFamily> prepare(const Sql& sql, const std::string& operation) override {
        ++questions;
        return to_->prepare(sql, operation);
    }
    void begin_snapshot() override { to_->begin_snapshot(); }
    void begin_batch() override { to_->begin_batch(); }
    void commit() override { to_->commit(); }
    void rollback() noexcept override { to_->rollback(); }
    void cancel() noexcept override { to_->cancel(); }

private:
    std::unique_ptr<Database> to_;
};

// Roles belong to the server as a whole.
std::string new_role(const std::string& attributes = "") {
    static int made = 0;
    const std::string name = "catalogue_reader_" + std::to_string(made++);
    PostgresServer::shared()->run("postgres", "CREATE ROLE " + name + " LOGIN " + attributes);
    return name;
}

const Table& table_of(const Catalogue& catalogue, std::string_view name) {
    const Table* table = catalogue.find(name);
    BOOST_REQUIRE_MESSAGE(table, "no table " << name);
    return *table;
}
const Column& column_of(const Table& table, std::string_view name) {
    const Column* column = table.find(name);
    BOOST_REQUIRE_MESSAGE(column, "no column " << name);
    return *column;
}
const Index& index_of(const Table& table, const std::string& name) {
    for (const Index& index : table.indexes)
        if (index.name == name) return index;
    BOOST_FAIL("no index " << name);
    throw std::logic_error(name);
}

std::string joined(const Names& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) text += (i == 0 ? "" : ",") + names[i];
    return text;
}
std::string shown(const DatabaseTrigger& trigger) {
    constexpr const char* timings[] = {"before", "after", "instead of"};
    constexpr const char* events[] = {"insert", "update", "delete"};
    std::string text = trigger.name + " " + timings[static_cast<int>(trigger.timing)];
    text += std::string(" ") + events[static_cast<int>(trigger.event)];
    if (!trigger.columns.empty()) text += " of " + joined(trigger.columns);
    return text + (trigger.ignores_row ? ", ignores" : "");
}
Names shown(const std::vector<DatabaseTrigger>& triggers) {
    Names names;
    for (const DatabaseTrigger& trigger : triggers) names.push_back(shown(trigger));
    return names;
}
Names names_of(const Catalogue& catalogue) {
    Names names;
    for (const Table& table : catalogue.tables) names.push_back(table.schema + "." + table.name);
    return names;
}

} // namespace

BOOST_AUTO_TEST_SUITE(postgres_catalogue_suite)

BOOST_AUTO_TEST_CASE(says_which_server_it_is) {
    if (absent()) return;
    const World world("SELECT 1");

    const Catalogue catalogue = world.read();

    BOOST_TEST(catalogue.server.starts_with("PostgreSQL 1"), catalogue.server);
    BOOST_TEST(catalogue.server.find('(') == std::string::npos, catalogue.server);
    BOOST_TEST(catalogue.native_dates);
    BOOST_TEST(!catalogue.names_ignore_case);
    BOOST_TEST(catalogue.tables.empty()); // none of the server's own
}

BOOST_AUTO_TEST_CASE(finds_what_a_statement_would_find) {
    if (absent()) return;
    const World world("CREATE SCHEMA archive; CREATE SCHEMA sales; CREATE SCHEMA a_first;"
                      "CREATE TABLE a_first.contacts (id int); CREATE TABLE public.contacts (id int);"
                      "CREATE TABLE archive.contacts (id int); CREATE TABLE sales.contacts (id int);"
                      "CREATE TABLE a_first.only_here (id int)");
    const std::string role = new_role();
    world.server.run(world.database, "GRANT USAGE ON SCHEMA sales, archive, public TO " + role + "; ALTER ROLE " +
                                         role + " SET search_path = missing, sales, public");

    const Catalogue usual = world.read();
    const Catalogue other = world.read(role);

    BOOST_TEST(table_of(usual, "contacts").schema == "public");
    BOOST_TEST(table_of(other, "contacts").schema == "sales");
    BOOST_TEST(table_of(other, "archive.contacts").schema == "archive");
    BOOST_TEST(table_of(other, "only_here").schema == "a_first");
    const Names expected{"sales.contacts", "public.contacts", "a_first.contacts", "a_first.only_here",
                         "archive.contacts"};
    BOOST_TEST(names_of(other) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(names_keep_their_case_blanks_and_dots) {
    if (absent()) return;
    const World world(
        "CREATE SCHEMA \"Odd Schema\"; CREATE TABLE contacts (id int); CREATE TABLE \"Contacts\" (id int);"
        "CREATE TABLE \"Odd Schema\".\"My.Table x\" (\"Id\" int, id int, \"a \"\"b\" date, "
        "PRIMARY KEY (\"a \"\"b\", \"Id\"))");

    const Catalogue catalogue = world.read();

    BOOST_TEST(table_of(catalogue, "Contacts").name == "Contacts");
    BOOST_TEST(table_of(catalogue, "contacts").name == "contacts");
    BOOST_TEST(catalogue.find("CONTACTS") == nullptr);
    const Table& odd = table_of(catalogue, "Odd Schema.My.Table x");
    BOOST_TEST(&odd == &table_of(catalogue, "My.Table x"));
    BOOST_TEST(joined(odd.primary_key) == "a \"b,Id");
    BOOST_TEST(column_of(odd, "Id").name == "Id");
    BOOST_TEST(column_of(odd, "id").name == "id");
}

BOOST_AUTO_TEST_CASE(tells_kinds_apart) {
    if (absent()) return;
    const World world(
        "CREATE EXTENSION postgres_fdw; CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw;"
        "CREATE TABLE plain (id int); CREATE VIEW seen AS SELECT id FROM plain;"
        "CREATE MATERIALIZED VIEW kept AS SELECT id FROM plain; CREATE FOREIGN TABLE far (id int) SERVER s;"
        "CREATE TABLE parts (id int) PARTITION BY LIST (id);"
        "CREATE TABLE mixed (id int) PARTITION BY LIST (id);"
        "CREATE TABLE mixed_sub PARTITION OF mixed FOR VALUES IN (1) PARTITION BY LIST (id);"
        "CREATE FOREIGN TABLE mixed_far PARTITION OF mixed_sub FOR VALUES IN (1) SERVER s;"
        "CREATE SEQUENCE numbers; CREATE INDEX ON plain (id); CREATE TYPE pair AS (a int, b int)");

    const Catalogue catalogue = world.read();

    const auto kind = [&](const char* name) { return static_cast<int>(table_of(catalogue, name).kind); };
    BOOST_TEST(kind("plain") == static_cast<int>(TableKind::table));
    BOOST_TEST(kind("parts") == static_cast<int>(TableKind::table));
    BOOST_TEST(kind("seen") == static_cast<int>(TableKind::view));
    BOOST_TEST(kind("kept") == static_cast<int>(TableKind::view));
    BOOST_TEST(kind("far") == static_cast<int>(TableKind::virtual_table));
    BOOST_TEST(kind("mixed") == static_cast<int>(TableKind::virtual_table)); // a DELETE would reach the other server
    BOOST_TEST(catalogue.tables.size() == 8U);
}

BOOST_AUTO_TEST_CASE(columns_have_their_families) {
    if (absent()) return;
    const World world(
        "CREATE EXTENSION citext; CREATE TYPE mood AS ENUM ('new', 'it''s', 'paid'); ALTER TYPE mood ADD VALUE 'old' "
        "BEFORE 'paid'; CREATE DOMAIN code AS varchar(12) NOT NULL; CREATE DOMAIN short_code AS code;"
        "CREATE DOMAIN feeling AS mood; CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', "
        "deterministic = false); CREATE DOMAIN loud AS text COLLATE nocase;"
        "CREATE TABLE kinds (b boolean, i2 smallint, i4 int NOT NULL, i8 bigint, n numeric(12,2), f4 real, f8 float8,"
        "t text, tc text COLLATE \"C\", v varchar(40), vv varchar, c char(7), nm name, ci citext, cc citext COLLATE "
        "\"C\","
        "by bytea, d date, ts timestamp(3), tz timestamptz, u uuid, ip inet, net cidr, m mood, fe feeling, ms mood[],"
        "j jsonb, iv interval, dom short_code, lo loud, nc text COLLATE nocase, dropped int, hi int4range, x xml);"
        "ALTER TABLE kinds DROP COLUMN dropped; ALTER TABLE kinds ADD COLUMN last int");
    struct Row {
        const char *name, *type;
        TypeFamily family;
        const char* collation;
        std::size_t length; // 0: none
    };
    const std::vector<Row> rows = {
        {"b", "boolean", TypeFamily::boolean, "", 0},
        {"i2", "smallint", TypeFamily::integer, "", 0},
        {"i4", "integer", TypeFamily::integer, "", 0},
        {"i8", "bigint", TypeFamily::integer, "", 0},
        {"n", "numeric(12,2)", TypeFamily::real, "", 0},
        {"f4", "real", TypeFamily::real, "", 0},
        {"f8", "double precision", TypeFamily::real, "", 0},
        {"t", "text", TypeFamily::text, "default", 0},
        {"tc", "text", TypeFamily::text, "C", 0},
        {"v", "character varying(40)", TypeFamily::text, "default", 40},
        {"vv", "character varying", TypeFamily::text, "default", 0},
        {"c", "character(7)", TypeFamily::text, "default", 7},
        {"nm", "name", TypeFamily::text, "C", 63},
        {"ci", "citext", TypeFamily::text, "citext", 0},
        {"cc", "citext", TypeFamily::text, "citext C", 0},
        {"by", "bytea", TypeFamily::binary, "", 0},
        {"d", "date", TypeFamily::date, "", 0},
        {"ts", "timestamp(3) without time zone", TypeFamily::time_stamp, "", 0},
        {"tz", "timestamp with time zone", TypeFamily::zoned_time_stamp, "", 0},
        {"u", "uuid", TypeFamily::uuid, "", 0},
        {"ip", "inet", TypeFamily::address, "", 0},
        {"net", "cidr", TypeFamily::address, "", 0},
        {"m", "mood", TypeFamily::other, "", 0},
        {"fe", "feeling", TypeFamily::other, "", 0},
        {"ms", "mood[]", TypeFamily::other, "", 0},
        {"j", "jsonb", TypeFamily::other, "", 0},
        {"iv", "interval", TypeFamily::other, "", 0},
        {"dom", "short_code", TypeFamily::text, "default", 12},
        {"lo", "loud", TypeFamily::text, "public.nocase", 0},
        {"nc", "text", TypeFamily::text, "public.nocase", 0},
        {"hi", "int4range", TypeFamily::other, "", 0},
        {"x", "xml", TypeFamily::other, "", 0},
        {"last", "integer", TypeFamily::integer, "", 0},
    };

    const Catalogue catalogue = world.read();

    const Table& kinds = table_of(catalogue, "kinds");
    BOOST_REQUIRE(kinds.columns.size() == rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) BOOST_TEST_CONTEXT(rows[i].name) {
            const Column& column = kinds.columns[i];
            BOOST_TEST(column.name == rows[i].name);
            BOOST_TEST(column.type == rows[i].type);
            BOOST_TEST(static_cast<int>(column.family) == static_cast<int>(rows[i].family));
            BOOST_TEST(column.collation == rows[i].collation);
            BOOST_TEST(column.length.value_or(0) == rows[i].length);
            BOOST_TEST(column.nullable == (column.name != "i4" && column.name != "dom")); // its base domain's NOT NULL
        }
    BOOST_TEST(column_of(kinds, "m").values == "'new','it''s','old','paid'");
    BOOST_TEST(column_of(kinds, "fe").values == "'new','it''s','old','paid'");
    BOOST_TEST(column_of(kinds, "ms").values.empty());
    BOOST_TEST(column_of(kinds, "t").values.empty());
}

BOOST_AUTO_TEST_CASE(columns_that_no_update_may_set_are_generated) {
    if (absent()) return;
    const World world("CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
                      "no int GENERATED BY DEFAULT AS IDENTITY, twice int GENERATED ALWAYS AS (id * 2) STORED, "
                      "at date DEFAULT now(), serial bigserial)");

    const Catalogue catalogue = world.read();

    Names generated;
    for (const Column& column : table_of(catalogue, "t").columns)
        if (column.generated) generated.push_back(column.name);
    BOOST_TEST(joined(generated) == "id,twice");
}

BOOST_AUTO_TEST_CASE(keys_and_indexes_have_their_columns_in_order) {
    if (absent()) return;
    const World world("CREATE TABLE t (a int, b uuid, c text NOT NULL, d int, PRIMARY KEY (b, a));"
                      "CREATE INDEX plain ON t (d DESC, a); CREATE UNIQUE INDEX one ON t (c) INCLUDE (d);"
                      "CREATE UNIQUE INDEX part ON t (c) WHERE d > 0; CREATE UNIQUE INDEX expr ON t (lower(c), d);"
                      "CREATE TABLE none (a int)");

    const Catalogue catalogue = world.read();

    const Table& t = table_of(catalogue, "t");
    BOOST_TEST(joined(t.primary_key) == "b,a");
    BOOST_TEST(t.indexes.size() == 5U);
    BOOST_TEST(joined(index_of(t, "t_pkey").columns) == "b,a");
    BOOST_TEST(index_of(t, "t_pkey").unique);
    BOOST_TEST(joined(index_of(t, "plain").columns) == "d,a");
    BOOST_TEST(!index_of(t, "plain").unique);
    BOOST_TEST(joined(index_of(t, "one").columns) == "c");
    BOOST_TEST(t.is_unique({"c"}));
    BOOST_TEST(index_of(t, "part").partial);
    BOOST_TEST(!index_of(t, "one").partial);
    BOOST_TEST(joined(index_of(t, "expr").columns) == ",d");
    BOOST_TEST(!t.is_unique({"d"}));
    BOOST_TEST(table_of(catalogue, "none").primary_key.empty());
}

BOOST_AUTO_TEST_CASE(a_key_in_other_letters_makes_no_column_unique) {
    if (absent()) return;
    const World world("CREATE TABLE t (\"ID\" int PRIMARY KEY, id int)");

    const Catalogue catalogue = world.read();

    BOOST_TEST(table_of(catalogue, "t").is_unique({"ID"}));
    BOOST_TEST(!table_of(catalogue, "t").is_unique({"id"}));
}

BOOST_AUTO_TEST_CASE(an_index_is_unique_only_where_its_columns_are) {
    if (absent()) return;
    const World world(
        "CREATE EXTENSION citext; CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = "
        "false); CREATE TYPE pair AS (a int, b numeric);"
        "CREATE TABLE t (plain text, nc text COLLATE nocase, ci citext, p pair, late int, at_once int, n int);"
        "CREATE UNIQUE INDEX finer ON t (nc COLLATE \"C\"); CREATE UNIQUE INDEX same ON t (nc);"
        "CREATE UNIQUE INDEX coarser ON t (plain COLLATE nocase); CREATE UNIQUE INDEX other ON t (plain COLLATE \"C\");"
        "CREATE UNIQUE INDEX pattern ON t (plain text_pattern_ops); CREATE UNIQUE INDEX as_text ON t (ci text_ops);"
        "CREATE UNIQUE INDEX as_citext ON t (ci); CREATE UNIQUE INDEX image ON t (p record_image_ops);"
        "ALTER TABLE t ADD CONSTRAINT late UNIQUE (late) DEFERRABLE, ADD CONSTRAINT at_once UNIQUE (at_once);"
        "CREATE INDEX no_unique ON t (n)");

    const Catalogue catalogue = world.read();

    const Table& t = table_of(catalogue, "t");
    for (const char* name : {"same", "coarser", "other", "pattern", "at_once"})
        BOOST_TEST(index_of(t, name).unique, name);
    for (const char* name : {"finer", "as_text", "image", "late", "no_unique"})
        BOOST_TEST(!index_of(t, name).unique, name);
}

BOOST_AUTO_TEST_CASE(an_invalid_index_is_not_there) {
    if (absent()) return;
    const World world("CREATE TABLE parts (id int NOT NULL, at date) PARTITION BY RANGE (id);"
                      "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10);"
                      "CREATE INDEX half ON ONLY parts (at); ALTER TABLE ONLY parts ADD PRIMARY KEY (id)");

    const Catalogue catalogue = world.read();

    BOOST_TEST(table_of(catalogue, "parts").indexes.empty());
    BOOST_TEST(table_of(catalogue, "parts").primary_key.empty()); // no partition has it yet
}

BOOST_AUTO_TEST_CASE(foreign_keys_say_what_they_point_at) {
    if (absent()) return;
    const World world("CREATE SCHEMA archive; CREATE TABLE archive.invoices (year int, no int, PRIMARY KEY (year, no), "
                      "code text UNIQUE);"
                      "CREATE TABLE lines (id int PRIMARY KEY, n int, y int, c text, up int REFERENCES lines,"
                      "CONSTRAINT a FOREIGN KEY (n, y) REFERENCES archive.invoices (no, year) ON DELETE CASCADE,"
                      "CONSTRAINT b FOREIGN KEY (c) REFERENCES archive.invoices (code) ON DELETE SET NULL DEFERRABLE "
                      "INITIALLY DEFERRED);"
                      "ALTER TABLE lines ADD CONSTRAINT c FOREIGN KEY (c) REFERENCES archive.invoices (code) ON DELETE "
                      "RESTRICT NOT VALID,"
                      "ADD CONSTRAINT d FOREIGN KEY (c) REFERENCES archive.invoices (code) ON DELETE SET DEFAULT");

    const Catalogue catalogue = world.read();

    Names keys;
    for (const ForeignKey& key : table_of(catalogue, "lines").foreign_keys)
        keys.push_back(key.name + ": " + joined(key.columns) + " -> " + key.schema + "." + key.references + " " +
                       joined(key.referenced) + " " + std::to_string(static_cast<int>(key.on_delete)));
    const auto action = [](OnDelete on) { return std::to_string(static_cast<int>(on)); };
    const Names expected{"a: n,y -> archive.invoices no,year " + action(OnDelete::cascade),
                         "b: c -> archive.invoices code " + action(OnDelete::set_null),
                         "c: c -> archive.invoices code " + action(OnDelete::restrict),
                         "d: c -> archive.invoices code " + action(OnDelete::set_default),
                         "lines_up_fkey: up -> public.lines id " + action(OnDelete::no_action)};
    BOOST_TEST(keys == expected, boost::test_tools::per_element());
    BOOST_TEST(catalogue.references_to(table_of(catalogue, "archive.invoices")).size() == 4U);
}

BOOST_AUTO_TEST_CASE(a_foreign_key_of_a_partitioned_table_stands_once) {
    if (absent()) return;
    const World world("CREATE TABLE owners (id int PRIMARY KEY) PARTITION BY RANGE (id);"
                      "CREATE TABLE owners_1 PARTITION OF owners FOR VALUES FROM (0) TO (10);"
                      "CREATE TABLE owners_2 PARTITION OF owners FOR VALUES FROM (10) TO (20);"
                      "CREATE TABLE items (id int, owner int REFERENCES owners) PARTITION BY RANGE (id);"
                      "CREATE TABLE items_1 PARTITION OF items FOR VALUES FROM (0) TO (10)");

    const Catalogue catalogue = world.read();

    BOOST_TEST(table_of(catalogue, "items").foreign_keys.size() == 1U);
    BOOST_TEST(table_of(catalogue, "items_1").foreign_keys.empty());
    BOOST_TEST(catalogue.references_to(table_of(catalogue, "owners")).size() == 1U);
    BOOST_TEST(catalogue.references_to(table_of(catalogue, "owners_1")).empty());
}

BOOST_AUTO_TEST_CASE(partitions_are_listed_with_their_bounds) {
    if (absent()) return;
    const World world(
        "CREATE SCHEMA archive; CREATE TABLE logs (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);"
        "CREATE TABLE logs_2020 PARTITION OF logs FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');"
        "CREATE TABLE archive.logs_2021 PARTITION OF logs FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION "
        "BY "
        "LIST (id); CREATE TABLE logs_2021_a PARTITION OF archive.logs_2021 FOR VALUES IN (1, 2);"
        "CREATE TABLE logs_rest PARTITION OF logs DEFAULT;"
        "CREATE TABLE by_day (id int, at timestamp) PARTITION BY RANGE (date_trunc('day', at), id);"
        "CREATE TABLE hashed (a int, b int) PARTITION BY HASH (b, a)");

    const Catalogue catalogue = world.read();

    const Table& logs = table_of(catalogue, "logs");
    BOOST_REQUIRE(logs.partitioning);
    BOOST_TEST(logs.partitioning->method == "range");
    BOOST_TEST(joined(logs.partitioning->columns) == "at");
    BOOST_TEST(logs.partitioning->expression.empty());
    Names partitions;
    for (const Partition& partition : logs.partitioning->partitions)
        partitions.push_back(partition.schema + "." + partition.name + " " + partition.bounds);
    const Names expected{"archive.logs_2021 FOR VALUES FROM ('2021-01-01') TO ('2022-01-01')",
                         "public.logs_2020 FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')",
                         "public.logs_rest DEFAULT"};
    BOOST_TEST(partitions == expected, boost::test_tools::per_element());
    BOOST_TEST(logs.children.empty()); // partitions are no heirs
    BOOST_TEST(logs.partition_of.empty());
    BOOST_TEST(table_of(catalogue, "logs_2020").partition_of == "logs");
    const Table& sub = table_of(catalogue, "archive.logs_2021");
    BOOST_TEST(sub.partition_of == "public.logs");
    BOOST_REQUIRE(sub.partitioning);
    BOOST_TEST(sub.partitioning->method == "list");
    BOOST_TEST(sub.partitioning->partitions.size() == 1U);
    const Table& by_day = table_of(catalogue, "by_day");
    BOOST_REQUIRE(by_day.partitioning);
    BOOST_TEST(by_day.partitioning->columns.empty());
    BOOST_TEST(by_day.partitioning->expression == "date_trunc('day'::text, at), id");
    BOOST_TEST(joined(table_of(catalogue, "hashed").partitioning->columns) == "b,a");
    BOOST_TEST(table_of(catalogue, "hashed").partitioning->method == "hash");
}

BOOST_AUTO_TEST_CASE(estimates_add_up_over_partitions) {
    if (absent()) return;
    const World world("CREATE TABLE plain AS SELECT generate_series(1, 700) AS id; CREATE TABLE uncounted (id int);"
                      "CREATE TABLE parts (id int) PARTITION BY RANGE (id);"
                      "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (100);"
                      "CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (100) TO (1000) PARTITION BY RANGE (id);"
                      "CREATE TABLE parts_2_1 PARTITION OF parts_2 FOR VALUES FROM (100) TO (1000);"
                      "INSERT INTO parts SELECT generate_series(1, 900);"
                      "ANALYZE plain; ANALYZE parts_1; ANALYZE parts_2_1;"
                      "CREATE TABLE parts_3 PARTITION OF parts FOR VALUES FROM (1000) TO (2000)");

    const Catalogue catalogue = world.read();

    const auto estimate = [&](const char* name) { return table_of(catalogue, name).estimated_rows; };
    BOOST_TEST(estimate("plain") == 700.0);
    BOOST_TEST(estimate("uncounted") < 0);
    BOOST_TEST(estimate("parts") == 900.0);
    BOOST_TEST(estimate("parts_2") == 801.0);
    BOOST_TEST(estimate("parts_3") < 0);
}

BOOST_AUTO_TEST_CASE(heirs_are_named) {
    if (absent()) return;
    const World world("CREATE SCHEMA old; CREATE TABLE people (id int); CREATE TABLE staff () INHERITS (people);"
                      "CREATE TABLE old.staff () INHERITS (people)");

    const Catalogue catalogue = world.read();

    BOOST_TEST(joined(table_of(catalogue, "people").children) == "old.staff,staff");
    BOOST_TEST(table_of(catalogue, "staff").children.empty());
    BOOST_TEST(table_of(catalogue, "staff").partition_of.empty());
}

BOOST_AUTO_TEST_CASE(row_security_counts_where_it_applies_to_this_user) {
    if (absent()) return;
    const std::string owner = new_role(), other = new_role(), exempt = new_role("BYPASSRLS");
    const World world("CREATE TABLE open (id int); CREATE TABLE guarded (id int); CREATE TABLE forced (id int);"
                      "ALTER TABLE guarded ENABLE ROW LEVEL SECURITY; ALTER TABLE forced ENABLE ROW LEVEL SECURITY;"
                      "ALTER TABLE forced FORCE ROW LEVEL SECURITY; ALTER TABLE open OWNER TO " +
                      owner + "; ALTER TABLE guarded OWNER TO " + owner + "; ALTER TABLE forced OWNER TO " + owner);
    const auto hidden = [&](const std::string& user) {
        Names names;
        for (const Table& table : world.read(user, Access::read_write).tables)
            if (table.hides_rows) names.push_back(table.name);
        return joined(names);
    };

    BOOST_TEST(hidden("postgres").empty());
    BOOST_TEST(hidden(exempt).empty());
    BOOST_TEST(hidden(owner) == "forced");
    BOOST_TEST(hidden(other) == "forced,guarded");
}

BOOST_AUTO_TEST_CASE(a_role_without_rights_reads_it_all_the_same) {
    if (absent()) return;
    const World world(
        "CREATE SCHEMA closed; CREATE TABLE closed.secrets (id int PRIMARY KEY, what text);"
        "CREATE VIEW closed.seen AS SELECT what FROM closed.secrets; REVOKE ALL ON SCHEMA public FROM PUBLIC;"
        "CREATE TABLE contacts (id int PRIMARY KEY, c int REFERENCES contacts)");
    const std::string role = new_role();

    const Catalogue few = world.read(role), all = world.read();

    BOOST_TEST(table_of(few, "closed.secrets").columns.size() == 2U);
    BOOST_TEST(joined(table_of(few, "closed.secrets").primary_key) == "id");
    BOOST_TEST(table_of(few, "closed.seen").source == table_of(all, "closed.seen").source);
    BOOST_TEST(few.tables.size() == all.tables.size());
}

BOOST_AUTO_TEST_CASE(triggers_of_every_kind) {
    if (absent()) return;
    const World world(
        "CREATE TABLE t (id int PRIMARY KEY, a int, b int);"
        "CREATE FUNCTION pass() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
        "CREATE FUNCTION gone() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
        "CREATE TRIGGER a BEFORE INSERT OR UPDATE OF b, a ON t FOR EACH ROW WHEN (NEW.a > 0) EXECUTE FUNCTION pass();"
        "CREATE TRIGGER b AFTER DELETE OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION pass();"
        "CREATE TRIGGER c BEFORE DELETE ON t FOR EACH ROW EXECUTE FUNCTION gone();"
        "CREATE TRIGGER d BEFORE DELETE ON t FOR EACH STATEMENT EXECUTE FUNCTION gone();"
        "CREATE TRIGGER e BEFORE TRUNCATE ON t FOR EACH STATEMENT EXECUTE FUNCTION gone();"
        "CREATE CONSTRAINT TRIGGER f AFTER DELETE ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "
        "gone();"
        "CREATE TRIGGER g BEFORE DELETE ON t FOR EACH ROW EXECUTE FUNCTION gone(); ALTER TABLE t DISABLE TRIGGER g;"
        "CREATE TRIGGER h BEFORE DELETE ON t FOR EACH ROW EXECUTE FUNCTION gone(); ALTER TABLE t ENABLE REPLICA "
        "TRIGGER h;"
        "CREATE TRIGGER i AFTER DELETE ON t FOR EACH ROW EXECUTE FUNCTION gone(); ALTER TABLE t ENABLE ALWAYS TRIGGER "
        "i;"
        "CREATE TABLE r (t int REFERENCES t ON DELETE CASCADE); CREATE VIEW v AS SELECT id FROM t;"
        "CREATE TRIGGER j INSTEAD OF DELETE ON v FOR EACH ROW EXECUTE FUNCTION gone()");

    const Catalogue catalogue = world.read();

    const Names expected{"a before insert",          "a before update of b,a", "b after delete", "b after update",
                         "c before delete, ignores", "d before delete",        "f after delete", "i after delete"};
    BOOST_TEST(shown(table_of(catalogue, "t").triggers) == expected, boost::test_tools::per_element());
    BOOST_TEST(table_of(catalogue, "r").triggers.empty()); // the foreign key's own are internal
    BOOST_TEST(joined(shown(table_of(catalogue, "v").triggers)) == "j instead of delete");
}

BOOST_AUTO_TEST_CASE(triggers_of_partitions_are_the_whole_table_s) {
    if (absent()) return;
    const World world("CREATE TABLE p (id int, at date) PARTITION BY LIST (id);"
                      "CREATE TABLE p_1 PARTITION OF p FOR VALUES IN (1) PARTITION BY RANGE (at);"
                      "CREATE TABLE p_1_1 PARTITION OF p_1 DEFAULT;"
                      "CREATE FUNCTION gone() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
                      "CREATE TRIGGER all_of_it AFTER DELETE ON p FOR EACH ROW EXECUTE FUNCTION gone();"
                      "CREATE TRIGGER off_above AFTER DELETE ON p FOR EACH ROW EXECUTE FUNCTION gone();"
                      "ALTER TABLE ONLY p DISABLE TRIGGER off_above;"
                      "CREATE TRIGGER soft BEFORE DELETE ON p_1_1 FOR EACH ROW EXECUTE FUNCTION gone();"
                      "CREATE TRIGGER said BEFORE DELETE ON p_1_1 FOR EACH STATEMENT EXECUTE FUNCTION gone();"
                      "INSERT INTO p VALUES (1, '2020-01-01')");
    world.server.run(world.database, "DELETE FROM p"); // the twin: it stays
    BOOST_TEST(world.server.rows(world.database, "SELECT count(*) FROM p").front() == "1");

    const Catalogue catalogue = world.read();

    Names above = shown(table_of(catalogue, "p").triggers);
    BOOST_TEST(std::count(above.begin(), above.end(), "all_of_it after delete") == 1);
    BOOST_TEST(std::count(above.begin(), above.end(), "soft before delete, ignores") == 1);
    BOOST_TEST(std::count(above.begin(), above.end(), "off_above after delete") >= 1); // in force on the partitions
    BOOST_TEST(std::count(above.begin(), above.end(), "said before delete") == 0); // nobody deletes from p_1_1 itself
}

BOOST_AUTO_TEST_CASE(rules_are_triggers_by_another_name) {
    if (absent()) return;
    const World world("CREATE TABLE t (id int PRIMARY KEY, at date); CREATE TABLE log (id int, at date);"
                      "CREATE RULE stay AS ON DELETE TO t DO INSTEAD UPDATE t SET at = NULL WHERE t.id = OLD.id;"
                      "CREATE RULE too AS ON UPDATE TO t DO ALSO UPDATE log SET at = now() WHERE log.id = OLD.id;"
                      "CREATE RULE ins AS ON INSERT TO t DO INSTEAD NOTHING;"
                      "CREATE RULE off AS ON UPDATE TO log DO INSTEAD NOTHING; ALTER TABLE log DISABLE RULE off;"
                      "CREATE VIEW v AS SELECT id FROM t; CREATE RULE v_del AS ON DELETE TO v DO INSTEAD NOTHING");

    const Catalogue catalogue = world.read();

    BOOST_TEST(joined(shown(table_of(catalogue, "t").triggers)) == "stay before delete, ignores,too after update");
    BOOST_TEST(table_of(catalogue, "log").triggers.empty());
    BOOST_TEST(table_of(catalogue, "v").triggers.empty());
    const auto store = std::make_shared<const Catalogue>(catalogue);
    const Problems deleting = check_database_triggers(*HandRule(store, "t").erase().trigger("at").plan());
    BOOST_TEST(find_problem(deleting, Severity::error, {"'stay'", "soft delete"}), text_of(deleting));
    BOOST_TEST(table_of(catalogue, "t").triggers.back().text.find("UPDATE log SET at = now()") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_checks_find_what_a_server_s_triggers_do) {
    if (absent()) return;
    const World world(
        "CREATE EXTENSION moddatetime; CREATE TABLE contacts (id int PRIMARY KEY, email text, seen date, changed "
        "timestamptz);"
        "CREATE TABLE calls (id int PRIMARY KEY, contact int REFERENCES contacts, at date);"
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN\n"
        "  -- it's what the sales department wanted\n  NEW.email := lower(NEW.email);\n"
        "  UPDATE calls SET at = now() WHERE contact = NEW.id;\n  RETURN NEW;\nEND $f$;"
        "CREATE TRIGGER note BEFORE UPDATE ON contacts FOR EACH ROW EXECUTE FUNCTION note();"
        "CREATE TRIGGER stamp BEFORE UPDATE ON contacts FOR EACH ROW EXECUTE FUNCTION moddatetime('changed')");
    const auto store = std::make_shared<const Catalogue>(world.read());
    const auto checked = [&](HandRule rule) { return check_database_triggers(*rule.mask("email", "redact").plan()); };

    const Problems by_call = checked(HandRule(store, "contacts").linked("calls", {"contact"}, "at"));
    const Problems by_change = checked(HandRule(store, "contacts").trigger("changed"));
    const Problems by_sight = checked(HandRule(store, "contacts").trigger("seen"));

    BOOST_TEST(find_problem(by_call, Severity::error, {"'note'", "moves 'calls.at'"}), text_of(by_call));
    BOOST_TEST(find_problem(by_change, Severity::error, {"'stamp'", "moves 'contacts.changed'"}), text_of(by_change));
    BOOST_TEST(!find_problem(by_sight, Severity::error, {"moves"}), text_of(by_sight));
    BOOST_TEST(find_problem(by_sight, Severity::error, {"'note'", "accept it by name"}), text_of(by_sight));
}

BOOST_AUTO_TEST_CASE(a_view_says_what_it_reads) {
    if (absent()) return;
    const World world(
        "CREATE SCHEMA crm; CREATE TABLE crm.contacts (id int, email text, born date);"
        "CREATE TABLE calls (id int, contact int);"
        "CREATE VIEW seen AS SELECT c.email AS x FROM crm.contacts c WHERE EXISTS "
        "(SELECT 1 FROM calls WHERE contact = c.id);"
        "CREATE VIEW many AS SELECT count(*) FROM calls; CREATE MATERIALIZED VIEW kept AS SELECT x FROM seen");

    const Catalogue catalogue = world.read();

    BOOST_TEST(table_of(catalogue, "seen").source ==
               "SELECT \"crm\".\"contacts\".\"id\", \"crm\".\"contacts\".\"email\", \"public\".\"calls\".\"contact\"");
    BOOST_TEST(table_of(catalogue, "many").source ==
               "SELECT \"public\".\"calls\".\"id\", \"public\".\"calls\".\"contact\"");
    BOOST_TEST(table_of(catalogue, "kept").source == "SELECT \"public\".\"seen\".\"x\"");
    BOOST_TEST(table_of(catalogue, "calls").source.empty());
}

BOOST_AUTO_TEST_CASE(waits_for_nobody_s_lock) {
    if (absent()) return;
    const World world(
        "CREATE TABLE t (id int PRIMARY KEY, at date) PARTITION BY RANGE (id);"
        "CREATE TABLE t_1 PARTITION OF t DEFAULT; CREATE INDEX ON t (at);"
        "CREATE VIEW v AS SELECT id FROM t; CREATE RULE r AS ON DELETE TO t DO INSTEAD UPDATE t SET at = NULL;"
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
        "CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.id > 1) EXECUTE FUNCTION f()");
    const auto other = connect_postgres(world.server.settings(world.database), Access::read_write);
    other->begin_batch();
    other->execute("LOCK TABLE t, t_1 IN ACCESS EXCLUSIVE MODE", "lock");
    Patience patience;
    patience.lock = std::chrono::milliseconds(200);

    const auto connection = connect_postgres(world.server.settings(world.database), Access::read_only, patience);
    const Catalogue catalogue = read_postgres_catalogue(*connection);

    BOOST_TEST(catalogue.tables.size() == 3U);
    BOOST_CHECK_THROW(connection->query("SELECT pg_get_viewdef('v'::regclass)", "twin")->next(), StoreError);
}

BOOST_AUTO_TEST_CASE(reads_in_the_caller_s_transaction_or_leaves_none_open) {
    if (absent()) return;
    const World world("CREATE TABLE t (id int)");
    const auto connection = connect_postgres(world.server.settings(world.database), Access::read_write);

    read_postgres_catalogue(*connection);
    BOOST_TEST(!connection->in_transaction());
    connection->begin_batch();
    connection->execute("CREATE TABLE u (id int)", "make a table");
    const Catalogue inside = read_postgres_catalogue(*connection);

    BOOST_TEST(connection->in_transaction());
    BOOST_TEST(inside.find("u"));
    connection->rollback();
}

BOOST_AUTO_TEST_CASE(another_session_s_temporary_tables_are_not_there) {
    if (absent()) return;
    const World world("CREATE TABLE t (id int)");
    const auto other = connect_postgres(world.server.settings(world.database), Access::read_write);
    other->execute("CREATE TEMPORARY TABLE t (other int)", "make a table");
    other->execute("CREATE TEMPORARY TABLE heir () INHERITS (public.t)", "make a table");

    const Catalogue catalogue = world.read();
    const Catalogue own = read_postgres_catalogue(*other);

    BOOST_TEST(joined(names_of(catalogue)) == "public.t");
    BOOST_TEST(joined(names_of(own)) == "public.t");
    BOOST_TEST(joined(table_of(catalogue, "t").children).find("heir") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_user_who_is_not_to_write_is_a_fault_whatever_the_session_asked_for) {
    if (absent()) return;
    const World world("SELECT 1");
    const std::string reader = new_role(), writer = new_role();
    world.server.run("postgres", "ALTER ROLE " + reader + " SET default_transaction_read_only = on");
    const auto read_only = [](const Catalogue& catalogue) {
        return std::count_if(catalogue.faults.begin(), catalogue.faults.end(),
                             [](const ServerFault& fault) { return fault.kind == ServerFault::Kind::read_only; });
    };

    for (const Access access : {Access::read_only, Access::read_write}) {
        const Catalogue refused = world.read(reader, access);
        const Catalogue taken = world.read(writer, access); // the twin

        BOOST_TEST(read_only(refused) == 1);
        BOOST_TEST(read_only(taken) == 0);
        BOOST_TEST(refused.faults.back().hint.find("ALTER ROLE " + reader) != std::string::npos);
    }
    world.server.run("postgres", "ALTER DATABASE " + world.database + " SET default_transaction_read_only = on");
    BOOST_TEST(read_only(world.read(writer)) == 1);
}

BOOST_AUTO_TEST_CASE(settings_that_may_lose_what_was_committed_are_faults) {
    if (absent()) return;
    const PostgresServer weak({"fsync = off", "full_page_writes = off"});
    const PostgresServer durable({"fsync = on", "full_page_writes = on"});
    const auto faults = [](const PostgresServer& server) {
        std::string text;
        const auto connection = connect_postgres(server.settings("postgres"), Access::read_only);
        for (const ServerFault& fault : read_postgres_catalogue(*connection).faults)
            text += (fault.kind == ServerFault::Kind::weak_durability ? "weak: " : "") + fault.what + "\n" + fault.hint;
        return text;
    };

    const std::string found = faults(weak);

    BOOST_TEST(found.find("weak: fsync is off") != std::string::npos, found);
    BOOST_TEST(found.find("weak: full_page_writes is off") != std::string::npos, found);
    BOOST_TEST(found.find("weak_durability = true") != std::string::npos, found);
    BOOST_TEST(faults(durable).empty());
}

BOOST_AUTO_TEST_CASE(asks_as_often_for_many_tables_as_for_one) {
    if (absent()) return;
    const auto asked = [&](const std::string& tables) {
        const World world("DO $$ BEGIN FOR i IN 1.." + tables +
                          " LOOP EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, b date UNIQUE, "
                          "up int REFERENCES t%s)', i, greatest(i - 1, 1)); END LOOP; END $$");
        CountedDatabase counted(connect_postgres(world.server.settings(world.database), Access::read_only));
        BOOST_TEST(read_postgres_catalogue(counted).tables.size() == std::stoul(tables));
        return counted.questions;
    };

    const std::size_t for_one = asked("1"), for_many = asked("50");

    BOOST_TEST(for_many == for_one);
    BOOST_TEST(for_one <= 12U);
}

BOOST_AUTO_TEST_SUITE_END()
