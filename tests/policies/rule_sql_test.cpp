#include "policies/rule_sql.hpp"

#include <boost/test/unit_test.hpp>

using namespace retention;

namespace {

using Base = DatePlaceholder::Base;

std::optional<RuleSql> read(const std::string& text, RuleSqlKind kind = RuleSqlKind::condition,
                            Engine engine = Engine::sqlite) {
    std::string why;
    auto sql = read_rule_sql(text, kind, {"f", 2, 3}, why, engine);
    BOOST_TEST(sql.has_value() == why.empty());
    if (!sql) BOOST_TEST_MESSAGE(text << ": " << why);
    return sql;
}

// The text with each placeholder as <name>.
std::string shown(const std::string& text) {
    const auto sql = read(text);
    if (!sql) return "refused";
    std::string result;
    for (const auto& part : sql->parts) {
        const auto* date = std::get_if<DatePlaceholder>(&part);
        if (!date)
            result += std::get<std::string>(part);
        else
            result += std::string("<") + (date->base == Base::as_of ? "as_of" : "cutoff") +
                      (date->minus ? " less " + to_string(*date->minus) : "") + (date->start ? " start" : "") + ">";
    }
    return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(rule_sql)

BOOST_AUTO_TEST_CASE(cuts_dates_of_our_calendar_out_of_the_text) {
    BOOST_TEST(shown("a < {as_of}") == "a < <as_of>");
    BOOST_TEST(shown("{ as_of }>a") == "<as_of>>a");
    BOOST_TEST(shown("a < {cutoff} AND b < {cutoff start}") == "a < <cutoff> AND b < <cutoff start>");
    BOOST_TEST(shown("a < {as_of - 13 years}") == "a < <as_of less 13 years>");
    BOOST_TEST(shown("a < {as_of-13 years}") == "a < <as_of less 13 years>");
    BOOST_TEST(shown("a < {as_of  -  P2W   start }") == "a < <as_of less 2 weeks start>");
    BOOST_TEST(shown("a < { as_of start }") == "a < <as_of start>");
}

BOOST_AUTO_TEST_CASE(leaves_placeholders_in_literals_and_names_alone) {
    BOOST_TEST(shown("a = '{as_of}'") == "a = '{as_of}'");
    BOOST_TEST(shown("\"{x}\" = 1") == "\"{x}\" = 1");
    BOOST_TEST(shown("`{x}` = '}'") == "`{x}` = '}'");
}

BOOST_AUTO_TEST_CASE(comments_become_one_blank) {
    BOOST_TEST(shown("a/* x ; ' */= 1 -- ' ) ;\nAND b") == "a = 1  \nAND b");
    BOOST_TEST(shown("a = 1 -- the end") == "a = 1  ");
    BOOST_TEST(shown("a = 1 --") == "a = 1  ");
}

BOOST_AUTO_TEST_CASE(keeps_the_text_as_it_stands) {
    for (const auto* text : {"kind = 'prospect'",
                             "name = 'O''Brien'",
                             "a = ''",
                             "\"a \"\"b\"\" ;\" = 1",
                             "`a``b` = 1",
                             "[a b] = 1 AND t.[c d] > 2",
                             "a = x'0aFF' OR b = X''",
                             "a -> 'x' = 1",
                             "((a) = (b))",
                             "a = 'x;y' AND b = '?' AND c = ':x @y $1 #'",
                             "größe > 1e-5 AND x = .5",
                             "a$b = 0x1F",
                             "a LIKE '%\\%%'",
                             "EXISTS (SELECT 1 FROM d WHERE d.p = t.id)",
                             "(SELECT count(*) FROM d) > 3",
                             "a - -1 = 2",
                             "a / b * c = 1",
                             "a IN (1, 2)",
                             "DATE '2020-01-01' < a",
                             "strftime('%Y', a) = '2020'",
                             "date(a, '-13 years') < b",
                             "age(a, b) > 1",
                             "replace(a, 'x', 'y') = 'z'",
                             "truncate(a, 2) = 1",
                             "a = 'now'",
                             "unix_timestamp(a) > 1",
                             "substring(a for 3) = 'abc'",
                             "substring(a for key) = 'abc'",
                             "datetime(a, 'subsec') > b",
                             "timestamp(a) > b",
                             "value > 3 AND next = 1"})
        BOOST_TEST(shown(text) == text);
}

BOOST_AUTO_TEST_CASE(a_name_is_not_a_function) {
    for (const auto* text :
         {"random = 1", "now < 5", "t.now IS NULL", "\"now\" IS NULL", "t.current_date = 1", "\"current_date\" = 1",
          "`localtime` = 1", "uuid = 'x'", "changes > 3 AND (sleep = 1)", "\"update\" = 1", "update_count = 1",
          "date = 'x' AND time > 1", "deleted = 1 AND into_what = 2"})
        BOOST_TEST(shown(text) == text);
}

BOOST_AUTO_TEST_CASE(refuses_the_present_moment_and_chance) {
    for (const auto* text : {"now() > a",
                             "NOW ( ) > a",
                             "pg_catalog.now() > a",
                             "a > current_date",
                             "a > Current_Timestamp(3)",
                             "localtime > a",
                             "utc_date > a",
                             "curdate() > a",
                             "sysdate() > a",
                             "date() > a",
                             "time('now') > a",
                             "datetime( 'NoW' , 'localtime') > a",
                             "julianday('now') - julianday(a) > 5",
                             "strftime('%Y') > a",
                             "strftime('%Y', 'now') > a",
                             "unixepoch('now') > a",
                             "date(coalesce(a, 'now')) > a",
                             "a > date 'yesterday'",
                             "a > timestamp with time zone 'now'",
                             "a > cast('now' AS date)",
                             "a >= 'tomorrow'",
                             "'now' > a",
                             "random() > a",
                             "rand() > a",
                             "randomblob(4) = a",
                             "hex(randomblob(4)) = a",
                             "gen_random_uuid() = a",
                             "uuid() = a",
                             "nextval('s') = a",
                             "changes() = a",
                             "unix_timestamp() > a",
                             "age(a) > b",
                             "pg_sleep(1) = a",
                             "benchmark(1, 2) = a",
                             "writefile('x', a) = 1",
                             "readfile('x') = a",
                             "now/* */() > a",
                             "datetime('subsec') > a",
                             "strftime('%f', 'subsecond') > a",
                             "timediff(a, 'now') > b",
                             "transaction_timestamp() > a",
                             "timeofday() > a",
                             "localtimestamp(0) > a",
                             "txid_current() = a",
                             "pg_current_xact_id() = a",
                             "uuid_generate_v4() = a",
                             "current_setting('x') = a",
                             "currval('s') = a",
                             "set_config('a', 'b', false) = a",
                             "pg_advisory_xact_lock(1) IS NULL",
                             "pg_try_advisory_lock(1)",
                             "pg_notify('a', 'b') IS NULL",
                             "pg_read_binary_file('x') = a",
                             "pg_ls_dir('x') = a",
                             "lo_unlink(1) = 1",
                             "dblink_exec('x') = a",
                             "query_to_xml('x', true, true, '') IS NULL",
                             "utc_timestamp() > a",
                             "localtime() > a",
                             "uuid_short() = a",
                             "random_bytes(4) = a",
                             "sleep(1) = 0",
                             "get_lock('x', 1) = 1",
                             "is_free_lock('x') = 1",
                             "last_insert_id() = a",
                             "found_rows() = a",
                             "row_count() = a",
                             "load_file('x') = a",
                             "lastval(s) = a",
                             "next value for s = a",
                             "previous value for s = a",
                             "a IN (SELECT b FROM c TABLESAMPLE SYSTEM (10))"})
        for (const auto engine : {Engine::sqlite, Engine::postgresql, Engine::mariadb})
            BOOST_TEST(!read(text, RuleSqlKind::condition, engine).has_value(), name_of(engine) << ": " << text);
}

BOOST_AUTO_TEST_CASE(refuses_functions_by_their_quoted_names_too) {
    BOOST_TEST(!read("\"now\"() > a", RuleSqlKind::condition, Engine::postgresql).has_value());
    BOOST_TEST(!read("\"random\" () > a", RuleSqlKind::condition, Engine::sqlite).has_value());
    BOOST_TEST(!read("[random]() > a", RuleSqlKind::condition, Engine::sqlite).has_value());
    BOOST_TEST(!read("`rand`() > a", RuleSqlKind::condition, Engine::mariadb).has_value());
    BOOST_TEST(read("`rand` > a", RuleSqlKind::condition, Engine::mariadb).has_value());
}

BOOST_AUTO_TEST_CASE(refuses_what_writes_or_locks) {
    for (const auto* text :
         {"SELECT 1 INTO OUTFILE 'x'", "SELECT a FROM b FOR UPDATE", "SELECT a FROM b FOR NO KEY UPDATE",
          "SELECT a FROM b LOCK IN SHARE MODE", "SELECT a FROM b FOR KEY SHARE", "SELECT a FROM b FOR SHARE",
          "SELECT 1 INTO DUMPFILE 'x'", "SELECT 1 INTO x", "SELECT a FROM b PROCEDURE ANALYSE()",
          "WITH x AS (INSERT INTO a VALUES (1)) SELECT 1", "WITH x AS (DELETE FROM a) SELECT 1",
          "WITH x AS (UPDATE a SET b = 1) SELECT 1", "DELETE FROM a", "UPDATE a SET b = 1", "DROP TABLE a",
          "PRAGMA foreign_keys", "ATTACH DATABASE 'x' AS y", "VACUUM", ""})
        BOOST_TEST(!read(text, RuleSqlKind::query).has_value(), text);
    for (const auto* text : {"1 = 1; DROP TABLE a", "pragma foreign_keys", "drop table a", "attach 'x' AS y",
                             "update a set b = 1", "delete from a"})
        BOOST_TEST(!read(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(a_query_begins_with_select_or_with) {
    BOOST_TEST(read("SELECT max(a) FROM b", RuleSqlKind::query).has_value());
    BOOST_TEST(read(" /* x */ with q as (select 1) select 1 from q", RuleSqlKind::query).has_value());
    BOOST_TEST(!read("max(a)", RuleSqlKind::query).has_value());
    BOOST_TEST(!read("(SELECT 1)", RuleSqlKind::query).has_value());
    BOOST_TEST(!read("'SELECT'", RuleSqlKind::query).has_value());
    BOOST_TEST(!read("\"select\" 1", RuleSqlKind::query).has_value());
    BOOST_TEST(!read("SELECT 1").has_value());
    BOOST_TEST(!read("VALUES (1)").has_value());
}

BOOST_AUTO_TEST_CASE(refuses_what_sqlite_would_cut_differently) {
    for (const auto* text : {"a = 'x\\'",
                             "a = \"x\\\" ",
                             "a = 'x\\\\'",
                             "a /* /* */ */",
                             "a /*! b */",
                             "a /*+ b */",
                             "a /*M! b */",
                             "a = E'x'",
                             "a = U&'x'",
                             "a = $$x$$",
                             "a #> b",
                             "arr[1] = 2",
                             "ARRAY['x'] = a",
                             "[a'b] = 1",
                             "[ ] = 1",
                             "a = 'x",
                             "(a",
                             "a)",
                             ")a(",
                             "a = [b",
                             "a]",
                             "a = \"b",
                             "a /* b",
                             "a \x01 b",
                             "a = '\xFF'",
                             "a = :b",
                             "a = ?1",
                             "@a = 1",
                             "a;",
                             "{",
                             "}",
                             "{as_of",
                             "a \\ b"})
        BOOST_TEST(!read(text).has_value(), text);
    BOOST_TEST(!read(std::string("a = '\0'", 7)).has_value());
}

BOOST_AUTO_TEST_CASE(keeps_source_place_and_knows_its_cutoff) {
    const auto with = read("a < {cutoff start}");
    const auto without = read("a < {as_of} AND b = '{cutoff}'");

    BOOST_TEST(with.value().names_cutoff());
    BOOST_TEST(with->source == "a < {cutoff start}");
    BOOST_TEST(with->place.line == 2u);
    BOOST_TEST(!without.value().names_cutoff());
}

BOOST_AUTO_TEST_SUITE_END()
